/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many small files in one exit (FS_LOAD): the attributes, and where programs
 * open one file after the other the contents, of names that are likely asked
 * for next. A content so loaded serves the first open soon after.
 */
#ifndef GUEST_FS_HOST_LOAD_H
#define GUEST_FS_HOST_LOAD_H

#include "guest-runtime/fs/host.h"

/*
 * Somebody looks for a name in dir, to open it if `contents`. True: it was
 * loaded with others, and dentries say what is known of it.
 */
bool host_load(struct dentry *dir, const char *name, size_t length, bool contents);

/* What was loaded of a file, to be used now; NULL: nothing. *id for host_loaded_still(). */
const uint8_t *host_loaded(struct host_inode *host, size_t *length, uint64_t *id);
/* Are the bytes still those? They are overwritten by later loads. */
bool host_loaded_still(uint64_t id);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files as the rest of the runtime sees them; fs/ says what is behind.
 */
#ifndef GUEST_FS_FILE_H
#define GUEST_FS_FILE_H

#include "abi/hypercalls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file;
struct boot_block;

/* A path of the program, relative ones to its working directory; flags as open(2). 0 or -errno. */
int file_open(const char *path, int flags, uint32_t mode, struct file **out);
struct file *file_get(struct file *file);
void file_put(struct file *file);

int file_attr(struct file *file, struct hc_attr *out);

/* Reads into runtime memory at offset; bytes, 0 at the end, or -errno. */
long file_read_kernel(struct file *file, void *to, size_t n, uint64_t offset);

/*
 * Fills a frame (runtime memory, one page) with the file's page at offset,
 * zeros past its end: how private mappings get their content. 0 or -errno;
 * -ENODEV when the file cannot be mapped.
 */
int file_read_page(struct file *file, void *page, uint64_t offset);

/*
 * GPA of a page that holds the file's at offset, read-only for as long as the
 * file is open: the host's own page in the window, or a frame, of which the
 * caller takes a reference if it keeps it. may_copy: later changes of the file
 * need not show. 0: not a host file, past its end, or no room.
 */
uint64_t file_host_page(struct file *file, uint64_t offset, bool may_copy);
/* Leaves copied pages to those who map them: who is alone with one may write it in place. */
void file_drop_copies(struct file *file);

/* O_RDONLY, O_WRONLY or O_RDWR. */
uint32_t file_access(const struct file *file);

/* The mounts of the boot block; then, for the first process, the streams as descriptors 0 to 2. */
void fs_init(const struct boot_block *boot);
struct files *files_create(const struct boot_block *boot);
struct fs_context *fs_context_create(const struct boot_block *boot);

/* Where file was opened, absolute, for /proc/self/exe and maps; NULL: nowhere. The caller frees. */
char *file_path(struct file *file);

#endif

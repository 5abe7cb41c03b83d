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
struct inode;
struct boot_block;
struct site_list;

struct file *file_get(struct file *file);
void file_put(struct file *file);

int file_attr(struct file *file, struct hc_attr *out);

/* Reads into runtime memory at offset; bytes, 0 at the end, or -errno. */
long file_read_kernel(struct file *file, void *to, size_t n, uint64_t offset);

/*
 * Fills a frame (runtime memory, one page) with the file's page at offset,
 * zeros past its end: how private mappings get their content. 0 or -errno;
 * -ENXIO for a page wholly past the end (SIGBUS), -ENODEV when the file cannot
 * be mapped.
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

/*
 * What mmap(2) and its like ask (fs/file-map.c).
 *
 * Whether the file can be mapped so, by mmap's rules: 0 with the rights that
 * mprotect may give later (PROT_*), or -EACCES, -ENODEV, -EPERM.
 */
int file_check_map(struct file *file, uint32_t prot, bool shared, uint32_t *may);

enum file_map_how {
	FILE_MAP_PRIVATE, /* later changes of the file need not show, nor that it became shorter */
	FILE_MAP_EXACT,	  /* the same, but where the file ends the page does (SIGBUS) */
	FILE_MAP_SHARED,  /* they do */
	FILE_MAP_WRITE,	  /* and stores into the page are the file's */
};

/*
 * GPA of the file's own page at offset, of which the caller takes a reference
 * if it keeps it. make: a hole gets a page. -ENXIO: past the end; -EAGAIN: it
 * has none to show (file_read_page then copies it); -ENOMEM.
 */
int file_map_page(struct file *file, uint64_t offset, enum file_map_how how, bool make,
		  uint64_t *page);
/* Whether the file's page at offset is in the VM's memory. */
bool file_has_page(const struct file *file, uint64_t offset);
/* The program cannot change the file: whether a private page is a copy does not show. */
bool file_is_constant(const struct file *file);
/*
 * Memory of `size` bytes that address spaces share, as a file without a name.
 * NULL: out of memory.
 */
struct file *file_create_shared(uint64_t size);
/* /dev/zero: a mapping is plain memory. */
bool file_is_zero(const struct file *file);
bool file_is_of(const struct file *file, const struct inode *inode);
/* Where what is known of the file's system-call sites is kept. */
struct site_list **file_site_list(struct file *file);
void site_list_free(struct site_list *list); /* entry/site-list.c; NULL is fine */
/* One VMA more (1) or less (-1) shows the file; writable: it may store into it. */
void file_count_mapping(struct file *file, bool writable, int change);
/* Somebody is told of each. */
bool file_counts_mappings(const struct file *file);
bool file_inode_is_mapped(const struct inode *inode);
int file_sync(struct file *file);
/* MADV_REMOVE: makes a hole. 0 or -errno. */
int file_punch(struct file *file, uint64_t offset, uint64_t length);

/* F_SEAL_* of memfd_create(2). */
uint32_t file_seals(const struct file *file);

/* The mounts of the boot block; then, for the first process, the streams as descriptors 0 to 2. */
void fs_init(const struct boot_block *boot);
struct files *files_create(const struct boot_block *boot);
struct fs_context *fs_context_create(const struct boot_block *boot);

/* Where file was opened, absolute, for /proc/self/exe and maps; NULL: nowhere. The caller frees. */
char *file_path(struct file *file);

/* Frees copies of file pages, the oldest first, until so many pages are free or there are none. */
void file_reclaim(uint64_t pages);

/*
 * Takes from all address spaces the pages of host files that have become
 * shorter, so that a touch is a page fault. False: none has.
 */
bool file_forget_lost(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caller's stdin, stdout and stderr. Position, O_APPEND and terminal
 * settings are the host's own; opening one again gives the same stream.
 */
#ifndef GUEST_FS_STREAM_H
#define GUEST_FS_STREAM_H

#include "guest-runtime/fs/vfs.h"

/* An open file on a stream, or NULL: the caller had closed it. */
struct file *stream_open(const struct boot_block *boot, uint32_t number);
/* For /dev/tty: makes file one on the stream that is a terminal; -ENXIO. */
int stream_open_terminal(struct file *file);

struct inode *stream_inode(uint32_t number); /* a new reference */
/* N when the stream is the terminal /dev/pts/N; -ENOTTY. */
int64_t stream_terminal(uint32_t number);

/* stream-io.c */
uint32_t stream_number(const struct inode *inode);
uint32_t stream_host_flags(const struct inode *inode);
extern const struct file_ops stream_ops;
long stream_ioctl(struct file *file, uint32_t request, uint64_t argument);

#endif

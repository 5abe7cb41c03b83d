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
bool stream_has_terminal(void);
/* For /dev/tty: makes file one on the stream that is a terminal; -ENXIO. */
int stream_open_terminal(struct file *file);

long stream_check_terminal(struct inode *inode); /* 0, or why it is none: -ENOTTY, -EIO */

/* The runtime uses it itself: programs do not have it, but it can be waited for. */
void stream_reserve(uint32_t number);

struct inode *stream_inode(uint32_t number); /* a new reference */
/* N when the stream is the terminal /dev/pts/N; -ENOTTY. */
int64_t stream_terminal(uint32_t number);

/*
 * stream-wait.c: readiness. It is asked of the host once and kept until
 * stream_forget(), since nobody announces changes; then the queue of a stream
 * is woken by stream_note().
 */
struct wait_queue *stream_queue(uint32_t number);
uint32_t stream_ready(uint32_t number); /* POLL* */
void stream_forget(void);
/* What waiters want to know and is not known: for the host to wait for. False: nothing. */
bool stream_wanted(uint16_t events[HC_STREAMS]);
void stream_used(uint32_t number, uint32_t events); /* may be ready no longer */
void stream_note(const uint16_t revents[HC_STREAMS]);
bool stream_exists(uint32_t number);
uint32_t stream_moves(void); /* transfers so far: each may change what is ready */
void stream_moved(void);
/* A pipe or a socket, of which lseek(2) says ESPIPE. */
bool stream_cannot_seek(struct inode *inode);
bool stream_is_null(const struct inode *inode); /* its attributes are known */

/* stream-io.c */
uint32_t stream_number(const struct inode *inode);
uint32_t stream_host_flags(const struct inode *inode);
extern const struct file_ops stream_ops;
long stream_ioctl(struct file *file, uint32_t request, uint64_t argument);

#endif

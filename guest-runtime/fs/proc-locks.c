// SPDX-License-Identifier: Apache-2.0
/* /proc/locks: what is held of flock and fcntl locks. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/lock.h"
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"

#include <linux/fs.h>

static void put(struct text *out, uint32_t number, const char *kind, bool exclusive, int pid,
		const struct inode *inode)
{
	text_print(out, "%u: %s  ADVISORY  %s %d %02lx:%02lx:%lu ", number, kind,
		   exclusive ? "WRITE" : "READ", pid, inode->attr.dev >> 8 & 0xfff,
		   inode->attr.dev & 0xff, inode->attr.ino);
}

void proc_locks(struct text *out, const struct subject *subject)
{
	uint32_t number = 0;

	(void)subject;
	list_for_each (node, &lock_all) {
		const struct range_lock *lock = container_of(node, struct range_lock, all);

		put(out, ++number, lock->pid < 0 ? "OFDLCK" : "POSIX", lock->type == F_WRLCK,
		    lock->pid, lock->inode);
		if (lock->end == INT64_MAX)
			text_print(out, "%ld EOF\n", lock->start);
		else
			text_print(out, "%ld %ld\n", lock->start, lock->end);
	}
	list_for_each (node, &file_locks) {
		const struct file *file = container_of(node, struct file, locked);

		put(out, ++number, "FLOCK", file->lock == LOCK_EX, file->lock_pid, file->inode);
		text_print(out, "0 EOF\n");
	}
}

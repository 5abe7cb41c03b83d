// SPDX-License-Identifier: Apache-2.0
/* /proc/PID/mem: the memory of a process as a file, at the addresses that it has there. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/remote.h"
#include "guest-runtime/proc/process.h"

static long transfer(struct file *file, struct uio *uio, int64_t *offset, bool write)
{
	const struct process *process = file->private;

	/* Its memory goes with it. */
	if (!process->mm || uio->left == 0)
		return 0;
	long done = mm_transfer(process->mm, (uint64_t)*offset, uio, uio->left, write);
	if (done == 0)
		return -EIO;
	if (done > 0)
		*offset += done;
	return done;
}

static long read_memory(struct file *file, struct uio *uio, int64_t *offset)
{
	return transfer(file, uio, offset, false);
}

static long write_memory(struct file *file, struct uio *uio, int64_t *offset)
{
	return transfer(file, uio, offset, true);
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
	if (whence == 1)
		offset += file->offset;
	else if (whence != 0)
		return -EINVAL;
	return file->offset = offset;
}

static void release(struct file *file)
{
	process_put(file->private);
}

static const struct file_ops ops = {
	.read = read_memory,
	.write = write_memory,
	.seek = seek,
	.release = release,
	.positioned = true,
};

int proc_open_mem(struct file *file, const struct subject *subject)
{
	file->private = process_get(subject->process);
	file->ops = &ops;
	return 0;
}

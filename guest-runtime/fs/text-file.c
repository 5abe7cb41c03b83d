// SPDX-License-Identifier: Apache-2.0
/* Files of text: made as they are opened, read as they were then, written in one piece. */
#include "guest-runtime/fs/files.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/proc/process.h"

#define LINE_MAX_LENGTH 512
#define STORE_MAX	128 /* bytes of one write */

void text_put(struct text *text, const char *bytes, size_t length)
{
	if (text->length + length > text->room) {
		size_t room = MAX(text->room * 2, text->length + length + 256);
		char *grown = kmalloc(room);

		if (!grown) {
			text->failed = true;
			return;
		}
		if (text->bytes)
			memcpy(grown, text->bytes, text->length);
		kfree(text->bytes);
		text->bytes = grown;
		text->room = room;
	}
	memcpy(text->bytes + text->length, bytes, length);
	text->length += length;
}

void text_print(struct text *text, const char *words, ...)
{
	char line[LINE_MAX_LENGTH];
	va_list args;

	va_start(args, words);
	int length = vformat(line, sizeof(line), words, args);
	va_end(args);
	text_put(text, line, MIN((size_t)length, sizeof(line) - 1));
}

static struct process *process_of(const struct text_inode *inode)
{
	return inode->process ? inode->process : current()->process;
}

static long read_text(struct file *file, struct uio *uio, int64_t *offset)
{
	const struct text *text = file->private;

	if (*offset < 0 || *offset >= (int64_t)text->length)
		return 0;
	long got = uio_fill(uio, text->bytes + *offset, text->length - (size_t)*offset);
	if (got > 0)
		*offset += got;
	return got;
}

static long write_text(struct file *file, struct uio *uio, int64_t *offset)
{
	const struct text_inode *inode = text_of(file->inode);
	char bytes[STORE_MAX];
	size_t wanted = uio->left;

	if (!inode->row->store)
		return -EIO;
	if (wanted > sizeof(bytes))
		return -EINVAL;
	long taken = uio_take(uio, bytes, wanted);
	if (taken < 0)
		return taken;
	int error = inode->row->store(process_of(inode), bytes, (size_t)taken);
	if (error < 0)
		return error;
	*offset += taken;
	return taken;
}

static int64_t seek_text(struct file *file, int64_t offset, int whence)
{
	return whence > 1 ? -EINVAL : seek_plain(file, offset, whence, 0);
}

static void release_text(struct file *file)
{
	struct text *text = file->private;

	if (text)
		kfree(text->bytes);
	kfree(text);
}

static const struct file_ops text_file_ops = {
	.read = read_text,
	.write = write_text,
	.seek = seek_text,
	.release = release_text,
	.positioned = true,
};

int text_open(struct file *file)
{
	const struct text_inode *inode = text_of(file->inode);
	struct text *text = kmalloc(sizeof(*text));

	if (!text)
		return -ENOMEM;
	file->private = text;
	file->ops = &text_file_ops;
	if (inode->row->words)
		text_put(text, inode->row->words, strlen(inode->row->words));
	else if (file_readable(file))
		inode->row->text(text, process_of(inode));
	return text->failed ? -ENOMEM : 0;
}

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
			text->error = -ENOMEM;
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

/* What the file says now. */
static int make(struct file *file, struct text *text)
{
	const struct text_inode *inode = text_of(file->inode);
	struct subject subject;

	if (!subject_find(&inode->whose, &subject))
		return -ESRCH;
	subject.fd = inode->fd;
	text->length = 0;
	text->error = 0;
	if (inode->row->words)
		text_put(text, inode->row->words, strlen(inode->row->words));
	else
		inode->row->text(text, &subject);
	text->made = true;
	return text->error;
}

/* Programs keep files open and read them again from the start to see what is new. */
static long read_text(struct file *file, struct uio *uio, int64_t *offset)
{
	struct text *text = file->private;
	int error = 0;

	if (*offset < 0)
		return 0;
	if (*offset == 0 || !text->made)
		error = make(file, text);
	if (error)
		return error;
	if (*offset >= (int64_t)text->length)
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
	struct subject subject;

	if (!inode->row->store)
		return -EIO;
	if (wanted > sizeof(bytes))
		return -EINVAL;
	long taken = uio_take(uio, bytes, wanted);
	if (taken < 0)
		return taken;
	if (!subject_find(&inode->whose, &subject))
		return -ESRCH;
	int error = inode->row->store(&subject, bytes, (size_t)taken);
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
	struct subject subject;

	if (!subject_find(&inode->whose, &subject))
		return -ESRCH;
	if (inode->row->secret && !subject_may_look(&subject))
		return -EACCES;
	if (inode->row->open)
		return inode->row->open(file, &subject);
	file->private = kmalloc(sizeof(struct text));
	file->ops = &text_file_ops;
	return file->private ? 0 : -ENOMEM;
}

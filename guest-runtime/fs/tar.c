// SPDX-License-Identifier: Apache-2.0
/* The tar format, and what is gathered before it is written. */
#include "guest-runtime/fs/tar.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/uaccess.h"

#include <linux/errno.h>
#include <linux/stat.h>

/* POSIX.1-1988 with "ustar": numbers are octal text. */
struct header {
	char name[100];
	char mode[8], uid[8], gid[8];
	char size[12], mtime[12];
	char checksum[8];
	char type;
	char link[100];
	char magic[6], version[2];
	char user[32], group[32];
	char major[8], minor[8];
	char prefix[155], pad[12];
};

_Static_assert(sizeof(struct header) == TAR_BLOCK, "one block");

static void write_all(struct tar *tar, struct hc_segment *segments, uint32_t count)
{
	while (count > 0 && !tar->failed) {
		int64_t n = host_stream_write(tar->stream, segments, count);

		if (n == -EAGAIN || n == -EINTR)
			continue;
		if (n <= 0)
			tar->failed = true;
		for (; n > 0 && count > 0 && (uint64_t)n >= segments->length; segments++, count--)
			n -= (int64_t)segments->length;
		if (n > 0) {
			segments->gpa += (uint64_t)n;
			segments->length -= (uint64_t)n;
		}
	}
}

void tar_flush(struct tar *tar)
{
	struct hc_segment segment = kernel_segment(tar->buffer, tar->used);

	if (tar->used > 0)
		write_all(tar, &segment, 1);
	tar->used = 0;
}

static void put(struct tar *tar, const void *bytes, size_t n)
{
	while (n > 0) {
		size_t part = MIN(n, TAR_BUFFER - tar->used);

		memcpy(tar->buffer + tar->used, bytes, part);
		tar->used += part;
		bytes = (const char *)bytes + part;
		n -= part;
		if (tar->used == TAR_BUFFER)
			tar_flush(tar);
	}
}

void tar_zeros(struct tar *tar, uint64_t n)
{
	static const char zeros[4096];

	for (; n > 0 && !tar->failed; n -= MIN(n, sizeof(zeros)))
		put(tar, zeros, MIN(n, sizeof(zeros)));
}

void tar_segments(struct tar *tar, const struct hc_segment *segments, uint32_t count)
{
	struct hc_segment copies[HC_SEGMENTS_MAX];

	tar_flush(tar);
	memcpy(copies, segments, count * sizeof(*copies));
	write_all(tar, copies, count);
}

/* Digits fill the field but for its NUL; false: the value needs more. */
static bool octal(char *field, size_t size, uint64_t value)
{
	bool fits = value >> (3 * (size - 1)) == 0;

	for (size_t i = size - 1; i-- > 0; value >>= 3)
		field[i] = fits ? (char)('0' + (value & 7)) : '7';
	return fits;
}

static bool text(char *field, size_t size, const char *value)
{
	size_t length = strlen(value);

	memcpy(field, value, MIN(length, size));
	return length <= size;
}

/* The records of a pax header. */
struct pax {
	char *bytes;
	size_t used, room;
};

static unsigned int digits(size_t n)
{
	unsigned int count = 1;

	while (n >= 10) {
		n /= 10;
		count++;
	}
	return count;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts all of it; with room 0 only the space is counted. */
static void record(struct pax *pax, const char *prefix, const char *key, const void *value,
		   size_t size)
{
	size_t rest = 1 + strlen(prefix) + strlen(key) + 1 + size + 1;
	size_t length = rest + digits(rest);

	if (digits(length) > digits(rest))
		length = rest + digits(length);
	if (pax->room) {
		int n = format(pax->bytes + pax->used, pax->room - pax->used, "%lu %s%s=", length,
			       prefix, key);

		memcpy(pax->bytes + pax->used + n, value, size);
		pax->bytes[pax->used + length - 1] = '\n';
	}
	pax->used += length;
}

static void record_number(struct pax *pax, const char *key, uint64_t value)
{
	char number[24];

	record(pax, "", key, number, (size_t)format(number, sizeof(number), "%lu", value));
}

static char type_of(const struct tar_entry *entry)
{
	if (entry->hard)
		return '1';
	switch (entry->attr->mode & S_IFMT) {
	case S_IFDIR:
		return '5';
	case S_IFLNK:
		return '2';
	case S_IFCHR:
		return '3';
	case S_IFBLK:
		return '4';
	case S_IFIFO:
		return '6';
	default:
		return '0';
	}
}

/* The header as far as it can say things, and the rest as records. */
static void fill(struct header *h, struct pax *pax, const struct tar_entry *entry)
{
	const struct hc_attr *attr = entry->attr;
	bool directory = (attr->mode & S_IFMT) == S_IFDIR;
	size_t length = strlen(entry->path);
	int64_t seconds = attr->mtime_ns / NS_PER_S, ns = attr->mtime_ns % NS_PER_S;
	uint64_t size = (attr->mode & S_IFMT) == S_IFREG && !entry->hard ? (uint64_t)attr->size : 0;

	h->type = type_of(entry);
	memcpy(h->name, entry->path, MIN(length, sizeof(h->name)));
	if (length < sizeof(h->name))
		h->name[length] = directory ? '/' : 0;
	else if (length + directory > sizeof(h->name))
		record(pax, "", "path", entry->path, length);
	if (entry->link && !text(h->link, sizeof(h->link), entry->link))
		record(pax, "", "linkpath", entry->link, strlen(entry->link));
	octal(h->mode, sizeof(h->mode), attr->mode & 07777);
	if (!octal(h->uid, sizeof(h->uid), attr->uid))
		record_number(pax, "uid", attr->uid);
	if (!octal(h->gid, sizeof(h->gid), attr->gid))
		record_number(pax, "gid", attr->gid);
	if (!octal(h->size, sizeof(h->size), size))
		record_number(pax, "size", size);
	if (!octal(h->mtime, sizeof(h->mtime), (uint64_t)MAX(seconds, 0)) || ns || seconds < 0) {
		char number[40];
		int64_t whole = seconds;

		/* Before 1970 the fraction counts away from it, too. */
		record(pax, "", "mtime", number,
		       (size_t)format(number, sizeof(number), "%s%ld.%09ld",
				      whole == 0 && ns < 0 ? "-" : "", whole, ns < 0 ? -ns : ns));
	}
	if (h->type == '3' || h->type == '4') {
		octal(h->major, sizeof(h->major), (attr->rdev >> 8) & 0xfff);
		octal(h->minor, sizeof(h->minor),
		      (attr->rdev & 0xff) | ((attr->rdev >> 12) & 0xfff00));
	}
	for (const struct xattr *x = entry->xattrs; x && !entry->hard; x = x->next)
		record(pax, "SCHILY.xattr.", x->name, x->value, x->size);
}

static void finish(struct tar *tar, struct header *h)
{
	uint32_t sum = 0;

	memcpy(h->magic, "ustar", 6);
	memcpy(h->version, "00", 2);
	memset(h->checksum, ' ', sizeof(h->checksum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += ((const uint8_t *)h)[i];
	octal(h->checksum, 7, sum);
	h->checksum[6] = 0;
	put(tar, h, sizeof(*h));
}

static void write_pax(struct tar *tar, const struct pax *pax)
{
	static const struct header blank;
	struct header h = blank;

	memcpy(h.name, "pax", 3);
	h.type = 'x';
	octal(h.mode, sizeof(h.mode), 0644);
	octal(h.uid, sizeof(h.uid), 0);
	octal(h.gid, sizeof(h.gid), 0);
	octal(h.mtime, sizeof(h.mtime), 0);
	octal(h.size, sizeof(h.size), pax->used);
	finish(tar, &h);
	put(tar, pax->bytes, pax->used);
	tar_zeros(tar, ALIGN_UP(pax->used, (size_t)TAR_BLOCK) - pax->used);
}

void tar_header(struct tar *tar, const struct tar_entry *entry)
{
	struct header h = { .type = 0 };
	struct pax pax = { .room = 0 };

	fill(&h, &pax, entry);
	if (pax.used > 0) {
		pax.room = pax.used + 1;
		pax.bytes = kmalloc(pax.room);
		if (!pax.bytes) {
			tar->failed = true;
			return;
		}
		pax.used = 0;
		fill(&h, &pax, entry);
		write_pax(tar, &pax);
		kfree(pax.bytes);
	}
	finish(tar, &h);
}

// SPDX-License-Identifier: Apache-2.0
/* The bounded table of file handles (I7). */
#include "hv/handles.h"

#include "abi/hypercalls.h"
#include "common/err.h"
#include "policy/policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * `next` of a free one counts from the one after it, so that a table of zeros
 * is a list of all: a start need not touch what it does not use.
 */
static uint32_t next_free(const struct handles *h, uint32_t number)
{
	return number + 1 + h->table[number].next;
}

static void link_free(struct handles *h, uint32_t number)
{
	h->table[number] = (struct handle){ .kind = HANDLE_FREE, .next = h->free - number - 1 };
	h->free = number;
}

static int enter_root(struct handle *handle, const struct grant *grant, int may_write,
		      size_t number)
{
	struct stat st;

	if (fstat(grant->fd, &st))
		return -1;
	*handle = (struct handle){ .fd = grant->fd,
				   .mode = grant->mode,
				   .dev = st.st_dev,
				   .ino = st.st_ino,
				   .grant = (uint16_t)number,
				   .kind = HANDLE_PATH,
				   .root = 1,
				   .changeable = may_write && grant->kind == GRANT_WRITE };
	return 0;
}

int handles_init(struct handles *h, const struct policy *p, struct err *e)
{
	int may_write = (p->permissions & PERM_WRITE) != 0; /* I8 */
	uint32_t roots = 0;

	*h = (struct handles){ .size = p->handles_max };
	for (size_t i = 0; i < p->grant_count; i++)
		roots += grant_is_host(p->grants[i].kind) != 0;
	if (roots > h->size || h->size > POLICY_HANDLES_MAX)
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "policy grants %u host files, more than its %u handles", roots,
			       h->size);
	h->table = calloc(h->size, sizeof(*h->table));
	if (!h->table)
		return err_set(e, ERR_SANDBOX, ENOMEM, "handle table: out of memory");
	h->free = roots;
	for (size_t i = 0, n = 0; i < p->grant_count; i++) {
		const struct grant *grant = &p->grants[i];

		if (!grant_is_host(grant->kind))
			continue;
		if (enter_root(&h->table[n], grant, may_write, n))
			return err_set(e, ERR_SANDBOX, errno, "granted host file: %s",
				       strerror(errno));
		n++;
	}
	return 0;
}

void handles_free(struct handles *h)
{
	for (uint32_t i = 0; i < h->size; i++)
		if (h->table[i].kind != HANDLE_FREE && !h->table[i].root)
			handles_close(h, i);
	free(h->table);
	*h = (struct handles){ .size = 0 };
}

struct handle *handles_get(const struct handles *h, uint32_t number)
{
	if (number >= h->size || h->table[number].kind == HANDLE_FREE) /* I7 */
		return NULL;
	return &h->table[number];
}

int handles_full(const struct handles *h)
{
	return h->free == h->size;
}

int64_t handles_add(struct handles *h, const struct handle *what)
{
	uint32_t number = h->free;

	if (handles_full(h)) /* I7, I12 */
		return -EMFILE;
	h->free = next_free(h, number);
	h->table[number] = *what;
	h->table[number].root = h->table[number].shared = 0;
	return number;
}

int64_t handles_copy(struct handles *h, uint32_t number)
{
	struct handle *from = handles_get(h, number);
	int64_t copy;

	must(from);
	copy = handles_add(h, from);
	if (copy >= 0)
		from->shared = h->table[copy].shared = 1;
	return copy;
}

/* True when another handle, a root perhaps, has the descriptor. */
static int in_use(const struct handles *h, int fd)
{
	for (uint32_t i = 0; i < h->size; i++)
		if (h->table[i].kind != HANDLE_FREE && h->table[i].fd == fd)
			return 1;
	return 0;
}

void handles_close(struct handles *h, uint32_t number)
{
	struct handle *handle = handles_get(h, number);
	struct handle old;

	must(handle && !handle->root);
	old = *handle;
	link_free(h, number);
	if (!old.shared || !in_use(h, old.fd))
		close(old.fd);
}

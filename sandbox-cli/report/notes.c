// SPDX-License-Identifier: Apache-2.0
/*
 * Reads the stream of notes. It comes from the guest, which may send anything,
 * in any amount: a record is checked field by field, the table and its texts
 * are bounded, and what does not fit is only counted (I11, I12).
 */
#include "sandbox-cli/report/notes.h"
#include "common/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RECORDS	    64 /* in one turn */
#define TURN	    (RECORDS * sizeof(struct note))
#define DRAIN_TURNS 32
#define ERRNO_MAX   4095

_Static_assert(NOTES_ACTS_MAX < UINT16_MAX, "an index and one fit a slot");

static const char *const ops[NOTE_OPS] = {
	[NOTE_READ] = "read",	    [NOTE_WRITE] = "write",	[NOTE_CREATE] = "create",
	[NOTE_DELETE] = "delete",   [NOTE_EXEC] = "exec",	[NOTE_CONNECT] = "connect",
	[NOTE_LISTEN] = "listen",   [NOTE_RESOLVE] = "resolve", [NOTE_LIMIT] = "limit",
	[NOTE_SYSCALL] = "syscall",
};

const char *notes_op_name(enum note_op op)
{
	return ops[op];
}

int notes_open(struct notes *n, int *writer, struct err *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return err_set(e, ERR_SANDBOX, errno, "cannot make a pipe: %s", strerror(errno));
	n->fd = ends[0];
	*writer = ends[1];
	return 0;
}

static size_t table_size(void)
{
	return NOTES_ACTS_MAX * sizeof(struct act) + NOTES_SLOTS * sizeof(uint16_t) +
	       NOTES_TEXT_MAX + TURN;
}

/* Memory for all, which costs as much as is used of it. 0: there is none. */
static int make_table(struct notes *n)
{
	char *at;

	if (n->acts)
		return 1;
	at = mmap(NULL, table_size(), PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return 0;
	n->acts = (struct act *)(void *)at;
	at += NOTES_ACTS_MAX * sizeof(struct act);
	n->slots = (uint16_t *)(void *)at;
	at += NOTES_SLOTS * sizeof(uint16_t);
	n->buffer = at;
	n->texts = at + TURN;
	return 1;
}

void notes_close(struct notes *n)
{
	if (n->fd >= 0)
		close(n->fd);
	if (n->acts)
		munmap(n->acts, table_size());
	*n = (struct notes){ .fd = -1 };
}

static uint32_t hash_of(const struct act *key, size_t length)
{
	uint32_t hash =
		2166136261u ^ ((uint32_t)key->op | (uint32_t)key->verdict << 8 | key->flags << 16);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (uint8_t)key->object[i]) * 16777619u;
	return hash ^ hash >> 15;
}

static const char *keep(struct notes *n, const char *text, size_t length)
{
	char *kept = n->texts + n->text_used;

	memcpy(kept, text, length);
	kept[length] = '\0';
	n->text_used += length + 1;
	return kept;
}

/* The act that key names, with an object of that length; a new one if need be, or NULL: no room. */
static struct act *find(struct notes *n, const struct act *key, size_t length, const char *exe,
			size_t exe_length)
{
	uint32_t slot = hash_of(key, length) % NOTES_SLOTS;
	struct act *act;

	for (; n->slots[slot]; slot = (slot + 1) % NOTES_SLOTS) {
		act = &n->acts[n->slots[slot] - 1];
		if (act->op == key->op && act->verdict == key->verdict &&
		    act->flags == key->flags && strncmp(act->object, key->object, length) == 0 &&
		    !act->object[length])
			return act;
	}
	if (n->count == NOTES_ACTS_MAX || n->text_used + length + exe_length + 2 > NOTES_TEXT_MAX)
		return NULL;
	act = &n->acts[n->count++];
	*act = *key;
	act->object = keep(n, key->object, length);
	act->exe = keep(n, exe, exe_length);
	n->slots[slot] = (uint16_t)n->count;
	return act;
}

static int64_t realtime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int is_sane(const struct note *note)
{
	return note->op < NOTE_OPS && note->verdict <= NOTE_DENIED && note->error <= ERRNO_MAX &&
	       note->flags <= NOTE_LOOKUP && note->count > 0;
}

void notes_take(struct notes *n, const struct note *note)
{
	const struct act key = { .op = note->op,
				 .verdict = note->verdict,
				 .flags = note->flags,
				 .object = note->object };
	size_t length = strnlen(note->object, sizeof(note->object));
	struct act *act;

	if (!make_table(n))
		return;
	if (!is_sane(note)) {
		n->malformed++;
		return;
	}
	act = find(n, &key, length, note->exe, strnlen(note->exe, sizeof(note->exe)));
	if (!act && key.verdict == NOTE_DENIED)
		n->others[key.op] += note->count;
	else if (!act)
		n->lost += note->count;
	if (act) {
		act->count += note->count;
		act->untold += note->count;
		act->error = note->error;
		act->pid = note->pid;
		act->realtime_ns =
			realtime_ns(); /* the guest's may be a policy's, or a lie (I11) */
		act->cut = note->object_length > length;
	}
	if (n->listener && (act || key.verdict == NOTE_DENIED))
		n->listener(n->context, act, key.op, note->count);
}

void notes_add(struct notes *n, enum note_op op, const char *object, unsigned int error)
{
	struct note note = { .op = (uint16_t)op,
			     .verdict = NOTE_DENIED,
			     .error = error,
			     .count = 1,
			     .object_length = (uint32_t)strnlen(object, NOTE_OBJECT) };

	memcpy(note.object, object, note.object_length);
	notes_take(n, &note);
}

/* 1: something came; 0: there is nothing; -1: nothing will come any more. */
static int turn(struct notes *n)
{
	struct note note; /* a copy, which is aligned */
	size_t at = 0;
	ssize_t got;

	if (n->fd < 0 || !make_table(n))
		return -1;
	got = read(n->fd, n->buffer + n->got, TURN - n->got);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0) {
		close(n->fd);
		n->fd = -1;
		return -1;
	}
	n->got += (size_t)got;
	for (; n->got - at >= sizeof(note); at += sizeof(note)) {
		memcpy(&note, n->buffer + at, sizeof(note));
		notes_take(n, &note);
	}
	memmove(n->buffer, n->buffer + at, n->got - at);
	n->got -= at;
	return 1;
}

int notes_read(struct notes *n)
{
	return turn(n) >= 0;
}

void notes_drain(struct notes *n)
{
	for (int i = 0; i < DRAIN_TURNS && turn(n) > 0; i++)
		;
}

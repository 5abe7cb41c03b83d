// SPDX-License-Identifier: Apache-2.0
/* Small acts: handles that are not the program's, rows that are not granted, and last words. */
#include "abi/note.h"
#include "tests/adversarial/inside/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * handles NUMBER: asks for its attributes. handles -NUMBER: closes it. handles
 * NUMBER NAME: walks.
 */
int handles(char **words)
{
	long number = strtol(words[0], NULL, 0);
	const uint32_t handle[] = { (uint32_t)labs(number), 0 };
	const char *names[] = { words[1] };
	struct hc_fs_walk_out out;

	if (words[1]) /* the name as it is: the script cannot pass a NUL */
		printf("walked: %ld\n", (long)call_walk(handle[0], names, 1, 0, &out));
	else if (number < 0)
		call_close(handle[0]);
	else
		printf("attributes: %ld\n", (long)call(HC_FS_ATTR, handle, sizeof(handle)));
	return 0;
}

/* Each row with nothing behind it: refused, whatever it would say; the others would end the VM. */
int refused(char **words)
{
	static const struct {
		const char *name;
		uint32_t number, permission;
	} rows[] = {
#define ROW(NAME, number, args, tail, permission, ...) { #NAME, number, PERM_##permission },
		HYPERCALLS(ROW)
#undef ROW
	};
	uint32_t granted = (uint32_t)strtoul(words[0], NULL, 0);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!(rows[i].permission & granted))
			printf("%s %ld\n", rows[i].name, (long)call(rows[i].number, "", ~0u));
	return 0;
}

static int panic(const char *text)
{
	struct hc_panic panic = { .regs = { 1 } };

	strncpy(panic.message, text, sizeof(panic.message) - 1);
	call(HC_PANIC, &panic, sizeof(panic));
	return 1;
}

/* One that nobody made: some are nonsense, all are distinct, and no text is for a terminal. */
static void make_note(struct note *note, uint32_t number)
{
	static const char escape[] = "/\x1b[2J\r\n::error::x\n##vso[x]\x9b\xc2\x9b\xe2\x80\xae\"\\";

	for (size_t i = 0; i < sizeof(*note); i++)
		((uint8_t *)note)[i] = (uint8_t)(number * 2654435761u >> (i % 24));
	note->op = (uint16_t)(number % (NOTE_OPS + 2));
	note->verdict = (uint16_t)(number % 7 ? NOTE_DENIED : number % 5);
	note->flags = number % 11 ? 0 : number;
	note->error = number % 13 ? number % 40 : number;
	note->count = number % 17 ? 1 : ~0u - number;
	memcpy(note->object, escape, sizeof(escape) - 1);
	memcpy(note->object + sizeof(escape) - 1, &number, sizeof(number));
	memcpy(note->exe, escape, sizeof(escape) - 1);
}

/* Batches of records; a few end with such that are cut anywhere. 0: for ever. */
static int notes(unsigned long count)
{
	const size_t batch = BUFFER_BYTES / sizeof(struct note) * sizeof(struct note);
	struct {
		struct hc_stream_io head;
		struct hc_segment segment;
	} args = { { HC_OUTPUT_NOTES, 1 }, { buffer_gpa, batch } };
	const struct hc_exit exit = { .kind = HC_EXIT_STATUS, .code = 3 };
	uint32_t number = 0;
	int64_t result = 0;

	for (unsigned long i = 0; (!count || i < count) && result >= 0; i++) {
		for (size_t at = 0; at < batch; at += sizeof(struct note))
			make_note((struct note *)(void *)(buffer + at), number++);
		args.segment.length = count > 100 || i < 5 ? batch : 1 + number % batch;
		result = call(HC_STREAM_WRITE, &args, sizeof(args));
	}
	call(HC_EXIT, &exit, sizeof(exit));
	return 1;
}

/* As fast as it goes. */
static _Noreturn void stopped(void)
{
	const struct hc_wait wait = { .flags = HC_WAIT_STOPPED };

	for (;;)
		call(HC_WAIT, &wait, sizeof(wait));
}

static int output(uint32_t stream)
{
	const struct {
		struct hc_stream_io head;
		struct hc_segment segment;
	} args = { { stream, 1 }, { buffer_gpa, BUFFER_BYTES } };
	int64_t result = 0;

	memset(buffer, 'x', BUFFER_BYTES);
	for (int i = 0; i < 100 && result >= 0; i++)
		result = call(HC_STREAM_WRITE, &args, sizeof(args));
	printf("%ld\n", (long)result);
	return 0;
}

static int memory(void)
{
	const struct hc_mem_grow grow = { 2 << 20 };
	int64_t result = 0, grown = 0;

	for (; result == 0; grown++)
		result = call(HC_MEM_GROW, &grow, sizeof(grow));
	printf("%ld %ld\n", (long)grown - 1, (long)result);
	return 0;
}

int say(char **words)
{
	if (strcmp(words[0], "panic") == 0)
		return panic(words[1]);
	if (strcmp(words[0], "notes") == 0)
		return notes(strtoul(words[1], NULL, 0));
	if (strcmp(words[0], "stopped") == 0)
		stopped();
	if (strcmp(words[0], "memory") == 0)
		return memory();
	return output((uint32_t)atol(words[1]));
}

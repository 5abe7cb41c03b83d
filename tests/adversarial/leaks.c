// SPDX-License-Identifier: Apache-2.0
/*
 * What of the host a guest that looks at everything finds (I13): all of its
 * memory at its first instruction, and all replies. It hands its memory out
 * through its standard output; here it is searched for addresses of the
 * monitor, and for names that only the host knows.
 */
#include "tests/adversarial/message.h"
#include "tests/adversarial/stage.h"

#include "abi/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define SECRET	   "eighteen-and-a-half-secrets"
#define RANGES_MAX 4096
#define DUMP_BYTES (IMAGE_ORDERS + GUEST_RAM_INITIAL) /* the image but for our orders, RAM */
#define SHOWN	   5
#define CONTROL	   0x123400 /* where in the dump */

static struct range {
	uint64_t low, high;
} ranges[RANGES_MAX];
static size_t range_count;

static uint8_t *dump;
static size_t dumped;

/* A mapping of so many bytes, or so low, is a sanitizer's shadow: many a number lies in it. */
#define SHADOW (1ull << 36)

/* Where a process has something mapped: an address there is one of the host's. */
static void read_ranges(pid_t pid)
{
	char path[64], line[512];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	range_count = 0;
	while (maps && range_count < RANGES_MAX && fgets(line, sizeof(line), maps)) {
		struct range *r = &ranges[range_count];

		if (sscanf(line, "%llx-%llx", (unsigned long long *)&r->low,
			   (unsigned long long *)&r->high) == 2 &&
		    r->high - r->low < SHADOW && r->low >= SHADOW)
			range_count++;
	}
	if (maps)
		fclose(maps);
}

static int is_host_address(uint64_t value)
{
	if (value >= 0xffff800000000000 && value < 0xfffffffffffff000)
		return 1; /* of its kernel */
	for (size_t i = 0; i < range_count; i++)
		if (value >= ranges[i].low && value < ranges[i].high)
			return 1;
	return 0;
}

static unsigned int count_addresses(const uint8_t *bytes, size_t size)
{
	unsigned int found = 0;

	for (size_t at = 0; at + 8 <= size; at += 8) {
		uint64_t value;

		memcpy(&value, bytes + at, sizeof(value));
		if (!is_host_address(value) || found++ >= SHOWN)
			continue;
		printf("# 0x%llx at 0x%llx\n", (unsigned long long)value, (unsigned long long)at);
	}
	return found;
}

/* The monitor's words come out of the pipe: at the first of them its jail is closed. */
static void take_dump(pid_t monitor)
{
	ssize_t n;

	dumped = 0;
	while (dumped < DUMP_BYTES &&
	       (n = read(stage_output, dump + dumped, DUMP_BYTES - dumped)) > 0) {
		if (!dumped)
			read_ranges(monitor);
		dumped += (size_t)n;
	}
}

static void hand_out(uint64_t gpa, uint64_t bytes)
{
	const struct message m = { HC_STREAM_WRITE,
				   RESULT((int64_t)bytes),
				   sizeof(struct hc_stream_io) + 16,
				   { .stream_io = { { 1, 1 }, { { gpa, bytes } } } } };

	message_record(&m);
}

/* Runs a guest that hands its memory out. */
static void dump_memory(void)
{
	const struct run run = { .ring = 3, .silent_pipe = 1, .watch = take_dump };
	struct ending ending;

	hand_out(GUEST_IMAGE_GPA, IMAGE_ORDERS);
	for (uint64_t at = 0; at < GUEST_RAM_INITIAL; at += GUEST_HUGE_SIZE)
		hand_out(GUEST_RAM_GPA + at, GUEST_HUGE_SIZE);
	ending = stage_run(&run);
	if (ending.end != END(STATUS) || dumped != DUMP_BYTES)
		fail("%zu bytes of memory, end %u", dumped, ending.outcome.end);
	if (!range_count)
		fail("the monitor's memory map is not known");
}

static void search(const char *what, const char *text)
{
	const uint8_t *at =
		text && strlen(text) > 3 ? memmem(dump, dumped, text, strlen(text)) : NULL;

	if (at)
		fail("%s (%s) at 0x%zx of the guest's memory", what, text, (size_t)(at - dump));
}

static void memory_at_entry(void)
{
	struct utsname host;
	char here[4096], self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	dump = calloc(1, DUMP_BYTES);
	setenv("HOSTILE_TEST_SECRET", SECRET, 1);
	stage_orders(ORDERS_RECORDS);
	dump_memory();
	if (!memmem(dump, dumped, "/nowhere", 8))
		fail("the boot block, which names the program, is not in the guest's memory");
	if (count_addresses(dump, dumped))
		fail("addresses of the host in the guest's memory");
	uname(&host);
	search("the host's kernel", host.release);
	search("the host's kernel", host.version);
	search("the caller's environment", SECRET);
	search("the caller's environment", getenv("PATH"));
	search("the caller's home", getenv("HOME"));
	search("the caller's name", getenv("USER"));
	search("the caller's directory", getcwd(here, sizeof(here)));
	search("the executable", self);
	free(dump);
}

/* The search finds what is there: an address of this process, put into the image. */
static void the_search_works(void)
{
	uint64_t address = (uint64_t)(uintptr_t)&ranges;

	dump = calloc(1, DUMP_BYTES);
	read_ranges(getpid());
	memcpy(dump + CONTROL, &address, sizeof(address));
	if (count_addresses(dump, DUMP_BYTES) != 1)
		fail("an address that is there is not found");
	free(dump);
}

/* All valid requests, one after the other: their replies lie in the records. */
static void replies(void)
{
	static const struct run run = { .ring = 3 };

	read_ranges(getpid()); /* of which the monitor is a fork */
	for (unsigned int i = 0; i < valid_count; i++) {
		struct record *record;
		struct ending ending;

		stage_orders(ORDERS_RECORDS);
		message_prelude();
		record = message_record(&valid[i]);
		ending = stage_run(&run);
		if (!ending.end)
			fail("that was %s", row_name(valid[i].number));
		else if (count_addresses(record->reply, RECORD_REPLY))
			fail("%s: addresses of the host in the reply", row_name(valid[i].number));
	}
}

const struct attack leak_attacks[] = {
	{ "the search for leaks finds one", the_search_works },
	{ "nothing of the host in memory at entry", memory_at_entry },
	{ "nothing of the host in replies", replies },
	{ NULL, NULL },
};

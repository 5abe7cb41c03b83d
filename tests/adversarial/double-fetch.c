// SPDX-License-Identifier: Apache-2.0
/*
 * A request that changes while it is served (I3), without KVM: once at the
 * worst moment, right after the monitor's copy, and then by a second thread,
 * all the time, while every system call that the monitor makes is held to the
 * bounds of guest memory, handles and names. cmocka; TAP.
 */
#include "tests/unit/guest.h"

#include "hv/dispatch.h"
#include "tests/adversarial/fetch-guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RACE_SECONDS 3

/* Every row, with a page that turns into something else behind the monitor's copy. */
static void the_page_changes_after_the_copy(void **state)
{
	static struct hc_request pages[3];

	(void)state;
	memset(&pages[0], 0xff, sizeof(pages[0]));
	memset(&pages[1], 0, sizeof(pages[1]));
	for (size_t i = 0; i < sizeof(pages[2].payload); i++) /* lengths, counts and names */
		pages[2].payload[i] = (uint8_t) "\x02../"[i % 4];
	pages[2].number = HC_FS_WALK;
	pages[2].length = 64;
	for (unsigned int i = 0; i < valid_count; i++) {
		const struct message *m = &valid[i];
		struct killed good_end;
		int64_t good;

		fetch_start();
		good = fetch_serve(m);
		good_end = killed;
		assert_null(seams.broken);
		guest_stop(&fetch_vm);
		for (size_t j = 0; j < sizeof(pages) / sizeof(*pages); j++) {
			int64_t result;

			fetch_start();
			seams.flip_to = (const uint8_t *)&pages[j];
			result = fetch_serve(m);
			seams.flip_to = NULL;
			if (killed.end) /* what is in the page is not the result then */
				result = good;
			if (seams.broken || seams.fetches != 1 || result != good ||
			    killed.end != good_end.end || killed.code != good_end.code)
				fail_msg("%s: %d fetches, result %lld not %lld, end %u code %u: %s",
					 row_name(m->number), seams.fetches, (long long)result,
					 (long long)good, killed.end, killed.code,
					 seams.broken ? seams.broken : "no bound broken");
			guest_stop(&fetch_vm);
		}
	}
}

/* Names to the page's last byte, and a count that promises one more: the sanitizer watches. */
static void nothing_behind_the_copy_is_read(void **state)
{
	static uint8_t name[HC_NAME_MAX];
	struct message m = walk_start(H_ROOT, 0);

	(void)state;
	fetch_start();
	memset(name, 'x', sizeof(name));
	while (m.length < HC_PAYLOAD_MAX) {
		size_t left = HC_PAYLOAD_MAX - m.length - 1;

		walk_name(&m, name, left < HC_NAME_MAX ? left : HC_NAME_MAX);
	}
	m.args.fs_walk.head.count++;
	fetch_serve(&m);
	assert_true(guest_violated(HV_VIOLATION_LENGTH));
	guest_stop(&fetch_vm);
}

static atomic_int stop_racing;

static uint64_t step(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Writes what tempts into the first fields, the tail's beginning, and anywhere. */
static void *rewrite(void *argument)
{
	static const uint64_t tempting[] = { 0,
					     1,
					     2,
					     65,
					     129,
					     0xffffffff,
					     ~0ull,
					     GUEST_RAM_GPA,
					     MESSAGE_BUFFER,
					     GUEST_DOORBELL_GPA,
					     GUEST_WINDOW_GPA,
					     1ull << 63,
					     0x2f2e2e2f2e2e022full,
					     0x02022e2e022f2e2eull };
	uint64_t seed = 0x2545f4914f6cdd1dull;
	uint8_t *page = argument;

	while (!atomic_load_explicit(&stop_racing, memory_order_relaxed)) {
		uint64_t value = tempting[step(&seed) % (sizeof(tempting) / sizeof(*tempting))];
		size_t at = step(&seed) % (step(&seed) % 8 ? 64 : 4088);

		if (at < 8 && step(&seed) % 64) /* seldom the number and the length */
			at += 8;
		at &= ~3ull;
		if (value >> 32)
			*(volatile uint64_t *)(page + at) = value;
		else
			*(volatile uint32_t *)(page + at) = (uint32_t)value;
	}
	return NULL;
}

static void another_thread_rewrites_the_page(void **state)
{
	struct timespec begin, now;
	uint64_t seed = 88172645463325252ull;
	unsigned long served = 0, ended = 0;
	pthread_t writer;

	(void)state;
	fetch_start();
	seams.racing = 1;
	assert_int_equal(pthread_create(&writer, NULL, rewrite, fetch_vm.vcpu.request), 0);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	do {
		for (int i = 0; i < 2000 && !seams.broken; i++) {
			const struct message *m = &valid[step(&seed) % valid_count];

			if (m->number == HC_FS_CLOSE && step(&seed) % 4)
				continue; /* or most handles are closed most of the time */
			fetch_serve(m);
			served++;
			ended += killed.end != 0;
			seams_demand(seams.fetches == 1, "a request is copied once");
			seams_demand(fetch_vm.gm.ram_bytes <= fetch_vm.gm.ram_limit,
				     "memory is bounded");
			seams_demand(fetch_vm.handles.table[H_ROOT].root, "grants stay");
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (!seams.broken && now.tv_sec - begin.tv_sec < RACE_SECONDS);
	atomic_store(&stop_racing, 1);
	pthread_join(writer, NULL);
	seams.racing = 0;
	print_message("# %lu requests, %lu of them refused\n", served, ended);
	if (seams.broken)
		fail_msg("after %lu requests, not held: %s", served, seams.broken);
	assert_true(ended > 0 && ended < served);
	guest_stop(&fetch_vm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_page_changes_after_the_copy, fetch_setup,
						fetch_teardown),
		cmocka_unit_test_setup_teardown(nothing_behind_the_copy_is_read, fetch_setup,
						fetch_teardown),
		cmocka_unit_test_setup_teardown(another_thread_rewrites_the_page, fetch_setup,
						fetch_teardown),
	};

	return RUN(tests, "double-fetch");
}

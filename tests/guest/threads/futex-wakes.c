// SPDX-License-Identifier: Apache-2.0
/*
 * Who is woken: counts, order, bits, moves, private and shared words, across
 * processes, and time.
 */
#include "futex.h"

#define PRIVATE FUTEX_PRIVATE_FLAG

static uint32_t words[2];
static int order[8], woken;

struct sleeper {
	uint32_t *word;
	uint32_t bits;
	int operation, number;
};

static void *sleeper(void *argument)
{
	const struct sleeper *s = argument;
	long result = futex(s->word, s->operation, 0, NULL, NULL, s->bits);

	order[__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST)] = s->number;
	return (void *)result;
}

static void until_woken(int n)
{
	while (__atomic_load_n(&woken, __ATOMIC_SEQ_CST) < n)
		usleep(1000);
}

static void counts(int private)
{
	struct sleeper s[4];
	pthread_t threads[4];

	woken = 0;
	for (int i = 0; i < 4; i++) {
		s[i] = (struct sleeper){ words, 0, FUTEX_WAIT | private, i };
		threads[i] = start(sleeper, &s[i]);
		until_waiting(words, private, i + 1);
	}
	TRY(futex(words, FUTEX_WAKE | (private ^ PRIVATE), 9, NULL, NULL, 0));
	TRY(futex(words, FUTEX_WAKE | private, 0, NULL, NULL, 0));
	until_woken(1);
	TRY(futex(words, FUTEX_WAKE | private, 1, NULL, NULL, 0));
	until_woken(2);
	TRY(futex(words, FUTEX_WAKE | private, 1000, NULL, NULL, 0));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("first %d, second %d\n", order[0], order[1]);
	TRY(futex(words, FUTEX_WAKE | private, 1000, NULL, NULL, 0));
}

static void bits(void)
{
	struct sleeper s[3];
	pthread_t threads[3];

	woken = 0;
	for (int i = 0; i < 3; i++) {
		s[i] = (struct sleeper){ words, 1u << i, FUTEX_WAIT_BITSET | PRIVATE, i };
		threads[i] = start(sleeper, &s[i]);
		until_waiting(words, PRIVATE, i + 1);
	}
	TRY(futex(words, FUTEX_WAKE_BITSET | PRIVATE, 9, NULL, NULL, 8));
	TRY(futex(words, FUTEX_WAKE_BITSET | PRIVATE, 9, NULL, NULL, 2));
	until_woken(1);
	TRY(futex(words, FUTEX_WAKE_BITSET | PRIVATE, 9, NULL, NULL, 12));
	until_woken(2);
	TRY(futex(words, FUTEX_WAKE | PRIVATE, 9, NULL, NULL, 0));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	printf("order %d %d %d\n", order[0], order[1], order[2]);
}

static void moves(void)
{
	struct sleeper s[5];
	pthread_t threads[5];

	woken = 0;
	for (int i = 0; i < 5; i++) {
		s[i] = (struct sleeper){ words, 0, FUTEX_WAIT | PRIVATE, i };
		threads[i] = start(sleeper, &s[i]);
		until_waiting(words, PRIVATE, i + 1);
	}
	TRY(futex(words, FUTEX_CMP_REQUEUE | PRIVATE, 1, count(1), words + 1, 5));
	TRY(futex(words, FUTEX_CMP_REQUEUE | PRIVATE, 1, count(1), words + 1, 0));
	until_woken(1);
	printf("%ld %ld\n", waiting(words, PRIVATE), waiting(words + 1, PRIVATE));
	TRY(futex(words, FUTEX_REQUEUE | PRIVATE, 0, count(2), words + 1, 0));
	printf("%ld %ld\n", waiting(words, PRIVATE), waiting(words + 1, PRIVATE));
	TRY(futex(words, FUTEX_WAKE_OP | PRIVATE, 1, count(1), words + 1,
		  FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 1)));
	until_woken(2);
	TRY(futex(words, FUTEX_WAKE_OP | PRIVATE, 1, count(2), words + 1,
		  FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 1)));
	until_woken(4);
	printf("word %u\n", words[1]);
	TRY(futex(words + 1, FUTEX_WAKE | PRIVATE, 9, NULL, NULL, 0));
	for (int i = 0; i < 5; i++)
		pthread_join(threads[i], NULL);
	printf("order %d %d\n", order[0], order[1]);
	words[1] = 0;
}

/* A word of shared memory at two addresses, and one that fork has made two. */
static void processes(void)
{
	uint32_t *shared = shared_page();
	uint32_t *again = mremap(shared, 0, 4096, MREMAP_MAYMOVE);
	static uint32_t own;
	int status;
	pid_t child = fork();

	if (!child) {
		struct timespec span = span_ms(30);
		long result = futex(again, FUTEX_WAIT, 0, NULL, NULL, 0);

		again[2] = (uint32_t)result;
		again[1] = 1;
		_exit(futex(&own, FUTEX_WAIT, 0, &span, NULL, 0) < 0);
	}
	until_waiting(shared, 0, 1);
	TRY(futex(shared, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0));
	while (!__atomic_load_n(&shared[1], __ATOMIC_SEQ_CST))
		usleep(1000);
	TRY(futex(&own, FUTEX_WAKE, 1, NULL, NULL, 0));
	waitpid(child, &status, 0);
	printf("child woken %d, by its own word %d\n", !shared[2], !WEXITSTATUS(status));
}

static void mapped_file(void)
{
	char name[] = "/tmp/futex-XXXXXX";
	int fd = mkstemp(name);

	if (ftruncate(fd, 8192) < 0)
		return;
	uint32_t *a = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	uint32_t *b = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
	struct sleeper s = { b, 0, FUTEX_WAIT, 0 };
	pthread_t thread = start(sleeper, &s);

	unlink(name);
	close(fd);
	until_waiting(a + 1024, 0, 1);
	munmap(b, 4096);
	TRY(futex(a, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(a + 1024, FUTEX_WAKE, 1, NULL, NULL, 0));
	pthread_join(thread, NULL);
	munmap(a, 8192);
}

static void times(void)
{
	struct timespec t = span_ms(30), from;
	uint32_t word = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	TRY(futex(&word, FUTEX_WAIT, 0, &t, NULL, 0));
	printf("waited %d\n", since_ms(&from) >= 30 && since_ms(&from) < 1000);
	t = moment_ms(CLOCK_MONOTONIC, 30);
	clock_gettime(CLOCK_MONOTONIC, &from);
	TRY(futex(&word, FUTEX_WAIT_BITSET, 0, &t, NULL, 1));
	printf("waited %d\n", since_ms(&from) >= 29 && since_ms(&from) < 1000);
	t = moment_ms(CLOCK_REALTIME, 30);
	clock_gettime(CLOCK_MONOTONIC, &from);
	TRY(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &t, NULL, 1));
	printf("waited %d\n", since_ms(&from) >= 29 && since_ms(&from) < 1000);
}

static void *wait_many(void *argument)
{
	return (void *)syscall(449, argument, 3, 0, NULL, 0);
}

static void many(void)
{
	static uint32_t w[3];
	static struct {
		uint64_t value, address;
		uint32_t flags, reserved;
	} v[3];
	void *result;

	for (int i = 0; i < 3; i++) {
		v[i].address = (uint64_t)&w[i];
		v[i].flags = 2 | (i == 1 ? PRIVATE : 0);
	}
	for (int i = 0; i < 3; i++) {
		pthread_t thread = start(wait_many, v);

		until_waiting(&w[i], i == 1 ? PRIVATE : 0, 1);
		TRY(futex(&w[i], FUTEX_WAKE | (i == 1 ? PRIVATE : 0), 1, NULL, NULL, 0));
		pthread_join(thread, &result);
		printf("which %ld, others %ld\n", (long)result, waiting(&w[(i + 1) % 3], 0));
	}
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	counts(PRIVATE);
	counts(0);
	bits();
	moves();
	processes();
	mapped_file();
	times();
	many();
	return 0;
}

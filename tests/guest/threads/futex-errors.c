// SPDX-License-Identifier: Apache-2.0
/* What futex(2) refuses, operation by operation, and what it says without anybody waiting. */
#include "futex.h"

#define PRIVATE FUTEX_PRIVATE_FLAG

static uint32_t word, other;
static char *const odd = (char *)&word + 1;
static void *const nowhere = (void *)0x10;
static void *const high = (void *)0xffff800000000000ul;

static void wait_errors(void)
{
	struct timespec past = { 0, 1 }, bad = { 0, 1000000000 }, negative = { -1, 0 };

	TRY(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(odd, FUTEX_WAIT, 1, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_WAIT, 1, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(high, FUTEX_WAIT | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT, 0, &negative, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT, 1, &bad, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT, 0, nowhere, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT, 0, &past, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, 0));
	TRY(futex(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, 1));
	TRY(futex(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 1));
	TRY(futex(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &past, NULL, 1));
	TRY(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0));
	TRY(futex(&word, 99, 0, NULL, NULL, 0));
	TRY(futex(&word, 2, 0, NULL, NULL, 0)); /* FUTEX_FD */
}

static void wake_errors(void)
{
	TRY(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(odd, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_WAKE, 1, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(high, FUTEX_WAKE | PRIVATE, 1, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 2));
}

static void requeue_errors(void)
{
	TRY(futex(&word, FUTEX_REQUEUE, 1, count(1), &other, 0));
	TRY(futex(&word, FUTEX_REQUEUE, -1, count(1), &other, 0));
	TRY(futex(&word, FUTEX_REQUEUE, 1, count(-1), &other, 0));
	TRY(futex(&word, FUTEX_REQUEUE, 1, count(1), odd, 0));
	TRY(futex(&word, FUTEX_REQUEUE, 1, count(1), nowhere, 0));
	TRY(futex(&word, FUTEX_CMP_REQUEUE, 1, count(1), &other, 7));
	TRY(futex(&word, FUTEX_CMP_REQUEUE, 1, count(1), &other, 0));
	TRY(futex(nowhere, FUTEX_CMP_REQUEUE | PRIVATE, 1, count(1), &other, 0));
}

/* Every operation and comparison; the result is told by what becomes of the word. */
static void wake_op(void)
{
	static const int32_t values[] = { 0, 5, -1, INT32_MIN };

	for (uint32_t op = 0; op < 6; op++)
		for (uint32_t shift = 0; shift < 2; shift++) {
			other = 0x0ff0;
			long result = futex(&word, FUTEX_WAKE_OP, 1, count(1), &other,
					    FUTEX_OP(op | shift << 3, 0x00fu, 0u, 0u));
			printf("op %u shift %u: %ld %s %x\n", op, shift, result,
			       result < 0 ? strerrorname_np(errno) : "", other);
		}
	other = 0;
	TRY(futex(&word, FUTEX_WAKE_OP, 1, count(1), &other, FUTEX_OP(1u, 0xfffu, 0u, 0u)));
	printf("added -1: %x\n", other);
	for (uint32_t cmp = 0; cmp < 8; cmp++)
		for (unsigned int i = 0; i < 4; i++) {
			other = (uint32_t)values[i];
			long result = futex(&word, FUTEX_WAKE_OP, 1, count(1), &other,
					    FUTEX_OP(0u, 3u, cmp, 0xfffu));
			printf("cmp %u of %d: %ld then %u\n", cmp, values[i], result, other);
		}
	TRY(futex(&word, FUTEX_WAKE_OP, 1, count(1), odd, 0));
	TRY(futex(&word, FUTEX_WAKE_OP, 1, count(1), nowhere, 0));
	TRY(futex(odd, FUTEX_WAKE_OP, 1, count(1), &other, 0));
}

static void pi_errors(void)
{
	const struct timespec past = { 0, 1 };

	word = (uint32_t)gettid();
	TRY(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	printf("%u\n", word);
	TRY(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
	printf("%d\n", word == (uint32_t)gettid());
	word = 4000000;
	TRY(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	printf("%x\n", word);
	TRY(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(odd, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_LOCK_PI | PRIVATE, 0, NULL, NULL, 0));
	TRY(futex(nowhere, FUTEX_UNLOCK_PI | PRIVATE, 0, NULL, NULL, 0));
	word = 0;
	TRY(futex(&word, FUTEX_LOCK_PI2, 0, (void *)&past, NULL, 0));
	word = FUTEX_OWNER_DIED;
	TRY(futex(&word, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	printf("%d\n", word == (FUTEX_OWNER_DIED | (uint32_t)gettid()));
	word = 0;
	TRY(futex(&word, FUTEX_WAIT_REQUEUE_PI, 1, NULL, &other, 0));
	TRY(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &word, 0));
	TRY(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, (void *)&past, &other, 0));
	TRY(futex(&word, FUTEX_WAIT_REQUEUE_PI, 0, NULL, nowhere, 0));
	TRY(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, count(1), &word, 0));
	TRY(futex(&word, FUTEX_CMP_REQUEUE_PI, 2, count(1), &other, 0));
	TRY(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, count(-1), &other, 0));
	TRY(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, count(1), &other, 9));
	TRY(futex(&word, FUTEX_CMP_REQUEUE_PI, 1, count(1), &other, 0));
}

struct waitv {
	uint64_t value, address;
	uint32_t flags, reserved;
};

static void waitv_errors(void)
{
	struct waitv v[2] = { { 0, (uint64_t)&word, 2, 0 }, { 0, (uint64_t)&other, 2, 0 } };
	struct timespec past = { 0, 1 };

	word = other = 0;
	TRY(syscall(449, v, 2, 1, NULL, 0));
	TRY(syscall(449, v, 0, 0, NULL, 0));
	TRY(syscall(449, v, 129, 0, NULL, 0));
	TRY(syscall(449, NULL, 2, 0, NULL, 0));
	TRY(syscall(449, nowhere, 2, 0, NULL, 0));
	TRY(syscall(449, v, 2, 0, &past, 5));
	TRY(syscall(449, v, 2, 0, &past, CLOCK_REALTIME));
	TRY(syscall(449, v, 2, 0, &past, CLOCK_MONOTONIC));
	v[1].value = 1;
	TRY(syscall(449, v, 2, 0, &past, CLOCK_MONOTONIC));
	v[1].value = 0;
	v[1].reserved = 1;
	TRY(syscall(449, v, 2, 0, &past, CLOCK_MONOTONIC));
	v[1].reserved = 0;
	v[1].address = (uint64_t)odd;
	TRY(syscall(449, v, 2, 0, &past, CLOCK_MONOTONIC));
	v[1].address = (uint64_t)nowhere;
	TRY(syscall(449, v, 2, 0, &past, CLOCK_MONOTONIC));
}

static void robust_errors(void)
{
	void *head = NULL;
	size_t size = 0;
	char own[24];

	TRY(syscall(SYS_set_robust_list, own, 23));
	TRY(syscall(SYS_set_robust_list, own, 24));
	TRY(syscall(SYS_get_robust_list, 0, &head, &size));
	printf("%d %zu\n", head == own, size);
	TRY(syscall(SYS_get_robust_list, gettid(), &head, &size));
	TRY(syscall(SYS_get_robust_list, 4000000, &head, &size));
	TRY(syscall(SYS_get_robust_list, 0, nowhere, &size));
	TRY(syscall(SYS_get_robust_list, 0, &head, nowhere));
	TRY(syscall(SYS_set_robust_list, NULL, 24));
	printf("%d\n", syscall(SYS_set_tid_address, NULL) == gettid());
}

int main(void)
{
	wait_errors();
	wake_errors();
	requeue_errors();
	wake_op();
	pi_errors();
	waitv_errors();
	robust_errors();
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* Robust locks: left by threads, processes and programs that end, and lists that are broken. */
#include "futex.h"

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	uint32_t words[16];
	struct robust_list nodes[16];
	struct robust_list_head head;
	int ready;
};

static struct shared *s;

static void make(int pi)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (pi)
		pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
	pthread_mutex_init(&s->mutex, &attr);
}

static const char *name(int error)
{
	return error ? strerrorname_np(error) : "0";
}

static void *locks_and_ends(void *argument)
{
	(void)argument;
	pthread_mutex_lock(&s->mutex);
	return NULL;
}

static void recover(const char *what)
{
	printf("%s: %s", what, name(pthread_mutex_lock(&s->mutex)));
	printf(" %s", name(pthread_mutex_consistent(&s->mutex)));
	printf(" %s\n", name(pthread_mutex_unlock(&s->mutex)));
}

static void ends(int pi)
{
	make(pi);
	pthread_join(start(locks_and_ends, NULL), NULL);
	recover("thread");
	fflush(stdout);
	if (!fork()) {
		pthread_mutex_lock(&s->mutex);
		_exit(0);
	}
	wait(NULL);
	recover("process");
	pid_t child = fork();
	if (!child) {
		pthread_mutex_lock(&s->mutex);
		for (;;)
			pause();
	}
	while (pthread_mutex_trylock(&s->mutex) == 0) {
		pthread_mutex_unlock(&s->mutex);
		usleep(1000);
	}
	kill(child, SIGKILL);
	recover("killed");
	wait(NULL);
	if (!fork()) {
		pthread_mutex_lock(&s->mutex);
		execl("/proc/self/exe", "robust", "exec", NULL);
		_exit(1);
	}
	wait(NULL);
	recover("executes");
	pthread_join(start(locks_and_ends, NULL), NULL);
	printf("not made consistent: %s", name(pthread_mutex_lock(&s->mutex)));
	pthread_mutex_unlock(&s->mutex);
	printf(" %s\n", name(pthread_mutex_lock(&s->mutex)));
}

/* A list of our own; what the words are afterwards is told. */
static void *raw(void *argument)
{
	uint32_t tid = (uint32_t)gettid();
	int kind = (int)(long)argument;

	memset(s->words, 0, sizeof(s->words));
	s->head.futex_offset = (char *)s->words - (char *)s->nodes;
	s->head.list.next = &s->nodes[0];
	s->head.list_op_pending = NULL;
	/* Nodes are 8 bytes, words 4: every other word. */
	for (int i = 0; i < 8; i++) {
		s->nodes[i].next = i < 7 ? &s->nodes[i + 1] : &s->head.list;
		s->words[2 * i] = tid;
	}
	s->words[2] = tid | FUTEX_WAITERS;
	s->words[4] = tid + 100000;
	switch (kind) {
	case 0:
		break;
	case 1: /* in a circle */
		s->nodes[7].next = &s->nodes[0];
		break;
	case 2: /* into nothing */
		s->nodes[3].next = (void *)0x10;
		break;
	case 3: /* pending, and in the list */
		s->head.list_op_pending = &s->nodes[5];
		break;
	case 4: /* pending alone, free already */
		s->head.list.next = &s->head.list;
		s->words[2] = 0;
		s->head.list_op_pending = &s->nodes[1];
		break;
	case 5: /* not aligned */
		s->head.futex_offset++;
		break;
	case 6: /* an owner that inherits */
		s->nodes[0].next = (void *)((char *)&s->nodes[1] + 1);
		break;
	}
	syscall(SYS_set_robust_list, &s->head, sizeof(s->head));
	return (void *)(long)tid;
}

static void lists(void)
{
	for (long kind = 0; kind < 7; kind++) {
		void *tid;

		pthread_join(start(raw, (void *)kind), &tid);
		printf("list %ld:", kind);
		for (int i = 0; i < 16; i += 2) {
			uint32_t word = s->words[i];
			uint32_t owner = word & FUTEX_TID_MASK;

			printf(" %x%s", word & ~FUTEX_TID_MASK,
			       !owner			      ? ""
			       : owner == (uint32_t)(long)tid ? "+tid"
							      : "+other");
		}
		printf("\n");
	}
}

static void *waits(void *argument)
{
	return (void *)futex(argument, FUTEX_WAIT, *(uint32_t *)argument, NULL, NULL, 0);
}

static void *holds(void *argument)
{
	(void)argument;
	memset(s->words, 0, sizeof(s->words));
	s->head.futex_offset = (char *)s->words - (char *)s->nodes;
	s->head.list.next = &s->nodes[0];
	s->head.list_op_pending = NULL;
	s->nodes[0].next = &s->head.list;
	syscall(SYS_set_robust_list, &s->head, sizeof(s->head));
	s->words[0] = (uint32_t)gettid() | FUTEX_WAITERS;
	__atomic_store_n(&s->ready, 1, __ATOMIC_SEQ_CST);
	while (waiting(s->words, 0) != 2)
		usleep(1000);
	return NULL;
}

/* Who waits for a lock of the dead is woken, one at a time. */
static void wakes(void)
{
	pthread_t holder = start(holds, NULL), first, then;

	while (!__atomic_load_n(&s->ready, __ATOMIC_SEQ_CST))
		usleep(1000);
	first = start(waits, s->words);
	then = start(waits, s->words);
	pthread_join(holder, NULL);
	printf("still waiting %ld, word %x\n", waiting(s->words, 0), s->words[0]);
	TRY(futex(s->words, FUTEX_WAKE, 9, NULL, NULL, 0));
	pthread_join(first, NULL);
	pthread_join(then, NULL);
}

/* The number of a thread is cleared for others to see, if there are others. */
static void cleared(void)
{
	uint32_t *word = s->words;

	*word = 7;
	fflush(stdout);
	if (!fork()) {
		syscall(SYS_set_tid_address, word);
		_exit(0);
	}
	wait(NULL);
	printf("alone: %u\n", *word);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ends(0);
	ends(1);
	lists();
	wakes();
	cleared();
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/*
 * The initial stack (x86-64 psABI, 3.4.1), built in an address space that is
 * not active: strings at the top, as Linux has them, then the vectors.
 */
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/start.h"
#include "guest-runtime/proc/exec.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/resource.h>

#define STACK_START  (128 * 1024) /* mapped at first, beyond the arguments */
#define STACK_RANDOM 0x3fffff000
#define MMAP_RANDOM  0x3ffffff000
#define MMAP_GAP     0x8000000 /* least room for the stack below which mappings start */

#define STRING_MAX    (32 * PAGE_SIZE)
#define STRINGS_MAX   0x600000 /* bytes of all, with their pointers, whatever the stack's limit */
#define STRINGS_LEAST 0x20000  /* allowed in any case */

static int push(struct exec_stack *stack, const void *from, size_t n)
{
	stack->sp -= n;
	return mm_write(stack->mm, stack->sp, from, n);
}

static int push_string(struct exec_stack *stack, const char *text)
{
	size_t n = strlen(text) + 1;

	if (n > stack->sp - stack->lowest)
		return -E2BIG;
	return push(stack, text, n);
}

/* Bytes of a program's string with its NUL; page: room for one. -EFAULT, -E2BIG. */
static long string_size(uva_t at, char *page)
{
	for (uint64_t size = 0; size <= STRING_MAX; size += PAGE_SIZE) {
		long length = string_from_user(page, at + size, PAGE_SIZE);

		if (length == -ENAMETOOLONG)
			continue;
		if (length < 0)
			return length;
		size += (uint64_t)length + 1;
		return size > STRING_MAX ? -E2BIG : (long)size;
	}
	return -E2BIG;
}

static int pointer_at(const struct exec_strings *strings, uint32_t index, uva_t *out)
{
	return copy_from_user(out, strings->vector + index * sizeof(*out), sizeof(*out));
}

static int count(const struct exec_strings *strings, uint32_t *out)
{
	uva_t pointer = 0;
	int error = 0;

	*out = strings->count;
	if (strings->packed || !strings->vector)
		return 0;
	for (*out = 0; !(error = pointer_at(strings, *out, &pointer)) && pointer; (*out)++)
		if (*out >= STRINGS_MAX / sizeof(pointer))
			return -E2BIG;
	return error;
}

/* Adds up the sizes of n strings. */
static int measure(const struct exec_strings *strings, uint32_t n, char *page, uint64_t *total)
{
	const char *end = strings->packed;

	for (uint32_t i = 0; i < n; i++) {
		uva_t pointer;
		long size;

		if (end) {
			end += strlen(end) + 1;
			continue;
		}
		if (pointer_at(strings, i, &pointer))
			return -EFAULT;
		size = string_size(pointer, page);
		if (size < 0)
			return (int)size;
		*total += (uint64_t)size;
	}
	*total += (uint64_t)(end - strings->packed);
	return 0;
}

static int push_user_string(struct exec_stack *stack, uva_t from, char *page)
{
	long size = string_size(from, page);

	if (size < 0)
		return (int)size;
	if ((uint64_t)size > stack->sp - stack->lowest)
		return -E2BIG;
	stack->sp -= (uint64_t)size;
	for (uint64_t done = 0; done < (uint64_t)size; done += PAGE_SIZE) {
		size_t n = MIN((uint64_t)size - done, PAGE_SIZE);

		if (copy_from_user(page, from + done, n))
			return -EFAULT;
		/* It may have changed since it was measured. */
		if (done + n == (uint64_t)size)
			page[n - 1] = '\0';
		if (mm_write(stack->mm, stack->sp + done, page, n))
			return -ENOMEM;
	}
	return 0;
}

static int push_strings(struct exec_stack *stack, const struct exec_strings *strings, uint32_t n,
			char *page)
{
	if (strings->packed) {
		uint64_t size = 0;

		measure(strings, n, page, &size);
		return push(stack, strings->packed, size);
	}
	while (n-- > 0) {
		uva_t pointer;
		int error = pointer_at(strings, n, &pointer);

		if (!error)
			error = push_user_string(stack, pointer, page);
		if (error)
			return error;
	}
	return 0;
}

/* Bytes that all strings may take. */
static int room(const struct exec_stack *stack, uint64_t *out)
{
	uint64_t soft = current()->process->limits[RLIMIT_STACK].soft;
	uint64_t most = MAX(MIN((uint64_t)STRINGS_MAX, soft / 4), (uint64_t)STRINGS_LEAST);
	uint64_t pointers = (MAX(stack->argc, 1u) + (uint64_t)stack->envc) * sizeof(uint64_t);

	if (pointers >= most)
		return -E2BIG;
	*out = most - pointers;
	return 0;
}

static uint64_t random_offset(uint64_t mask)
{
	return current()->process->persona & ADDR_NO_RANDOMIZE ? 0 : random_bits(mask);
}

/* Places the stack and, below it, the mappings. */
static int place(struct exec_stack *stack, uint64_t strings)
{
	struct mm *mm = stack->mm;
	uint64_t top = GUEST_USER_END - PAGE_SIZE - random_offset(STACK_RANDOM);
	uint64_t pointers = (stack->argc + (uint64_t)stack->envc) * sizeof(uint64_t);
	uint64_t size = ALIGN_UP(strings + pointers, PAGE_SIZE) + STACK_START;
	uint64_t most = current()->process->limits[RLIMIT_STACK].soft;

	if (mm->start) {
		stack->top = start_place_stack(mm, size);
		stack->sp = stack->top - sizeof(uint64_t);
		return stack->top ? 0 : -EAGAIN;
	}
	uint64_t room = MIN(most, GUEST_USER_END / 4);
	mm->mmap_top = top - MAX(MAX(room, (uint64_t)MMAP_GAP), size + STACK_START) -
		       random_offset(MMAP_RANDOM);
	long at = mm_map(mm, top - size, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, NULL, 0);
	stack->top = top;
	stack->sp = top - sizeof(uint64_t); /* a last NULL, as Linux leaves it */
	return at < 0 ? (int)at : 0;
}

static int put_all(struct exec_stack *stack, const char *path, const struct exec_request *request,
		   char *page)
{
	uint64_t most = 0, strings = strlen(path) + 1;
	int error = count(&request->argv, &stack->argc);

	if (!error)
		error = count(&request->envp, &stack->envc);
	if (!error)
		error = room(stack, &most);
	if (!error)
		error = measure(&request->envp, stack->envc, page, &strings);
	if (!error)
		error = measure(&request->argv, stack->argc, page, &strings);
	if (!error && strings > most)
		error = -E2BIG;
	if (!error)
		error = place(stack, strings);
	if (error)
		return error;
	stack->lowest = stack->sp - most;
	error = push_string(stack, path);
	stack->execfn = stack->env_end = stack->sp;
	if (!error)
		error = push_strings(stack, &request->envp, stack->envc, page);
	stack->arg_end = stack->sp;
	if (!error)
		error = push_strings(stack, &request->argv, stack->argc, page);
	stack->arg_start = stack->sp;
	/* A program may count on its name. */
	if (!error && stack->argc == 0)
		error = exec_stack_push_argument(stack, "");
	return error;
}

int exec_stack_create(struct exec_stack *stack, struct mm *mm, const char *path,
		      const struct exec_request *request)
{
	char *page = kmalloc(PAGE_SIZE);

	if (!page)
		return -ENOMEM;
	*stack = (struct exec_stack){ .mm = mm };
	int error = put_all(stack, path, request, page);
	kfree(page);
	return error;
}

int exec_stack_push_argument(struct exec_stack *stack, const char *text)
{
	int error = push_string(stack, text);

	stack->arg_start = stack->sp;
	stack->argc++;
	return error;
}

int exec_stack_drop_argument(struct exec_stack *stack)
{
	uint64_t next;
	int error = mm_next_string(stack->mm, stack->arg_start, stack->arg_end, &next);

	if (error)
		return error;
	stack->sp = stack->arg_start = next;
	stack->argc--;
	return 0;
}

int exec_stack_make_executable(struct exec_stack *stack)
{
	const struct vma *vma = mm_find(stack->mm, stack->sp);

	return mm_protect(stack->mm, vma->start, vma->end - vma->start,
			  PROT_READ | PROT_WRITE | PROT_EXEC);
}

// SPDX-License-Identifier: Apache-2.0
/* The vectors of the initial stack: argc, pointers to the strings, and the auxiliary vector. */
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/exec.h"
#include "guest-runtime/proc/process.h"

#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/personality.h>

#define SP_RANDOM      0x1ff0 /* the stack pointer itself, within its pages */
#define AUXV_WORDS     46     /* of the table below */
#define RSEQ_SIZE      27     /* AT_RSEQ_FEATURE_SIZE, AT_RSEQ_ALIGN */
#define RSEQ_ALIGNMENT 28
#define HWCAP2_FSBASE  2 /* RDFSBASE and its like work in ring 3 */

/* Words on their way to consecutive addresses. */
struct writer {
	struct mm *mm;
	uint64_t at;
	uint64_t words[64];
	size_t count;
	int error;
};

static void flush(struct writer *writer)
{
	size_t n = writer->count * sizeof(*writer->words);

	if (!writer->error && n)
		writer->error = mm_write(writer->mm, writer->at, writer->words, n);
	writer->at += n;
	writer->count = 0;
}

static void put(struct writer *writer, uint64_t word)
{
	writer->words[writer->count++] = word;
	if (writer->count == ARRAY_SIZE(writer->words))
		flush(writer);
}

/* A pointer to each string from `at` on, and NULL. */
static void put_pointers(struct writer *writer, uint64_t at, uint64_t end, uint32_t count)
{
	for (; count > 0; count--) {
		put(writer, at);
		if (mm_next_string(writer->mm, at, end, &at))
			writer->error = -EFAULT;
	}
	put(writer, 0);
}

static void put_auxv(struct writer *writer, const struct exec_stack *stack,
		     const struct exec_image *image, uint64_t random, uint64_t platform)
{
	const struct process *process = current()->process;
	const uint64_t auxv[] = {
		AT_SYSINFO_EHDR, image->vdso,
		AT_MINSIGSTKSZ,	 signal_frame_size(),
		AT_HWCAP,	 boot_block()->features,
		AT_PAGESZ,	 PAGE_SIZE,
		AT_CLKTCK,	 100,
		AT_PHDR,	 image->program.headers,
		AT_PHENT,	 sizeof(Elf64_Phdr),
		AT_PHNUM,	 image->header_count,
		AT_BASE,	 image->loader.base,
		AT_FLAGS,	 0,
		AT_ENTRY,	 image->program.entry,
		AT_UID,		 process->uid,
		AT_EUID,	 process->euid,
		AT_GID,		 process->gid,
		AT_EGID,	 process->egid,
		AT_SECURE,	 process->uid != process->euid || process->gid != process->egid,
		AT_RANDOM,	 random,
		AT_HWCAP2,	 HWCAP2_FSBASE,
		AT_EXECFN,	 stack->execfn,
		AT_PLATFORM,	 platform,
		RSEQ_SIZE,	 RSEQ_FEATURE_SIZE,
		RSEQ_ALIGNMENT,	 RSEQ_ALIGN,
		AT_NULL,	 0,
	};
	_Static_assert(ARRAY_SIZE(auxv) == AUXV_WORDS, "room is made before");
	for (size_t i = 0; i < ARRAY_SIZE(auxv); i++)
		put(writer, auxv[i]);
}

int exec_stack_finish(struct exec_stack *stack, const struct exec_image *image)
{
	static const char platform[] = "x86_64";
	bool fixed = current()->process->persona & ADDR_NO_RANDOMIZE;
	uint64_t words = 1 + stack->argc + 1 + (uint64_t)stack->envc + 1 + AUXV_WORDS;
	uint8_t random[16];

	random_bytes(random, sizeof(random));
	uint64_t sp = ALIGN_DOWN(stack->sp - (fixed ? 0 : random_bits(SP_RANDOM)), (uint64_t)16);
	uint64_t platform_at = sp - sizeof(platform);
	uint64_t random_at = ALIGN_DOWN(platform_at - sizeof(random), (uint64_t)16);

	stack->sp = ALIGN_DOWN(random_at - words * sizeof(uint64_t), (uint64_t)16);
	if (mm_write(stack->mm, platform_at, platform, sizeof(platform)) ||
	    mm_write(stack->mm, random_at, random, sizeof(random)))
		return -ENOMEM;
	struct writer writer = { .mm = stack->mm, .at = stack->sp };
	put(&writer, stack->argc);
	put_pointers(&writer, stack->arg_start, stack->arg_end, stack->argc);
	put_pointers(&writer, stack->arg_end, stack->env_end, stack->envc);
	flush(&writer);
	stack->auxv_start = writer.at;
	put_auxv(&writer, stack, image, random_at, platform_at);
	flush(&writer);
	stack->auxv_end = writer.at;
	return writer.error ? -ENOMEM : 0;
}

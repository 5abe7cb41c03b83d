// SPDX-License-Identifier: Apache-2.0
/*
 * Starts a program: a new address space, the segments, and the initial stack
 * with arguments, environment and auxiliary vector (x86-64 psABI, 3.4.1).
 */
#include "abi/layout.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/proc/elf.h"
#include "guest-runtime/proc/process.h"

#include <asm/mman.h>
#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/resource.h>

#define STACK_START  (128 * 1024) /* mapped at first, beyond the arguments */
#define STACK_RANDOM 0x3ffff0000
#define MMAP_GAP     0x8000000 /* least room for the stack below which mappings start */
#define BRK_RANDOM   0x1fff000

/* What is put on the stack, in an address space that is not active yet: argc, argv, NULL, envp, NULL, auxv. */
struct start {
	struct mm *mm;
	uint64_t sp; /* grows down while strings are put */
	uint64_t execfn, random, platform;
	uint64_t argv, envp;
};

static uint64_t random_bits(uint64_t mask)
{
	uint64_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits & mask;
}

static size_t strings_size(const char *strings, uint32_t count)
{
	const char *at = strings;

	while (count-- > 0)
		at += strlen(at) + 1;
	return (size_t)(at - strings);
}

static int push(struct start *start, const void *from, size_t n, size_t align)
{
	start->sp = ALIGN_DOWN(start->sp - n, (uint64_t)align);
	return mm_write(start->mm, start->sp, from, n);
}

static int put_strings(struct start *start, const char *path, uint32_t argc, const char *argv,
		       uint32_t envc, const char *envp)
{
	struct process *process = current()->process;
	uint8_t random[16];
	static const char platform[] = "x86_64";

	random_bytes(random, sizeof(random));
	if (push(start, path, strlen(path) + 1, 1))
		return -ENOMEM;
	start->execfn = start->sp;
	process->env_end = start->sp;
	if (push(start, envp, strings_size(envp, envc), 1))
		return -ENOMEM;
	process->env_start = process->arg_end = start->envp = start->sp;
	if (push(start, argv, strings_size(argv, argc), 1))
		return -ENOMEM;
	process->arg_start = start->argv = start->sp;
	if (push(start, platform, sizeof(platform), 1))
		return -ENOMEM;
	start->platform = start->sp;
	if (push(start, random, sizeof(random), 16))
		return -ENOMEM;
	start->random = start->sp;
	return 0;
}

static int put_vectors(struct start *start, const struct elf_image *image, uint32_t argc,
		       const char *argv, uint32_t envc, const char *envp)
{
	const struct process *process = current()->process;
	const uint64_t auxv[] = {
		AT_MINSIGSTKSZ, signal_frame_size(),
		AT_HWCAP,	boot_block()->features,
		AT_PAGESZ,	PAGE_SIZE,
		AT_CLKTCK,	100,
		AT_PHDR,	image->headers,
		AT_PHENT,	56,
		AT_PHNUM,	image->header_count,
		AT_BASE,	0,
		AT_FLAGS,	0,
		AT_ENTRY,	image->entry,
		AT_UID,		process->uid,
		AT_EUID,	process->euid,
		AT_GID,		process->gid,
		AT_EGID,	process->egid,
		AT_SECURE,	0,
		AT_RANDOM,	start->random,
		AT_HWCAP2,	2, /* FSGSBASE */
		AT_EXECFN,	start->execfn,
		AT_PLATFORM,	start->platform,
		AT_NULL,	0,
	};
	size_t words = 1 + argc + 1 + envc + 1;
	uint64_t *vector = kmalloc(words * sizeof(*vector) + sizeof(auxv));
	uint64_t *at = vector;

	if (!vector)
		return -ENOMEM;
	*at++ = argc;
	for (uint32_t i = 0; i < argc; i++, argv += strlen(argv) + 1) {
		*at++ = start->argv;
		start->argv += strlen(argv) + 1;
	}
	*at++ = 0;
	for (uint32_t i = 0; i < envc; i++, envp += strlen(envp) + 1) {
		*at++ = start->envp;
		start->envp += strlen(envp) + 1;
	}
	*at++ = 0;
	memcpy(at, auxv, sizeof(auxv));
	int error = push(start, vector, words * sizeof(*vector) + sizeof(auxv), 16);
	kfree(vector);
	return error ? -ENOMEM : 0;
}

/* Places stack, mappings and heap, each at a random distance. */
static int lay_out(struct mm *mm, const struct elf_image *image, size_t strings,
		   struct start *start)
{
	uint64_t top = GUEST_USER_END - PAGE_SIZE - random_bits(STACK_RANDOM & ~(PAGE_SIZE - 1));
	uint64_t size = ALIGN_UP(strings, PAGE_SIZE) + STACK_START;
	uint64_t most = current()->process->limits[RLIMIT_STACK].soft;

	mm->stack_max = MIN(most, GUEST_USER_END / 4);
	mm->mmap_top = top - MAX(mm->stack_max, (uint64_t)MMAP_GAP) - random_bits(0xffff000);
	mm->brk_start = ALIGN_UP(image->end, PAGE_SIZE) + random_bits(BRK_RANDOM);
	mm->brk = mm->brk_start;
	mm_expect(mm, mm->brk_start);
	mm_expect(mm, image->start - PAGE_SIZE); /* where patched system-call sites jump to */
	long at = mm_map(mm, top - size, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, NULL, 0);
	start->sp = top;
	return at < 0 ? (int)at : 0;
}

static void reset_registers(struct thread *thread, uint64_t entry, uint64_t sp)
{
	static const uint32_t mxcsr = 0x1f80;

	/* Just below the top: what the entry pushed belongs to the old program. */
	struct frame *frame = (struct frame *)((char *)thread + KSTACK_SIZE - 16) - 1;

	*frame = (struct frame){ .rip = entry,
				 .rsp = sp,
				 .rflags = 0x202,
				 .cs = GUEST_CS_USER,
				 .ss = GUEST_DS_USER,
				 .orig_rax = (uint64_t)-1 };
	thread->frame = frame;
	__asm__ volatile("wrfsbase %0\n\twrgsbase %0\n\tfninit\n\tldmxcsr %1"
			 :
			 : "r"(0ul), "m"(mxcsr));
}

/* comm: the file's own name, cut to fit. */
static void set_name(struct process *process, const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	memset(process->name, 0, sizeof(process->name));
	memcpy(process->name, name, MIN(strlen(name), sizeof(process->name) - 1));
}

/* A complete address space for the program, and where it starts; NULL: *error says why. */
static struct mm *build(const char *path, struct file *file, uint32_t argc, const char *argv,
			uint32_t envc, const char *envp, struct elf_image *image,
			struct start *start, int *error)
{
	size_t strings = strlen(path) + 1 + strings_size(argv, argc) + strings_size(envp, envc);
	struct mm *mm = mm_create();

	*error = -ENOMEM;
	if (!mm)
		return NULL;
	start->mm = mm;
	*error = elf_load(mm, file, image);
	if (!*error)
		*error = lay_out(mm, image, strings, start);
	if (!*error)
		*error = put_strings(start, path, argc, argv, envc, envp);
	if (!*error)
		*error = put_vectors(start, image, argc, argv, envc, envp);
	if (!*error)
		return mm;
	mm_destroy(mm);
	return NULL;
}

int process_exec(const char *path, uint32_t argc, const char *argv, uint32_t envc, const char *envp)
{
	struct process *process = current()->process;
	struct elf_image image = { 0 };
	struct start start = { 0 };
	struct file *file;
	int error = file_open(path, O_RDONLY, 0, &file);

	if (error)
		return error;
	struct mm *mm = NULL;
	error = elf_check(file);
	if (!error)
		mm = build(path, file, argc, argv, envc, envp, &image, &start, &error);
	if (mm) {
		/* Nothing can fail from here: the old program is gone. Its tables were active until now. */
		struct mm *old = process->mm;

		process->mm = mm;
		mm_activate(mm);
		file_drop_copies(file); /* all is mapped that fits; system-call sites are patched */
		if (old)
			mm_destroy(old);
		kfree(process->exe);
		process->exe = file_path(file);
		set_name(process, path);
		reset_registers(current(), image.entry, start.sp);
	}
	file_put(file);
	return error;
}

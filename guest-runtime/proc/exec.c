// SPDX-License-Identifier: Apache-2.0
/*
 * execve(2): opens the file, goes through scripts to their interpreters,
 * builds a complete address space, and only then gives up the old one.
 */
#include "guest-runtime/proc/exec.h"

#include "abi/layout.h"
#include "guest-runtime/fs/files.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/mm/mm.h"
#include "guest-runtime/mm/start.h"
#include "guest-runtime/proc/futex.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/signal-fpu.h"
#include "guest-runtime/sys/credentials.h"

#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/personality.h>
#include <linux/resource.h>

#define BRK_RANDOM  0x1fff000
#define SCRIPTS_MAX 5 /* each the interpreter of the one before */

/* A program on its way. */
struct exec {
	struct file *file; /* the one to execute now: the program, a script, its interpreter */
	char *path;	   /* as the program sees its name, AT_EXECFN */
	char *name;	   /* of file, as a script's argument */
	bool unreachable;  /* path is no way to the file once the new program runs */
	bool committed;	   /* Linux would have given up the old program */
	struct mm *mm;
	struct exec_stack stack;
	struct exec_image image;
	struct launch *launch; /* owned: what another start of the same may take over; NULL */
};

/* Of a program that can be started again: mm/start.h keeps it with an address space. */
struct launch {
	struct exec_image image;
	struct start_file loader;
	char loader_path[]; /* empty: none */
};

/* The program that a program names as its loader. */
static int open_loader(const char *path, struct elf *out)
{
	struct file *file;
	int error = exec_open(AT_FDCWD, path, 0, &file);

	if (error)
		return error;
	error = elf_read(file, out);
	if (error)
		file_put(file);
	return error == -ENOEXEC ? -ELIBBAD : error;
}

static void close_loader(struct elf *loader)
{
	if (loader->file)
		file_put(loader->file);
	elf_free(loader);
}

/*
 * The heap, above the program. That of a program among the mappings would
 * soon meet the next of them: it goes where programs with a loader are.
 */
static void place_heap(struct mm *mm, const struct elf_image *program, bool among_mappings)
{
	bool fixed = current()->process->persona & ADDR_NO_RANDOMIZE;
	uint64_t start =
		among_mappings && !fixed ? ELF_PROGRAM_BASE : ALIGN_UP(program->end, PAGE_SIZE);

	mm->brk_start = mm->brk = start + (fixed ? 0 : random_bits(BRK_RANDOM));
	mm_expect(mm, mm->brk_start);
	mm_expect(mm, program->start - PAGE_SIZE); /* where patched system-call sites jump to */
}

/* The first instruction: the loader's, if there is one. */
static uint64_t entry_of(const struct exec_image *image)
{
	return image->loader.entry ? image->loader.entry : image->program.entry;
}

/* loader->file NULL: there is none. */
static int map(struct exec *exec, const struct elf *program, const struct elf *loader)
{
	struct exec_image *image = &exec->image;
	bool among_mappings = program->header.e_type == ET_DYN && !loader->file;
	int error =
		elf_map(exec->mm, program, among_mappings ? ELF_PLACE_MAPPING : ELF_PLACE_PROGRAM,
			&image->program);

	exec->committed = true;
	if (!error && loader->file)
		error = elf_map(exec->mm, loader, ELF_PLACE_MAPPING, &image->loader);
	if (!error)
		error = vdso_map(exec->mm, &image->vdso);
	if (!error && entry_of(image) >= GUEST_USER_END)
		error = -EINVAL;
	if (error)
		return error;
	/*
	 * Who loads programs itself may read them, as valgrind does, and has no
	 * use for jumps into the runtime.
	 */
	exec->mm->foreign_text = !loader->file;
	place_heap(exec->mm, &image->program, among_mappings);
	image->header_count = program->header.e_phnum;
	if (elf_wants_executable_stack(program))
		error = exec_stack_make_executable(&exec->stack);
	return error ? error : exec_stack_finish(&exec->stack, image);
}

static void describe(struct exec *exec, const char *path, const struct elf *loader)
{
	size_t size = path ? strlen(path) + 1 : 1;
	struct launch *launch = kmalloc(sizeof(*launch) + size);

	if (!launch)
		return;
	launch->image = exec->image;
	if (path)
		memcpy(launch->loader_path, path, size);
	if (path && start_file_of(loader->file, &launch->loader)) {
		kfree(launch);
		return;
	}
	exec->launch = launch;
}

/* The loader that was mapped is the one that would be now. */
static bool loader_is_same(const struct launch *launch)
{
	struct start_file now;
	struct file *file;

	if (!*launch->loader_path)
		return true;
	if (exec_open(AT_FDCWD, launch->loader_path, 0, &file))
		return false;
	bool same = start_file_of(file, &now) == 0 && start_file_is(&launch->loader, &now);
	file_put(file);
	return same;
}

static bool key_of(struct file *file, struct start_key *key)
{
	const struct process *process = current()->process;

	*key = (struct start_key){ .persona = process->persona,
				   .uid = process->euid,
				   .gid = process->egid,
				   .stack_limit = process->limits[RLIMIT_STACK].soft };
	return start_file_of(file, &key->program) == 0;
}

/* Takes over what an earlier process has left that ran the same. False: it was not to be had. */
static bool take_over(struct exec *exec, const struct exec_request *request, int *error)
{
	struct start_key key;
	struct launch *launch;
	void *payload;

	exec->mm = key_of(exec->file, &key) ? start_take(&key, &payload) : NULL;
	if (!exec->mm)
		return false;
	launch = payload;
	*error = loader_is_same(launch)
			 ? exec_stack_create(&exec->stack, exec->mm, exec->path, request)
			 : -EAGAIN;
	if (*error == -EAGAIN) {
		start_spoil(exec->mm);
		mm_put(exec->mm);
		exec->mm = NULL;
		return false;
	}
	exec->image = launch->image;
	if (*error)
		return true;
	exec->committed = true;
	*error = exec_stack_finish(&exec->stack, &exec->image);
	return true;
}

static int load_elf(struct exec *exec)
{
	struct elf program, loader = { 0 };
	char *path;
	int error = elf_read(exec->file, &program);

	if (error)
		return error == -EIO ? -ENOEXEC : error;
	error = elf_interpreter(&program, &path);
	if (!error && path)
		error = open_loader(path, &loader);
	if (!error)
		error = map(exec, &program, &loader);
	if (!error && current()->process->mm)
		describe(exec, path, &loader);
	kfree(path);
	close_loader(&loader);
	elf_free(&program);
	return error;
}

/* argv becomes: interpreter, argument if any, the script's name, the rest. */
static int enter_script(struct exec *exec, char *interpreter, const char *argument)
{
	struct file *file;

	if (exec->unreachable)
		return -ENOENT;
	int error = exec_stack_drop_argument(&exec->stack);
	if (!error)
		error = exec_stack_push_argument(&exec->stack, exec->name);
	if (!error && argument)
		error = exec_stack_push_argument(&exec->stack, argument);
	if (!error)
		error = exec_stack_push_argument(&exec->stack, interpreter);
	char *name = kstrdup(interpreter);
	if (!error && !name)
		error = -ENOMEM;
	if (!error)
		/* An empty name is the working directory, as in Linux: not executable. */
		error = exec_open(AT_FDCWD, interpreter, AT_EMPTY_PATH, &file);
	if (error) {
		kfree(name);
		return error;
	}
	kfree(exec->name);
	exec->name = name;
	file_put(exec->file);
	exec->file = file;
	return 0;
}

static int load(struct exec *exec)
{
	for (int scripts = 0; scripts <= SCRIPTS_MAX; scripts++) {
		char head[SCRIPT_HEAD] = "", *interpreter, *argument;
		long got = exec_read(exec->file, head, sizeof(head), 0);

		if (got < 0)
			return (int)got;
		if (head[0] != '#' || head[1] != '!')
			return load_elf(exec);
		int error = script_parse(head, sizeof(head), &interpreter, &argument);
		if (!error)
			error = enter_script(exec, interpreter, argument);
		if (error)
			return error;
	}
	return -ELOOP;
}

/* What a program that was started by a descriptor can be told it is: /dev/fd/N, or a name below. */
static int find_path(struct exec *exec, const struct exec_request *request)
{
	const char *path = request->name ? request->name : request->path;

	if (request->dirfd == AT_FDCWD || *path == '/') {
		exec->path = kstrdup(path);
	} else {
		size_t size = strlen(path) + sizeof("/dev/fd/-2147483648/");

		exec->path = kmalloc(size);
		if (exec->path)
			format(exec->path, size, "/dev/fd/%d%s%s", request->dirfd, *path ? "/" : "",
			       path);
		exec->unreachable = files_cloexec(request->dirfd) > 0;
	}
	exec->name = exec->path ? kstrdup(exec->path) : NULL;
	return exec->name ? 0 : -ENOMEM;
}

static int build(struct exec *exec, const struct exec_request *request)
{
	int error = exec_open(request->dirfd, request->path, request->flags, &exec->file);

	if (!error)
		error = find_path(exec, request);
	if (error || take_over(exec, request, &error))
		return error;
	exec->mm = mm_create();
	if (!exec->mm)
		return -ENOMEM;
	error = exec_stack_create(&exec->stack, exec->mm, exec->path, request);
	return error ? error : load(exec);
}

static void reset_registers(struct thread *thread, uint64_t entry, uint64_t sp)
{
	struct frame *frame = thread->frame;

	/* The first program has none yet: just below the top. */
	if (!frame)
		frame = (struct frame *)((char *)thread + KSTACK_SIZE - 16) - 1;
	*frame = (struct frame){ .rip = entry,
				 .rsp = sp,
				 .rflags = 0x202,
				 .cs = GUEST_CS_USER,
				 .ss = GUEST_DS_USER,
				 .orig_rax = (uint64_t)-1 };
	thread->frame = frame;
	__asm__ volatile("wrfsbase %0\n\twrgsbase %0" : : "r"(0ul));
	fpu_reset();
}

/* comm: the file's own name, cut to fit. */
static void set_name(struct thread *thread, const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	memset(thread->name, 0, sizeof(thread->name));
	memcpy(thread->name, name, MIN(strlen(name), sizeof(thread->name) - 1));
}

/* What a process keeps and loses with its program, execve(2). */
static void reset_process(struct process *process, const struct exec_stack *stack)
{
	struct thread *thread = current();

	process->arg_start = stack->arg_start;
	process->arg_end = process->env_start = stack->arg_end;
	process->env_end = stack->env_end;
	process->stack_start = stack->sp;
	process->auxv_start = stack->auxv_start;
	process->auxv_end = stack->auxv_end;
	process->suid = process->euid;
	process->sgid = process->egid;
	credentials_execute(process);
	process->not_dumpable = false;
	process->executed = true;
	process->exit_signal = SIGCHLD;
	signal_reset(thread);
	files_close_on_exec();
}

/* Nothing can fail any more: the old program is gone. Its tables were active until now. */
static void commit(struct exec *exec, const struct exec_request *request)
{
	struct process *process = current()->process;
	struct mm *old = process->mm;
	struct start_key key;

	if (exec->launch && key_of(exec->file, &key)) {
		start_note(exec->mm, &key, exec->launch);
		exec->launch = NULL;
	}
	if (old)
		futex_end_thread(current());
	current()->rseq = (struct rseq_state){ 0 };
	process->mm = exec->mm;
	mm_activate(exec->mm);
	file_drop_copies(exec->file); /* all is mapped that fits; system-call sites are patched */
	if (old)
		mm_put(old);
	process_release_parent(current());
	if (process->exe_file) {
		process->exe_file->inode->runners--;
		file_put(process->exe_file);
	}
	process->exe_file = exec->file;
	process->exe_file->inode->runners++;
	/* A descriptor's number as a name would tell nothing. */
	set_name(current(), *request->path ? exec->path : exec->file->dentry->name);
	reset_process(process, &exec->stack);
	reset_registers(current(), entry_of(&exec->image), exec->stack.sp);
}

/* Of the process, with descriptors and actions that no other process changes. */
static int be_alone(void)
{
	struct process *process = current()->process;
	int error = process_be_alone();

	if (!error)
		error = files_unshare();
	if (!error && process->actions->references > 1) {
		struct signal_actions *own = signal_actions_create(process->actions, false);

		if (!own)
			return -ENOMEM;
		signal_actions_put(process->actions);
		process->actions = own;
	}
	return error;
}

int process_exec(const struct exec_request *request)
{
	struct exec exec = { 0 };
	int error = build(&exec, request);

	if (error && exec.committed && current()->process->mm)
		process_end(SIGSEGV);
	if (!error)
		error = be_alone();
	if (!error) {
		commit(&exec, request);
	} else {
		if (exec.mm)
			mm_put(exec.mm);
		if (exec.file)
			file_put(exec.file);
	}
	kfree(exec.path);
	kfree(exec.name);
	kfree(exec.launch);
	return error;
}

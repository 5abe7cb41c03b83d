/* SPDX-License-Identifier: Apache-2.0 */
/* Starting programs: execve(2), and the parts that it is made of. */
#ifndef GUEST_PROC_EXEC_H
#define GUEST_PROC_EXEC_H

#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/proc/elf.h"

#include <stdbool.h>
#include <stdint.h>

struct file;
struct mm;

/* Arguments or an environment: of the runtime, or as the program passes them. */
struct exec_strings {
	const char *packed; /* `count` strings, one after the other; NULL: see vector */
	uint32_t count;
	uva_t vector; /* pointers to strings, up to a NULL; 0: none */
};

struct exec_request {
	int dirfd;
	const char *path; /* the runtime's */
	const char *name; /* what the program is told instead of path, or NULL */
	uint32_t flags;	  /* AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW */
	struct exec_strings argv, envp;
};

/*
 * Replaces the current process's program. 0 with the thread's frame set to
 * start it, or -errno with nothing changed. A file that turns out to be broken
 * after Linux would have given up the old program kills the process, as there.
 */
int process_exec(const struct exec_request *request);

/* elf.c: reads what will be mapped, too, or is a script. Bytes, or -errno. */
long exec_read(struct file *file, void *to, size_t n, uint64_t offset);

/* exec-file.c: opens a file for execution. -EACCES: no permission, or no regular file; -ETXTBSY. */
int exec_open(int dirfd, const char *path, uint32_t flags, struct file **out);

/*
 * script.c: splits the first line of a script, `size` bytes of which are at
 * text; NUL-terminates interpreter and argument in place. *argument: NULL for
 * none. -ENOEXEC: it is no script, or its interpreter is cut off.
 */
int script_parse(char *text, size_t size, char **interpreter, char **argument);

#define SCRIPT_HEAD 256 /* bytes that script_parse() looks at */

/* stack.c: the initial stack, while it is built in an address space that is not active. */
struct exec_stack {
	struct mm *mm;
	uint64_t top, sp; /* sp grows down while strings are put */
	uint64_t lowest;  /* strings may not go below: -E2BIG */
	uint32_t argc, envc;
	uint64_t execfn;
	uint64_t arg_start, arg_end, env_end; /* the environment starts at arg_end */
	uint64_t auxv_start, auxv_end;
};

/* Places it in mm, with the path, the environment and the arguments. */
int exec_stack_create(struct exec_stack *stack, struct mm *mm, const char *path,
		      const struct exec_request *request);
/* One argument before the first; and without the first. */
int exec_stack_push_argument(struct exec_stack *stack, const char *text);
int exec_stack_drop_argument(struct exec_stack *stack);

int exec_stack_make_executable(struct exec_stack *stack);

/* vdso.c: maps the vDSO, right above the clock's page; *header: the address of its ELF header. */
int vdso_map(struct mm *mm, uint64_t *header);

/* A program in its new address space, with its loader. */
struct exec_image {
	struct elf_image program, loader; /* loader.entry 0: there is none */
	uint16_t header_count;
	uint64_t vdso; /* address of its ELF header */
};

/* vectors.c: what the first instruction finds: argc, argv, environment, auxiliary vector. */
int exec_stack_finish(struct exec_stack *stack, const struct exec_image *image);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The runtime's own start: from the boot block to the program's first instruction. */
#include "abi/boot.h"
#include "guest-runtime/entry/frame.h"
#include "guest-runtime/fs/file.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/lib/random.h"
#include "guest-runtime/mm/page.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/exec.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/trace/trace.h"

#include <linux/errno.h>
#include <linux/fcntl.h>

_Noreturn void runtime_main(const struct boot_block *boot);

_Noreturn void runtime_main(const struct boot_block *boot)
{
	const char *strings = (const char *)boot;

	must(boot->magic == BOOT_MAGIC);
	page_init(boot->size, boot->ram_bytes, boot->ram_limit);
	random_init(boot->seed);
	clock_start();
	trace_start(boot);
	notes_start(boot);
	fs_init(boot);
	process_create_first(boot);
	const struct exec_request request = {
		.dirfd = AT_FDCWD,
		.path = strings + boot->program,
		.name = strings + boot->name,
		.argv = { .packed = strings + boot->argv, .count = boot->argc },
		.envp = { .packed = strings + boot->envp, .count = boot->envc },
	};
	int error = process_exec(&request);
	notes_end(!error);
	if (error == -ENOMEM)
		host_exit(HC_EXIT_NO_MEMORY, 0);
	if (error)
		host_exit(HC_EXIT_NO_EXEC, (uint32_t)-error);
	frame_return_full(current()->frame);
}

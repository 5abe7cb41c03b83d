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
#include "guest-runtime/proc/process.h"

#include <linux/errno.h>

_Noreturn void runtime_main(const struct boot_block *boot);

_Noreturn void runtime_main(const struct boot_block *boot)
{
	const char *strings = (const char *)boot;

	must(boot->magic == BOOT_MAGIC);
	page_init(boot->size, boot->ram_bytes, boot->ram_limit);
	random_init(boot->seed);
	clock_start();
	fs_init(boot);
	process_create_first(boot);
	int error = process_exec(strings + boot->program, boot->argc, strings + boot->argv,
				 boot->envc, strings + boot->envp);
	if (error == -ENOMEM)
		host_exit(HC_EXIT_NO_MEMORY, 0);
	if (error)
		host_exit(HC_EXIT_NO_EXEC, (uint32_t)-error);
	frame_return_full(current()->frame);
}

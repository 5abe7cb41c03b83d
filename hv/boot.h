/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the boot block (abi/boot.h): all that the runtime learns about its run. */
#ifndef HV_BOOT_H
#define HV_BOOT_H

struct boot_walk;
struct err;
struct hv_config;
struct policy;
struct vm;

/* Fills the start of guest RAM; memory, vCPU, handles and streams of vm are there. */
int boot_write(struct vm *vm, const struct hv_config *config, struct err *e);

/*
 * Walks to the program as the runtime will; returns the path of the walk, a
 * part of program, or NULL: there is no answer. See boot-walk.c.
 */
const char *boot_answer_walk(struct vm *vm, const struct policy *p, const char *program,
			     struct boot_walk *answer);

#endif

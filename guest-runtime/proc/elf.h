/* SPDX-License-Identifier: Apache-2.0 */
/* ELF executables into an address space. */
#ifndef GUEST_PROC_ELF_H
#define GUEST_PROC_ELF_H

#include <stdint.h>

struct file;
struct mm;

/* What the program's start and its auxiliary vector need. */
struct elf_image {
	uint64_t entry;
	uint64_t headers; /* address of the program headers */
	uint16_t header_count;
	uint64_t start, end; /* of all segments; the heap starts above */
};

/* Checks that file is an x86-64 executable that can be loaded; -ENOEXEC, or what reading says. */
int elf_check(struct file *file);

/* Maps all segments of a checked file into an empty mm. */
int elf_load(struct mm *mm, struct file *file, struct elf_image *out);

#endif

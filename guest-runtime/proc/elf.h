/* SPDX-License-Identifier: Apache-2.0 */
/* ELF executables, and the loaders that they name, into an address space. */
#ifndef GUEST_PROC_ELF_H
#define GUEST_PROC_ELF_H

#include <linux/elf.h>
#include <stdbool.h>
#include <stdint.h>

struct file;
struct mm;

/* The headers of a file that can be loaded. */
struct elf {
	struct file *file; /* the caller's, which must outlive this; NULL: not read */
	Elf64_Ehdr header;
	Elf64_Phdr *segments; /* owned */
};

#define ELF_PROGRAM_BASE 0x555555554000 /* where Linux puts programs, plus a random distance */

/*
 * Reads and checks them. -ENOEXEC: not an x86-64 executable; -EIO: no room for
 * a header in it; or what reading says.
 */
int elf_read(struct file *file, struct elf *out);
void elf_free(struct elf *elf);

/* PT_GNU_STACK. */
bool elf_wants_executable_stack(const struct elf *elf);

/* *path: the loader that the program asks for, the caller frees; NULL: none. 0 or -errno. */
int elf_interpreter(const struct elf *elf, char **path);

/* Where a position-independent file goes; others go where they say. */
enum elf_place {
	ELF_PLACE_PROGRAM, /* a program: far below the mappings, where Linux puts them */
	ELF_PLACE_MAPPING, /* a loader: among the mappings */
};

/* What the program's start and its auxiliary vector need. */
struct elf_image {
	uint64_t entry;
	uint64_t base;	  /* what was added to the file's own addresses */
	uint64_t headers; /* address of the program headers; 0: not mapped */
	uint64_t start, end;
};

/* Maps all segments. 0 or -errno. */
int elf_map(struct mm *mm, const struct elf *elf, enum elf_place place, struct elf_image *out);

#endif

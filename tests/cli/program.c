// SPDX-License-Identifier: Apache-2.0
/* Which first bytes of a file are a program, and what is said about the others. */
#include "common/err.h"
#include "sandbox-cli/run/executable.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct err e;

static Elf64_Ehdr good(void)
{
	Elf64_Ehdr header = { .e_type = ET_EXEC, .e_machine = EM_X86_64 };

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	return header;
}

static int check(const void *bytes, size_t length)
{
	memset(&e, 0, sizeof(e));
	return executable_check_header("./tool", bytes, length, &e);
}

static void refused(const void *bytes, size_t length, const char *what)
{
	assert_true(check(bytes, length) < 0);
	assert_int_equal(e.status, ERR_NOT_EXECUTABLE);
	assert_string_equal(e.what, what);
	assert_true(e.hint[0]);
}

static void programs_for_this_machine_pass(void **state)
{
	Elf64_Ehdr header = good();

	(void)state;
	assert_int_equal(check(&header, sizeof(header)), 0);
	header.e_type = ET_DYN;
	assert_int_equal(check(&header, sizeof(header)), 0);
}

static void others_are_named(void **state)
{
	Elf64_Ehdr header = good();

	(void)state;
	header.e_machine = EM_AARCH64;
	refused(&header, sizeof(header), "./tool: cannot execute: an ELF file for aarch64");
	header.e_machine = 0xfffe;
	refused(&header, sizeof(header), "./tool: cannot execute: an ELF file for another machine");
	header.e_machine = EM_386;
	header.e_ident[EI_CLASS] = ELFCLASS32;
	refused(&header, sizeof(header), "./tool: cannot execute: an ELF file for 32-bit x86");
	header.e_machine = EM_X86_64;
	refused(&header, sizeof(header), "./tool: cannot execute: a 32-bit (x32) ELF file");
	header = good();
	header.e_ident[EI_DATA] = ELFDATA2MSB;
	refused(&header, sizeof(header),
		"./tool: cannot execute: an ELF file for a big-endian machine");
	header = good();
	header.e_type = ET_REL;
	refused(&header, sizeof(header), "./tool: cannot execute: an ELF file that is no program");
	header = good();
	refused(&header, 30, "./tool: cannot execute: an ELF file that is cut off");
	refused("", 0, "./tool: cannot execute: not an ELF program");
	refused("hello", 5, "./tool: cannot execute: not an ELF program");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_for_this_machine_pass),
		cmocka_unit_test(others_are_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

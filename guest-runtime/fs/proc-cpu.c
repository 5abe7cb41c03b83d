// SPDX-License-Identifier: Apache-2.0
/*
 * /proc/cpuinfo: the processor that the VM has, as CPUID tells it, in the words
 * of Linux. Features that it has but that are not in the table go unnamed.
 */
#include "guest-runtime/entry/cpuid.h"
#include "guest-runtime/fs/proc.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/lib/lib.h"

#define NAMES_PER_REGISTER 32
#define FAMILY_EXTENDED	   15u
#define BRAND		   0x80000002u /* and the two leaves after it: 48 bytes */

enum { EAX, EBX, ECX, EDX };

static const struct {
	uint32_t leaf;
	uint32_t reg;
	const char *names[NAMES_PER_REGISTER]; /* by bit; NULL: not named */
} features[] = {
	{ 0x1, EDX, { "fpu",  "vme",   "de",   "pse",	  "tsc",  "msr", "pae", "mce",
		      "cx8",  NULL,    NULL,   "sep",	  "mtrr", "pge", "mca", "cmov",
		      "pat",  "pse36", NULL,   "clflush", NULL,	  NULL,	 NULL,	"mmx",
		      "fxsr", "sse",   "sse2", NULL,	  "ht" } },
	{ 0x80000001,
	  EDX,
	  { [11] = "syscall",
	    [20] = "nx",
	    [22] = "mmxext",
	    [26] = "pdpe1gb",
	    [27] = "rdtscp",
	    [29] = "lm" } },
	{ 0x1,
	  ECX,
	  { "pni", "pclmulqdq", [9] = "ssse3", [12] = "fma", [13] = "cx16", [17] = "pcid",
	    [19] = "sse4_1", [20] = "sse4_2", [22] = "movbe", [23] = "popcnt", [25] = "aes",
	    [26] = "xsave", [28] = "avx", [29] = "f16c", [30] = "rdrand" } },
	{ 0x80000001,
	  ECX,
	  { [0] = "lahf_lm",
	    [5] = "abm",
	    [6] = "sse4a",
	    [7] = "misalignsse",
	    [8] = "3dnowprefetch",
	    [11] = "xop",
	    [16] = "fma4",
	    [21] = "tbm" } },
	{ 0x7, EBX, { [0] = "fsgsbase", [3] = "bmi1",	   [4] = "hle",		[5] = "avx2",
		      [7] = "smep",	[8] = "bmi2",	   [9] = "erms",	[10] = "invpcid",
		      [11] = "rtm",	[16] = "avx512f",  [17] = "avx512dq",	[18] = "rdseed",
		      [19] = "adx",	[20] = "smap",	   [21] = "avx512ifma", [23] = "clflushopt",
		      [24] = "clwb",	[26] = "avx512pf", [27] = "avx512er",	[28] = "avx512cd",
		      [29] = "sha_ni",	[30] = "avx512bw", [31] = "avx512vl" } },
	{ 0x7,
	  ECX,
	  { [1] = "avx512vbmi",
	    [2] = "umip",
	    [6] = "avx512_vbmi2",
	    [8] = "gfni",
	    [9] = "vaes",
	    [10] = "vpclmulqdq",
	    [11] = "avx512_vnni",
	    [12] = "avx512_bitalg",
	    [14] = "avx512_vpopcntdq",
	    [22] = "rdpid",
	    [25] = "cldemote",
	    [27] = "movdiri",
	    [28] = "movdir64b" } },
	{ 0x7, EDX, { [4] = "fsrm", [14] = "serialize", [23] = "avx512_fp16" } },
};

static void cpuid(uint32_t leaf, uint32_t r[4])
{
	cpuid_ask(leaf, 0, r);
}

/* A leaf past the last one answers with another's values. */
static bool has_leaf(uint32_t leaf)
{
	uint32_t r[4];

	cpuid(leaf & 0x80000000, r);
	return leaf <= r[EAX];
}

static void put_flags(struct text *out)
{
	text_print(out, "flags\t\t:");
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		uint32_t r[4];

		if (!has_leaf(features[i].leaf))
			continue;
		cpuid(features[i].leaf, r);
		for (uint32_t bit = 0; bit < NAMES_PER_REGISTER; bit++)
			if ((r[features[i].reg] >> bit & 1) && features[i].names[bit])
				text_print(out, " %s", features[i].names[bit]);
	}
	text_print(out, "\n");
}

static void put_brand(struct text *out)
{
	uint32_t brand[13] = { 0 };

	for (uint32_t i = 0; i < 3 && has_leaf(BRAND + 2); i++)
		cpuid(BRAND + i, &brand[i * 4]);
	text_print(out, "model name\t: %s\n", brand[0] ? (const char *)brand : "unknown");
}

/* One processor: as many as the VM has. */
void proc_cpuinfo(struct text *out, const struct subject *subject)
{
	uint32_t r[4], vendor[4] = { 0 };

	(void)subject;
	cpuid(0, r);
	vendor[0] = r[EBX];
	vendor[1] = r[EDX];
	vendor[2] = r[ECX];
	cpuid(1, r);
	uint32_t family = r[EAX] >> 8 & 15, model = r[EAX] >> 4 & 15;
	if (family == 6 || family == FAMILY_EXTENDED)
		model |= r[EAX] >> 12 & 0xf0;
	if (family == FAMILY_EXTENDED)
		family += r[EAX] >> 20 & 0xff;
	text_print(out, "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n",
		   (const char *)vendor, family, model);
	put_brand(out);
	text_print(out, "stepping\t: %u\nsiblings\t: 1\ncpu cores\t: 1\n", r[EAX] & 15);
	text_print(out, "fpu\t\t: yes\nfpu_exception\t: yes\nwp\t\t: yes\n");
	put_flags(out);
	text_print(out, "\n");
}

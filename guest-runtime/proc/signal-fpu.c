// SPDX-License-Identifier: Apache-2.0
/*
 * XSAVE or FXSAVE into a buffer of the runtime, then a copy: program memory
 * may be absent, and what comes back must be checked before a CPU loads it.
 * AMX and protection keys are left alone; the runtime offers neither.
 */
#include "guest-runtime/proc/signal-fpu.h"

#include "guest-runtime/host/boot.h"
#include "guest-runtime/lib/lib.h"

#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <linux/errno.h>

#define LEGACY	    512		  /* FXSAVE's area */
#define HEADER	    (LEGACY + 64) /* with XSAVE's header */
#define AREA_MAX    4096	  /* all of COMPONENTS in standard form: 2696 */
#define COMPONENTS  0xffull	  /* x87, SSE, AVX, MPX, AVX-512 */
#define X87_AND_SSE 3ull
#define MXCSR_START 0x1f80u
#define MXCSR_MASK  0xffbfu /* of CPUs that do not say */
#define CW_START    0x37f

/* struct _fpstate_64 with the header behind, without the names that clash. */
struct area {
	uint16_t cwd, swd, twd, fop;
	uint64_t rip, rdp;
	uint32_t mxcsr, mxcsr_mask;
	uint8_t registers[LEGACY - 32 - sizeof(struct _fpx_sw_bytes)];
	struct _fpx_sw_bytes software;
	uint64_t present, compaction, reserved[6]; /* XSAVE header */
	uint8_t extended[AREA_MAX - HEADER];
};

_Static_assert(offsetof(struct area, software) == 464, "FXSAVE's bytes for software");
_Static_assert(offsetof(struct area, extended) == HEADER, "XSAVE header");

static struct area area __attribute__((aligned(64)));

/* What this CPU saves; found at first use. */
static struct {
	bool known, xsave;
	uint32_t size; /* of the area without the trailing magic */
	uint64_t components;
	uint32_t mxcsr_mask;
} cpu;

static void save_to(struct area *to)
{
	if (cpu.xsave)
		__asm__ volatile("xsave64 %0" : "+m"(*to) : "a"((uint32_t)cpu.components), "d"(0));
	else
		__asm__ volatile("fxsave64 %0" : "+m"(*to));
}

static void load_from(const struct area *from)
{
	if (cpu.xsave)
		__asm__ volatile("xrstor64 %0"
				 :
				 : "m"(*from), "a"((uint32_t)cpu.components), "d"(0));
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(*from));
}

static void xsave(void)
{
	memset(&area, 0, sizeof(area));
	save_to(&area);
}

static void xrstor(void)
{
	load_from(&area);
}

static void find(void)
{
	const struct boot_block *boot = boot_block();

	if (cpu.known)
		return;
	cpu.known = true;
	cpu.xsave = boot->xcr0 != 0;
	cpu.components = boot->xcr0;
	cpu.size = cpu.xsave ? boot->xsave_bytes : LEGACY;
	must(!(cpu.components & ~COMPONENTS) && cpu.size <= AREA_MAX);
	xsave();
	cpu.mxcsr_mask = area.mxcsr_mask ? area.mxcsr_mask : MXCSR_MASK;
}

uint64_t fpu_frame_size(void)
{
	find();
	return cpu.xsave ? cpu.size + FP_XSTATE_MAGIC2_SIZE : LEGACY;
}

bool fpu_has_xstate(void)
{
	find();
	return cpu.xsave;
}

int fpu_save(uva_t to)
{
	const uint32_t end = FP_XSTATE_MAGIC2;

	find();
	xsave();
	if (!cpu.xsave)
		return copy_to_user(to, &area, LEGACY);
	area.software = (struct _fpx_sw_bytes){
		.magic1 = FP_XSTATE_MAGIC1,
		.extended_size = cpu.size + FP_XSTATE_MAGIC2_SIZE,
		.xfeatures = cpu.components,
		.xstate_size = cpu.size,
	};
	/* A handler that knows only FXSAVE's part must see its changes loaded. */
	area.present |= X87_AND_SSE;
	int error = copy_to_user(to, &area, cpu.size);
	return error ? error : copy_to_user(to + cpu.size, &end, sizeof(end));
}

/* The frame continues behind FXSAVE's part as fpu_save() wrote it. */
static bool is_extended(uva_t from)
{
	const struct _fpx_sw_bytes *software = &area.software;
	uint32_t end;

	if (software->magic1 != FP_XSTATE_MAGIC1 || software->xstate_size < HEADER ||
	    software->xstate_size > cpu.size || software->xstate_size > software->extended_size)
		return false;
	return !copy_from_user(&end, from + software->xstate_size, sizeof(end)) &&
	       end == FP_XSTATE_MAGIC2;
}

int fpu_restore(uva_t from)
{
	find();
	memset(&area, 0, sizeof(area));
	int error = copy_from_user(&area, from, LEGACY);
	if (error)
		return error;
	if (cpu.xsave && is_extended(from)) {
		error = copy_from_user(&area, from, area.software.xstate_size);
		if (error)
			return error;
		area.present &= area.software.xfeatures;
	} else {
		memset(&area.present, 0, HEADER - LEGACY);
		area.present = cpu.xsave ? X87_AND_SSE : 0;
	}
	/* What the CPU refuses to load would be an exception of the runtime. */
	if ((area.mxcsr & ~cpu.mxcsr_mask) || (area.present & ~cpu.components) || area.compaction ||
	    area.reserved[0])
		return -EFAULT;
	xrstor();
	return 0;
}

void fpu_keep(void *to)
{
	find();
	save_to(to);
}

void fpu_load(const void *from)
{
	load_from(from);
}

void fpu_reset(void)
{
	find();
	memset(&area, 0, sizeof(area));
	/* XRSTOR knows the start values of what is not present, FXRSTOR reads them. */
	area.cwd = CW_START;
	area.mxcsr = MXCSR_START;
	xrstor();
}

int fpu_exception_code(uint64_t vector)
{
	uint16_t control, status;
	uint32_t mxcsr, raised;

	if (vector == 16) {
		__asm__ volatile("fnstcw %0" : "=m"(control));
		__asm__ volatile("fnstsw %0" : "=m"(status));
		raised = status & ~(uint32_t)control;
	} else {
		__asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
		raised = mxcsr & ~(mxcsr >> 7);
	}
	if (raised & 0x01)
		return FPE_FLTINV;
	if (raised & 0x04)
		return FPE_FLTDIV;
	if (raised & 0x08)
		return FPE_FLTOVF;
	if (raised & 0x12) /* denormal or underflow */
		return FPE_FLTUND;
	return raised & 0x20 ? FPE_FLTRES : FPE_FLTINV;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Names of numbers, as the kernel's headers have them; and sets of flags. */
#ifndef GUEST_TRACE_NAMES_H
#define GUEST_TRACE_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* NULL: none is known. */
const char *name_of_syscall(uint32_t number);
const char *name_of_errno(uint32_t number);
const char *name_of_signal(uint32_t number);

struct flag {
	uint64_t value;
	const char *name;
};

/*
 * How a number is shown: the first row that equals value & mask, then each flag
 * whose bits are set.
 */
struct flag_set {
	uint64_t mask; /* of the part that is one of several values; 0: flags only; ~0: no flags */
	const struct flag *values, *flags;
};

enum flag_kind {
	FLAGS_OPEN,
	FLAGS_PROT,
	FLAGS_MAP,
	FLAGS_AT,
	FLAGS_WHENCE,
	FLAGS_CLOCK,
	FLAGS_ADVICE,
	FLAGS_ACCESS,
	FLAGS_FCNTL,
	FLAGS_IOCTL,
	FLAGS_RLIMIT,
	FLAGS_FUTEX,
	FLAGS_SIGPROCMASK,
	FLAGS_PRCTL,
	FLAGS_ARCH,
	FLAGS_FALLOCATE,
	FLAGS_RENAME,
	FLAGS_FLOCK,
	FLAGS_CLONE,
	FLAGS_WAIT,
	FLAGS_MREMAP,
	FLAGS_RANDOM,
	FLAGS_MSYNC,
	FLAGS_FADVISE,
	FLAGS_COUNT
};

extern const struct flag_set flag_sets[FLAGS_COUNT];

#endif

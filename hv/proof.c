// SPDX-License-Identifier: Apache-2.0
/* The launcher's word that the jail holds, in memory that it shares with the monitor (I1). */
#include "hv/hv.h"
#include "hv/jail/jail.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct hv_proof {
	_Atomic uint32_t holds; /* a futex */
};

struct hv_proof *hv_proof_share(void)
{
	void *shared = mmap(NULL, sizeof(struct hv_proof), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

void hv_proof_free(struct hv_proof *proof)
{
	if (proof)
		munmap(proof, sizeof(*proof));
}

void hv_proof_give(struct hv_proof *proof)
{
	atomic_store(&proof->holds, 1);
	syscall(SYS_futex, &proof->holds, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* A launcher that finds the jail wanting ends us. */
void jail_await_proof(struct hv_proof *proof)
{
	while (!atomic_load(&proof->holds))
		syscall(SYS_futex, &proof->holds, FUTEX_WAIT, 0, NULL, NULL, 0);
}

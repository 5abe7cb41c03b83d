// SPDX-License-Identifier: Apache-2.0
/* Memory policies, as one node leaves them. */
#include "../fs/try.h"

#include <linux/mempolicy.h>
#include <sys/wait.h>

static long get(unsigned long bits, void *at, unsigned long flags)
{
	unsigned long mask[4] = { ~0ul, ~0ul, ~0ul, ~0ul };
	int mode = -1;
	long result = syscall(SYS_get_mempolicy, &mode, bits ? mask : NULL, bits, at, flags);

	printf("mode %x, masks %lx %lx %lx: ", mode, mask[0], mask[1], mask[2]);
	return result;
}

static long set(int mode, unsigned long mask, unsigned long bits)
{
	unsigned long masks[2] = { mask, 0 };

	return syscall(SYS_set_mempolicy, mode, masks, bits);
}

int main(void)
{
	int here;

	setvbuf(stdout, NULL, _IOFBF, 65536);
	TRY(get(0, NULL, 0)), TRY(get(65, NULL, 0)), TRY(get(129, NULL, 0));
	TRY(get(65, NULL, MPOL_F_MEMS_ALLOWED));
	TRY(get(65, NULL, MPOL_F_MEMS_ALLOWED | MPOL_F_NODE));
	TRY(get(65, &here, MPOL_F_ADDR)), TRY(get(65, (void *)8, MPOL_F_ADDR));
	TRY(get(65, &here, MPOL_F_ADDR | MPOL_F_NODE)), TRY(get(65, &here, 0));
	TRY(get(65, NULL, MPOL_F_NODE)), TRY(get(65, NULL, 64));
	TRY(set(MPOL_BIND, 1, 65)), TRY(get(65, NULL, 0));
	TRY(set(MPOL_BIND, 0, 65)), TRY(set(MPOL_BIND, 2, 65)), TRY(set(MPOL_BIND, 3, 65));
	TRY(set(MPOL_INTERLEAVE, 1, 65)), TRY(get(65, NULL, MPOL_F_NODE));
	fflush(stdout);
	if (fork() == 0) {
		TRY(get(65, NULL, 0));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	TRY(set(MPOL_PREFERRED, 0, 65)), TRY(get(65, NULL, 0));
	TRY(set(MPOL_PREFERRED, 1, 65)), TRY(get(65, NULL, 0));
	TRY(set(MPOL_DEFAULT, 1, 65)), TRY(set(99, 1, 65));
	TRY(set(MPOL_BIND | MPOL_F_STATIC_NODES, 1, 65)), TRY(get(65, NULL, 0));
	TRY(set(MPOL_BIND | MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES, 1, 65));
	TRY(syscall(SYS_set_mempolicy, MPOL_BIND, 8, 65));
	TRY(syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0)), TRY(get(65, NULL, 0));
	return 0;
}

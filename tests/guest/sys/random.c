// SPDX-License-Identifier: Apache-2.0
/* getrandom: lengths, flags, errors, and bytes that differ. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	unsigned char a[300], b[300], *large = malloc(1 << 20);
	unsigned int counts[256] = { 0 }, least = ~0u, most = 0;

	printf("%zd %zd %zd\n", getrandom(a, 300, 0), getrandom(b, 300, GRND_NONBLOCK),
	       getrandom(a, 0, 0));
	printf("differ %d\n",
	       memcmp(a, b, 300) != 0 && memcmp(a, (void *)getauxval(AT_RANDOM), 16) != 0);
	printf("large %zd\n", getrandom(large, 1 << 20, 0));
	for (int i = 0; i < 1 << 20; i++)
		counts[large[i]]++;
	for (int i = 0; i < 256; i++) {
		least = counts[i] < least ? counts[i] : least;
		most = counts[i] > most ? counts[i] : most;
	}
	printf("even %d\n", least > 3600 && most < 4600);
	printf("flags %d\n", getrandom(a, 1, 0x80) == -1 && errno == EINVAL);
	printf("both %d\n", getrandom(a, 1, GRND_RANDOM | 4) == -1 && errno == EINVAL);
	printf("fault %d\n", syscall(SYS_getrandom, 8, 16, 0) == -1 && errno == EFAULT);
	return 0;
}

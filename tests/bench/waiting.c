// SPDX-License-Identifier: Apache-2.0
/* A measured program: says that it runs, then waits for the end of its input, to be looked at. */
#include <unistd.h>

int main(void)
{
	char byte;

	if (write(STDOUT_FILENO, "waiting\n", 8) != 8)
		return 1;
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

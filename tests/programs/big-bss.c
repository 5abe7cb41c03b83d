// SPDX-License-Identifier: Apache-2.0
/* A program whose data does not fit a small VM. */
#include <string.h>

static char data[48 << 20] = { 1 };

int main(void)
{
	memset(data + 1, 1, sizeof(data) - 1);
	return data[sizeof(data) - 1] - 1;
}

// SPDX-License-Identifier: Apache-2.0
/* A program whose data does not fit a small VM. */
#include <string.h>

static char data[48 << 20];

int main(void)
{
	memset(data, 1, sizeof(data));
	return data[sizeof(data) - 1] - 1;
}

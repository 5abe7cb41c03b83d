// SPDX-License-Identifier: Apache-2.0
/* A measured program: starts and ends, so that what it costs is what surrounds it. */

int main(void)
{
	return 0;
}

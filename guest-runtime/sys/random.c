// SPDX-License-Identifier: Apache-2.0
/* getrandom(2): always seeded, so it never blocks. */
#include "guest-runtime/lib/random.h"

#include "guest-runtime/lib/lib.h"
#include "guest-runtime/mm/uaccess.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/random.h>

#define COUNT_MAX 0x7fffffffull
#define CHUNK	  512

long sys_getrandom(const uint64_t *a)
{
	const uint64_t flags = (uint32_t)a[2], both = GRND_RANDOM | GRND_INSECURE;
	uint64_t count = MIN(a[1], COUNT_MAX), done = 0;
	uint8_t bytes[CHUNK];

	if ((flags & ~(both | GRND_NONBLOCK)) || (flags & both) == both)
		return -EINVAL;
	while (done < count) {
		size_t now = MIN(count - done, (uint64_t)sizeof(bytes));

		random_bytes(bytes, now);
		if (copy_to_user(a[0] + done, bytes, now))
			break;
		done += now;
	}
	memset(bytes, 0, sizeof(bytes));
	return done || !count ? (long)done : -EFAULT;
}

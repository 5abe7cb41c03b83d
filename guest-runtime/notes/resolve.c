// SPDX-License-Identifier: Apache-2.0
/* The name that a DNS query asks for (RFC 1035, section 4.1). */
#include "guest-runtime/notes/notes.h"

#include "guest-runtime/lib/lib.h"

#include <linux/errno.h>

#define HEADER	     12
#define NAME_LONGEST 254 /* with the last dot */
#define LABEL_MAX    63

void note_resolve(const uint8_t *query, size_t length)
{
	char name[NAME_LONGEST + 1];
	size_t at = HEADER, used = 0;

	for (;;) {
		size_t label = at < length ? query[at++] : LABEL_MAX + 1;

		if (label == 0)
			break;
		if (label > LABEL_MAX || label > length - at || used + label + 1 > NAME_LONGEST)
			return; /* no query */
		memcpy(name + used, query + at, label);
		at += label;
		used += label;
		name[used++] = '.';
	}
	if (!used)
		return;
	name[used - 1] = 0;
	note_text(NOTE_RESOLVE, name, -ECONNREFUSED);
}

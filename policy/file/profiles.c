// SPDX-License-Identifier: Apache-2.0
/* The shipped policies by name. Their texts are in the executable. */
#include "policy/file/profiles.h"

#include <string.h>

#define PROFILE(id, name, file) extern const char profile_##id[], profile_##id##_end[];
#include "policy/file/profiles.def"
#undef PROFILE

static const struct {
	const char *name, *text, *end;
} profiles[] = {
#define PROFILE(id, name, file) { name, profile_##id, profile_##id##_end },
#include "policy/file/profiles.def"
#undef PROFILE
};

#define COUNT (sizeof(profiles) / sizeof(profiles[0]))

const char *profiles_find(const char *name, size_t *size)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(profiles[i].name, name) == 0) {
			*size = (size_t)(profiles[i].end - profiles[i].text);
			return profiles[i].text;
		}
	}
	return NULL;
}

const char *profiles_name(size_t index)
{
	return index < COUNT ? profiles[index].name : NULL;
}

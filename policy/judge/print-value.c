// SPDX-License-Identifier: Apache-2.0
/* The values of rules as texts of a policy file. */
#include "common/json.h"
#include "common/units.h"
#include "policy/file/load.h"
#include "policy/grants/grants.h"
#include "policy/judge/print.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND_NS 1000000000ull
#define LETTERS	  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/"

int print_can_say(const char *text)
{
	uint32_t point;

	for (size_t at = 0, length = strlen(text), size; at < length; at += size) {
		size = json_utf8(text + at, length - at, &point);
		if (size == 0)
			return 0;
	}
	return 1;
}

/* What means itself wherever a scalar can stand. */
static int is_plain(const char *text)
{
	return *text && strchr(LETTERS, *text) && strspn(text, LETTERS ".+@%=-") == strlen(text);
}

void print_scalar(FILE *out, const char *text)
{
	uint32_t point;

	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (size_t at = 0, length = strlen(text), size; at < length; at += size) {
		size = json_utf8(text + at, length - at, &point);
		if (size == 0) /* the caller has asked print_can_say() */
			break;
		if (json_is_control(point) || point == 0xfeff || (point & 0xfffe) == 0xfffe)
			fprintf(out, point > 0xffff ? "\\U%08" PRIX32 : "\\u%04" PRIX32, point);
		else if (point == '"' || point == '\\')
			fprintf(out, "\\%c", (int)point);
		else
			fwrite(text + at, 1, size, out);
	}
	fputc('"', out);
}

/*
 * Takes the ".." out of an absolute path; -EINVAL where one follows a link, which
 * the rule shows on its way, as no path without ".." would.
 */
static int take_out_dot_dot(char out[PATH_MAX], const char *path)
{
	char tidy[PATH_MAX];
	const char *at = path;
	size_t used = 0;
	struct stat st;

	while (*at) {
		size_t length = strcspn(at, "/");

		if (length == 2 && strncmp(at, "..", 2) == 0) {
			tidy[used] = '\0';
			if (used && lstat(tidy, &st) == 0 && S_ISLNK(st.st_mode))
				return -EINVAL;
			while (used && tidy[--used] != '/')
				;
		} else if (length && !(length == 1 && *at == '.')) {
			if (used + length + 2 > sizeof(tidy))
				return -ENAMETOOLONG;
			tidy[used] = '/';
			memcpy(tidy + used + 1, at, length);
			used += length + 1;
		}
		at += length + (at[length] == '/');
	}
	tidy[used] = '\0';
	return path_tidy(out, tidy);
}

int print_path(char out[PATH_MAX], const char *written)
{
	char path[PATH_MAX];
	int rc = path_absolute(path, written);

	if (rc == 0)
		rc = path_tidy(out, path);
	return rc == -EINVAL ? take_out_dot_dot(out, path) : rc;
}

void print_number(char *out, size_t size, const struct rule *rule)
{
	const struct key *key = &schema[rule->key];
	time_t seconds = (time_t)(rule->number / SECOND_NS);
	struct tm tm;

	switch (key->type) {
	case TYPE_SIZE:
		units_print_size(out, size, rule->number);
		return;
	case TYPE_TIME:
		units_print_time(out, size, rule->number);
		return;
	case TYPE_CPUS:
		snprintf(out, size, rule->number % 100 ? "%" PRIu64 ".%02" PRIu64 : "%" PRIu64,
			 rule->number / 100, rule->number % 100);
		return;
	case TYPE_BOOL:
		snprintf(out, size, "%s", rule->number ? "true" : "false");
		return;
	case TYPE_CHOICE:
		snprintf(out, size, "%s",
			 rule->number < SCHEMA_CHOICES_MAX ? key->choices[rule->number] : "");
		return;
	case TYPE_CLOCK:
		gmtime_r(&seconds, &tm);
		strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
		return;
	default:
		snprintf(out, size, "%" PRIu64, rule->number);
		return;
	}
}

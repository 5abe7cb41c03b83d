// SPDX-License-Identifier: Apache-2.0
/* JSON as text: commas, indentation, and strings of any bytes. */
#include "common/json.h"
#include "common/err.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

struct json json_start(FILE *out, int pretty)
{
	return (struct json){ .out = out, .pretty = pretty };
}

size_t json_utf8(const char *text, size_t length, uint32_t *point)
{
	/* The least code point that needs so many bytes: shorter ones are not well-formed. */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t size;

	if (bytes[0] < 0x80) {
		*point = bytes[0];
		return 1;
	}
	if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
		return 0;
	size = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
	if (size > length)
		return 0;
	*point = bytes[0] & (0xffu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (bytes[i] & 0x3f);
	}
	if (*point < least[size] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
		return 0;
	return size;
}

int json_is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) ||	  /* C0, DEL, C1 */
	       point == 0x061c || (point >= 0x200e && point <= 0x200f) || /* directions */
	       (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* A text that already looks like an escaped byte. */
static int is_escape(const char *text, size_t length)
{
	return length >= 4 && text[0] == '\\' && text[1] == 'x' &&
	       isxdigit((unsigned char)text[2]) && isxdigit((unsigned char)text[3]);
}

static void put_point(FILE *out, uint32_t point, const char *text, size_t size)
{
	if (json_is_control(point))
		fprintf(out, "\\u%04" PRIx32, point);
	else if (point == '"' || point == '\\')
		fprintf(out, "\\%c", (int)point);
	else
		fwrite(text, 1, size, out);
}

static void put_string(FILE *out, const char *text, size_t length)
{
	putc('"', out);
	for (size_t at = 0, size; at < length; at += size) {
		uint32_t point;

		size = json_utf8(text + at, length - at, &point);
		if (size == 0 || is_escape(text + at, length - at)) {
			fprintf(out, "\\\\x%02x", (unsigned char)text[at]);
			size = 1;
			continue;
		}
		put_point(out, point, text + at, size);
	}
	putc('"', out);
}

static void new_line(struct json *j)
{
	if (j->pretty)
		fprintf(j->out, "\n%*s", (int)j->depth * 2, "");
}

/* What comes before a value: a comma, its place and its key. */
static void begin(struct json *j, const char *key)
{
	uint32_t here = 1u << j->depth;

	if (j->filled & here)
		putc(',', j->out);
	j->filled |= here;
	if (j->depth)
		new_line(j);
	if (key) {
		put_string(j->out, key, strlen(key));
		fputs(j->pretty ? ": " : ":", j->out);
	}
}

static void open_level(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->out);
	must(j->depth < JSON_DEPTH_MAX);
	j->depth++;
	j->filled &= ~(1u << j->depth);
}

static void close_level(struct json *j, char bracket)
{
	uint32_t here = 1u << j->depth;

	must(j->depth > 0);
	j->depth--;
	if (j->filled & here)
		new_line(j);
	putc(bracket, j->out);
	if (j->depth == 0 && j->pretty)
		putc('\n', j->out);
}

void json_object(struct json *j, const char *key)
{
	open_level(j, key, '{');
}

void json_array(struct json *j, const char *key)
{
	open_level(j, key, '[');
}

void json_end_object(struct json *j)
{
	close_level(j, '}');
}

void json_end_array(struct json *j)
{
	close_level(j, ']');
}

void json_bytes(struct json *j, const char *key, const char *bytes, size_t length)
{
	begin(j, key);
	put_string(j->out, bytes, length);
}

void json_text(struct json *j, const char *key, const char *text)
{
	json_bytes(j, key, text, strlen(text));
}

void json_number(struct json *j, const char *key, uint64_t number)
{
	begin(j, key);
	fprintf(j->out, "%" PRIu64, number);
}

void json_signed(struct json *j, const char *key, int64_t number)
{
	begin(j, key);
	fprintf(j->out, "%" PRId64, number);
}

void json_bool(struct json *j, const char *key, int truth)
{
	begin(j, key);
	fputs(truth ? "true" : "false", j->out);
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	fputs("null", j->out);
}

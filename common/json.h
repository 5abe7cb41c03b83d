/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes JSON to a FILE, one value after the other: for one document, or for
 * one line of a log. The caller looks at ferror() at the end.
 *
 * Texts may hold any bytes; what is written is always valid JSON in UTF-8, and
 * harmless on a terminal:
 *
 *   valid UTF-8       as it is, but controls (C0, DEL, C1), line separators and
 *                     marks that turn the direction of text: \uNNNN
 *   any other byte    the four characters \xNN (in JSON "\\xNN")
 *   \xNN in the text  its backslash as \x5c, so that who replaces each \xNN of
 *                     a string by that byte has the original back
 */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 16

struct json {
	FILE *out;
	int pretty; /* a line for each value, indented; else none at all */
	unsigned int depth;
	uint32_t filled; /* bit n: the object or array at depth n has a value already */
};

/* A writer of one document. */
struct json json_start(FILE *out, int pretty);

/*
 * Each of these adds a value to the object (key: its name, a text of ours) or
 * the array (key NULL) that is open; the first one is the document itself.
 */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
/* Closes the object or array that was opened last. */
void json_end_object(struct json *j);
void json_end_array(struct json *j);

void json_text(struct json *j, const char *key, const char *text);
void json_bytes(struct json *j, const char *key, const char *bytes, size_t length);
void json_number(struct json *j, const char *key, uint64_t number);
void json_signed(struct json *j, const char *key, int64_t number);
void json_bool(struct json *j, const char *key, int truth);
void json_null(struct json *j, const char *key);

/*
 * Length of the well-formed UTF-8 sequence at text, of which length > 0 bytes
 * are there, and its code point; 0: there is none.
 */
size_t json_utf8(const char *text, size_t length, uint32_t *point);

/* True of a code point that is written as \uNNNN: it would act, not show. */
int json_is_control(uint32_t point);

#endif

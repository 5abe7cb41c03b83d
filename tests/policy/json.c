// SPDX-License-Identifier: Apache-2.0
/* The JSON writer: its texts are valid for any bytes, and tell the bytes again. */
#include "common/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* After what it needs. */
#include <cmocka.h>

/* The document that a text alone makes; the caller frees. */
static char *written(const char *bytes, size_t length)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j;

	assert_non_null(out);
	j = json_start(out, 0);
	json_bytes(&j, NULL, bytes, length);
	fclose(out);
	return text;
}

static void texts_are_escaped(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *json;
	} rows[] = {
		{ "", 0, "\"\"" },
		{ "plain /path", 11, "\"plain /path\"" },
		{ "a\"b\\c", 5, "\"a\\\"b\\\\c\"" },
		{ "\n\t\033[2J\177", 7, "\"\\u000a\\u0009\\u001b[2J\\u007f\"" },
		{ "a\0b", 3, "\"a\\u0000b\"" },
		{ "caf\303\251 \360\237\230\200", 10, "\"caf\303\251 \360\237\230\200\"" },
		{ "\302\233", 2, "\"\\u009b\"" },		    /* C1: CSI */
		{ "\342\200\256", 3, "\"\\u202e\"" },		    /* right-to-left override */
		{ "\377\303", 2, "\"\\\\xff\\\\xc3\"" },	    /* cut short */
		{ "\300\257", 2, "\"\\\\xc0\\\\xaf\"" },	    /* overlong */
		{ "\355\240\200", 3, "\"\\\\xed\\\\xa0\\\\x80\"" }, /* a surrogate */
		{ "\364\220\200\200", 4, "\"\\\\xf4\\\\x90\\\\x80\\\\x80\"" }, /* past the end */
		{ "\\xff", 4, "\"\\\\x5cxff\"" },
		{ "\\x", 2, "\"\\\\x\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = written(rows[i].bytes, rows[i].length);

		assert_string_equal(text, rows[i].json);
		free(text);
	}
}

static void fill(struct json *j)
{
	json_object(j, NULL);
	json_number(j, "most", UINT64_MAX);
	json_signed(j, "least", INT64_MIN);
	json_array(j, "list");
	json_bool(j, NULL, 1);
	json_bool(j, NULL, 0);
	json_null(j, NULL);
	json_object(j, NULL);
	json_end_object(j);
	json_end_array(j);
	json_array(j, "none");
	json_end_array(j);
	json_text(j, "last", "x");
	json_end_object(j);
}

static void documents_have_their_commas(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct json j = json_start(out, 0);

	(void)state;
	fill(&j);
	j = json_start(out, 1);
	fill(&j);
	fclose(out);
	assert_string_equal(text, "{\"most\":18446744073709551615,\"least\":-9223372036854775808,"
				  "\"list\":[true,false,null,{}],\"none\":[],\"last\":\"x\"}"
				  "{\n  \"most\": 18446744073709551615,\n"
				  "  \"least\": -9223372036854775808,\n"
				  "  \"list\": [\n    true,\n    false,\n    null,\n    {}\n  ],\n"
				  "  \"none\": [],\n  \"last\": \"x\"\n}\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(documents_have_their_commas),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

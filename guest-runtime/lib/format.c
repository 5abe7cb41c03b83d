// SPDX-License-Identifier: Apache-2.0
/*
 * A small printf into memory: flags '-' and '0', width and precision (also
 * '*'), lengths h, hh, l, ll, z; conversions d i u o x X c s p %.
 */
#include "guest-runtime/lib/lib.h"

struct output {
	char *at;
	size_t size, length; /* length counts also what did not fit */
};

struct spec {
	bool left, zero, longer;
	size_t width;
	int precision; /* -1: none */
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->at[out->length] = c;
	out->length++;
}

static void put_padded(struct output *out, const struct spec *spec, const char *text, size_t length)
{
	size_t pad = spec->width > length ? spec->width - length : 0;
	size_t i = 0;

	if (spec->zero && !spec->left && length && text[0] == '-')
		put(out, text[i++]);
	if (!spec->left)
		for (; pad; pad--)
			put(out, spec->zero ? '0' : ' ');
	for (; i < length; i++)
		put(out, text[i]);
	for (; pad; pad--)
		put(out, ' ');
}

static void put_number(struct output *out, const struct spec *spec, uint64_t value,
		       unsigned int base, bool upper, const char *prefix)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[68]; /* prefix and 64 digits at the most */
	size_t at = sizeof(text);
	int count = 0;

	for (; (value || count < MAX(spec->precision, 1)) && at > 2; count++, value /= base)
		text[--at] = digits[value % base];
	for (size_t i = strlen(prefix); i; i--)
		text[--at] = prefix[i - 1];
	put_padded(out, spec, text + at, sizeof(text) - at);
}

static const char *parse(const char *text, struct spec *spec, va_list *args)
{
	*spec = (struct spec){ .precision = -1 };
	for (;; text++) {
		if (*text == '-')
			spec->left = true;
		else if (*text == '0')
			spec->zero = true;
		else
			break;
	}
	for (; *text >= '0' && *text <= '9'; text++)
		spec->width = spec->width * 10 + (size_t)(*text - '0');
	if (*text == '*') {
		int width = va_arg(*args, int);

		spec->width = (size_t)MAX(width, 0);
		text++;
	}
	if (*text == '.') {
		spec->precision = 0;
		for (text++; *text >= '0' && *text <= '9'; text++)
			spec->precision = spec->precision * 10 + (*text - '0');
		if (*text == '*') {
			spec->precision = va_arg(*args, int);
			text++;
		}
	}
	for (; *text == 'l' || *text == 'z' || *text == 'h'; text++)
		spec->longer |= *text != 'h';
	return text;
}

static void put_signed(struct output *out, const struct spec *spec, int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	put_number(out, spec, size, 10, false, value < 0 ? "-" : "");
}

static void put_string(struct output *out, struct spec *spec, const char *s)
{
	size_t length = 0, most = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

	s = s ? s : "(null)";
	while (length < most && s[length])
		length++;
	spec->zero = false;
	put_padded(out, spec, s, length);
}

static void convert(struct output *out, struct spec *spec, char kind, va_list *args)
{
	char c;

	switch (kind) {
	case 'd':
	case 'i':
		put_signed(out, spec, spec->longer ? va_arg(*args, long) : va_arg(*args, int));
		break;
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		put_number(out, spec,
			   spec->longer ? va_arg(*args, unsigned long)
					: va_arg(*args, unsigned int),
			   kind == 'u'	 ? 10
			   : kind == 'o' ? 8
					 : 16,
			   kind == 'X', "");
		break;
	case 'p':
		put_number(out, spec, (uint64_t)va_arg(*args, void *), 16, false, "0x");
		break;
	case 's':
		put_string(out, spec, va_arg(*args, const char *));
		break;
	case 'c':
		c = (char)va_arg(*args, int);
		spec->zero = false;
		put_padded(out, spec, &c, 1);
		break;
	default: /* '%', and what the compiler's check would have refused */
		put(out, kind);
	}
}

static void run(struct output *out, const char *text, va_list *args)
{
	struct spec spec;

	for (; *text; text++) {
		if (*text != '%') {
			put(out, *text);
			continue;
		}
		text = parse(text + 1, &spec, args);
		if (!*text)
			break;
		convert(out, &spec, *text, args);
	}
	if (out->size)
		out->at[MIN(out->length, out->size - 1)] = '\0';
}

int vformat(char *out, size_t size, const char *text, va_list args)
{
	struct output output = { .at = out, .size = size };
	va_list copy; /* so that its address has the type va_list * on every ABI */

	va_copy(copy, args);
	run(&output, text, &copy);
	va_end(copy);
	return (int)output.length;
}

int format(char *out, size_t size, const char *text, ...)
{
	va_list args;

	va_start(args, text);
	int length = vformat(out, size, text, args);
	va_end(args);
	return length;
}

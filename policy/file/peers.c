// SPDX-License-Identifier: Apache-2.0
/*
 * Entries of network.connect and network.listen. Their form is checked in
 * full, so that a policy that is written today means the same later; as this
 * release has no network, each is then refused by name.
 */
#include "policy/file/load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOST_MAX  254 /* bytes of a name */
#define LABEL_MAX 63

static int refuse(const struct rule *rule, const char *text, const char *reason, const char *hint,
		  struct err *e)
{
	char where[320], shown[160];

	read_where(where, sizeof(where), rule);
	err_escape(shown, sizeof(shown), text, strlen(text));
	err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" %s", where, shown, reason);
	err_hint(e, "%s", hint);
	return -EINVAL;
}

/* A number from least to most, without sign, space or leading zero; *number: its value. */
static int is_number(const char *text, long least, long most, long *number)
{
	size_t length = strlen(text);

	if (length == 0 || length > 5 || strspn(text, "0123456789") != length ||
	    (*text == '0' && length > 1))
		return 0;
	*number = strtol(text, NULL, 10);
	return *number >= least && *number <= most;
}

static int is_label(const char *label, size_t length)
{
	return length > 0 && length <= LABEL_MAX && *label != '-' && label[length - 1] != '-' &&
	       strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") >=
		       length;
}

/* Labels with dots between; the last one holds a letter, or it would be an address. */
static const char *check_name(const char *name)
{
	const char *last = name;

	if (strlen(name) >= HOST_MAX)
		return "has a name that is too long";
	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	if (strchr(name, '*'))
		return "has a \"*\" that is not the whole leftmost label";
	for (;;) {
		size_t length = strcspn(name, ".");

		if (!is_label(name, length))
			return "is no name of a host";
		last = name;
		if (!name[length])
			break;
		name += length + 1;
	}
	return strspn(last, "0123456789") == strlen(last) ? "is no address" : NULL;
}

/* True when bits after the first `bits` of an address are set. */
static int has_host_bits(const unsigned char *address, long bytes, long bits)
{
	for (long bit = bits; bit < bytes * 8; bit++) {
		if (address[bit / 8] & (0x80 >> bit % 8))
			return 1;
	}
	return 0;
}

/* ADDRESS or ADDRESS/BITS; changes text. */
static const char *check_address(char *text, int family)
{
	unsigned char address[sizeof(struct in6_addr)];
	char *slash = strchr(text, '/');
	long bytes = family == AF_INET ? 4 : 16, bits;

	if (slash)
		*slash = '\0';
	if (inet_pton(family, text, address) != 1)
		return "is no address";
	if (!slash)
		return NULL;
	if (!is_number(slash + 1, 0, bytes * 8, &bits))
		return "has no number of bits after the \"/\"";
	if (has_host_bits(address, bytes, bits))
		return "names one host, and bits of a network";
	return NULL;
}

/* HOST:PORT; returns what is wrong with it, or NULL. */
static const char *check_peer(const char *text)
{
	char host[HOST_MAX + 8];
	const char *colon = strrchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	long port;

	if (!colon || (*text == '[' && text[length - 1] != ']') ||
	    (*text != '[' && strchr(text, ':') != colon))
		return *text != '[' && strchr(text, ':') != colon ? "is no HOST:PORT"
								  : "has no port";
	if (!is_number(colon + 1, 1, 65535, &port))
		return "has no port from 1 to 65535";
	if (length == 0 || length >= sizeof(host))
		return length ? "has a name that is too long" : "has no host";
	memcpy(host, text, length);
	host[length] = '\0';
	if (*host == '[') {
		host[length - 1] = '\0';
		return check_address(host + 1, AF_INET6);
	}
	if (strchr(host, '/') || strspn(host, "0123456789.") == length)
		return check_address(host, AF_INET);
	return check_name(host);
}

int read_peer(struct rule *rule, const char *text, struct err *e)
{
	const char *wrong;
	long port;

	if (rule->key == RULE_LISTEN) {
		wrong = is_number(text, 1, 65535, &port) ? NULL : "is no port from 1 to 65535";
		if (wrong)
			return refuse(rule, text, wrong, "write a number such as 8080", e);
	} else {
		wrong = check_peer(text);
		if (wrong)
			return refuse(rule, text, wrong,
				      "write HOST:PORT, where HOST is a name, *.NAME, 192.0.2.7, "
				      "10.20.0.0/16, [2001:db8::7] or [2001:db8::/32]",
				      e);
	}
	return refuse(rule, text, "cannot be granted: this release has no network beyond the VM",
		      rule->at.line ? "leave the entry out; an empty list is allowed"
				    : "leave the option out",
		      e);
}

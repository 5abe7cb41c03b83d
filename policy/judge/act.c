// SPDX-License-Identifier: Apache-2.0
/* The acts that a policy decides about, and how a user names one: OP:OBJECT. */
#include "common/err.h"
#include "policy/judge/decide.h"

#include <errno.h>
#include <string.h>

const char *const act_names[ACTS] = {
	[ACT_READ] = "read",	 [ACT_WRITE] = "write",	    [ACT_CREATE] = "create",
	[ACT_DELETE] = "delete", [ACT_EXEC] = "exec",	    [ACT_CONNECT] = "connect",
	[ACT_LISTEN] = "listen", [ACT_RESOLVE] = "resolve",
};

int act_is_file(enum act act)
{
	return act <= ACT_EXEC;
}

int act_parse(const char *what, const char *text, enum act *act, const char **object, struct err *e)
{
	size_t length = strcspn(text, ":");
	char shown[100];

	err_escape(shown, sizeof(shown), text, length);
	for (unsigned int i = 0; i < ACTS; i++) {
		if (strlen(act_names[i]) != length || strncmp(act_names[i], text, length) != 0)
			continue;
		*act = (enum act)i;
		*object = text + length + 1;
		if (text[length] && **object)
			return 0;
		err_set(e, ERR_SANDBOX, EINVAL, "%s %s: its object is missing", what, shown);
		err_hint(e, "write %s %s:%s", what, shown,
			 act_is_file(*act)     ? "PATH"
			 : *act == ACT_CONNECT ? "HOST:PORT"
			 : *act == ACT_LISTEN  ? "PORT"
					       : "NAME");
		return -EINVAL;
	}
	err_set(e, ERR_SANDBOX, EINVAL, "%s: \"%s\" is no act", what, shown);
	err_hint(e,
		 "write %s OP:OBJECT, where OP is read, write, create, delete, exec, connect, "
		 "listen or resolve",
		 what);
	return -EINVAL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rule of a policy decides about an act, and what would change that:
 * for --why, for the summary of denials, for the audit log. It foretells what
 * runtime and monitor do, and guards nothing itself.
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "policy/policy.h"

#include <limits.h>

enum act {
	ACT_READ,
	ACT_WRITE,
	ACT_CREATE,
	ACT_DELETE,
	ACT_EXEC,
	ACT_CONNECT,
	ACT_LISTEN,
	ACT_RESOLVE,
	ACTS
};

/* "read", ... */
extern const char *const act_names[ACTS];

/*
 * Splits "OP:OBJECT". Of a file act *object may start with "~/", or be "~": the
 * caller's home. 0, or -EINVAL with e filled; what: the option that it stands behind.
 */
int act_parse(const char *what, const char *text, enum act *act, const char **object,
	      struct err *e);

/* True of acts on files, whose object is a path. */
int act_is_file(enum act act);

enum decision_reason {
	DECIDED_GRANT,	  /* the grant allows it */
	DECIDED_PRIVATE,  /* the grant allows it; what changes is the VM's alone */
	DECIDED_OWN,	  /* /dev, /proc or /sys: the VM's own, with fixed names */
	DECIDED_LOOPBACK, /* inside the VM */
	DECIDED_NO_RULE,  /* nothing shows the object */
	DECIDED_BARE,	  /* a directory that is there only because a rule shows something below */
	DECIDED_READ,	  /* the grant does not allow changes */
	DECIDED_DENY,	  /* the rule takes it away */
	DECIDED_HOLE,	  /* the rule takes it away where the host has the same object or place */
	DECIDED_ROOT,	  /* the object is the grant's own place: it stays */
	DECIDED_MISSING,  /* the rules show its place, and the host has no such object */
	DECIDED_HIDDEN,	  /* the rule's private directory lies over the host's object */
	DECIDED_HOST,	  /* the rules allow it, the host's own permissions do not */
	DECIDED_SPECIAL,  /* a device, FIFO or socket of the host */
	DECIDED_ALONE,	  /* the policy takes the loopback away */
	DECIDED_NETWORK,  /* there is no network beyond the VM */
};

struct decision {
	int allowed;
	enum decision_reason reason;
	int error;	     /* the errno that the program gets; 0: none, or not known */
	const char *rule;    /* origin of the rule that decides, or NULL; the policy's */
	char path[PATH_MAX]; /* of a file act: the object without links, as the task sees it */
	char host[PATH_MAX]; /* its place on the host; "" when it has none */
	/*
	 * The narrowest option that allows the act, and its argument; NULL: there
	 * is none (the object is denied, or only its directory could be granted).
	 */
	const char *option;
	int instead; /* the option takes the place of the rule */
};

/*
 * Decides about an act under a finished policy. object: of a file act an absolute
 * path as the task names it, else HOST:PORT, PORT or HOST. 0, or -errno for an object
 * that is none (-EINVAL, -ENAMETOOLONG).
 */
int policy_decide(const struct policy *p, enum act act, const char *object, struct decision *d);

#endif

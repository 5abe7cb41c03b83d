/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One policy in force: what a task may touch. Built once by the launcher from
 * the builtin base and the command line, then read-only; hv/ compiles every
 * layer (hypercall permissions, handles, Landlock, seccomp, limits) from it.
 */
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;

enum grant_kind {
	GRANT_READ,    /* host object, read-only, at guest */
	GRANT_WRITE,   /* host object, to be changed, at guest */
	GRANT_OVERLAY, /* host directory at guest; changes stay in the VM */
	GRANT_TMPFS,   /* empty private directory at guest */
	GRANT_SYMLINK, /* symbolic link at guest, holding target */
	GRANT_DEV,     /* device files at guest */
	GRANT_PROC,    /* procfs at guest */
	GRANT_SYS,     /* sysfs at guest */
	GRANT_DENY,    /* nothing at guest, whatever a grant above it shows */
};

/* One thing that exists for the task. Paths are absolute, without ".", ".." or "//". */
struct grant {
	enum grant_kind kind;
	char *guest;  /* owned: where the task sees it */
	char *host;   /* owned: of a host object: canonical host path; else NULL */
	char *target; /* owned: GRANT_SYMLINK; else NULL */
	int fd;	      /* of a host object: O_PATH descriptor of host, owned; else -1 */
	mode_t mode;  /* of a host object: its st_mode */
	/* Where it came from: "builtin:base", "--ro", "ci.yaml:9"; kept by the policy. */
	const char *rule;
	int implied; /* no rule of the user: gives way to one at the same path or above */
};

/* Grants with a host side: the n-th of them is handle n of the guest. */
static inline int grant_is_host(enum grant_kind kind)
{
	return kind == GRANT_READ || kind == GRANT_WRITE || kind == GRANT_OVERLAY;
}

/*
 * Landlock can only add, so what a grant below another takes away again is
 * enforced by the monitor at each step of a walk, by identity: names and
 * places may change while the task runs. Holes are made of:
 *
 * a denial below a host grant: DENIED, wherever that object is reached from;
 * a read or overlay grant of what a write grant above it shows there: READ;
 * any other object at a place where a host grant above it shows something, a
 * private directory for example: what it hides is DENIED, so that a hostile
 * task cannot go around its own mounts.
 *
 * The directories from a write grant's root to a hole (both excluded) are
 * PINNED, or moving one would free its name for something else. Their places,
 * below any grant, are the WAY: the host may put other directories there, and
 * what lies in those is kept, too. The root of a grant is never looked at: what
 * a rule shows is shown, also below a denial.
 */
enum hole_kind {
	HOLE_DENIED, /* cannot be walked to, created, replaced or linked */
	HOLE_READ,   /* below a write grant: it and what lies below it cannot be changed */
	HOLE_PINNED, /* the way to one: cannot be renamed or removed */
	HOLE_WAY,    /* a place: what comes to be there stands for the directory that was */
};

/*
 * An object; or with a name, the place of that name in a directory, whatever
 * is or comes to be there.
 */
struct hole {
	enum hole_kind kind;
	uint64_t dev, ino;	 /* of the object, or of the directory; as fstat(2) has them */
	char *name;		 /* owned, or NULL */
	uint64_t to_dev, to_ino; /* HOLE_WAY: the directory that was there */
	const char *rule;	 /* the grant's that made it */
};

/* What becomes of a forbidden act: the call fails, or the run ends with status 159. */
enum policy_on_deny { ON_DENY_ERRNO, ON_DENY_KILL };

/* Which acts are logged by --audit. */
enum policy_audit { AUDIT_NONE, AUDIT_DENIED, AUDIT_ALL };

struct policy {
	const char *name; /* in reports: "ci-build"; "default" without a file; kept by the policy */
	struct hole *holes; /* owned; filled by policy_finish() */
	size_t hole_count;
	struct grant *grants; /* sorted by guest path; a parent before what lies below it */
	size_t grant_count;
	char **env;		/* NULL-terminated NAME=VALUE strings, owned */
	char *workdir;		/* absolute guest path, owned */
	uint32_t permissions;	/* PERM_* bits of abi/hypercalls.h */
	uint64_t memory;	/* bytes of guest RAM, multiple of 2 MiB */
	uint64_t timeout_ns;	/* wall time, then SIGTERM; 0: none */
	uint64_t kill_after_ns; /* from SIGTERM to the end */
	uint64_t output;	/* bytes on stdout and stderr; 0: no limit */
	unsigned int cpus;
	unsigned int handles_max; /* open host handles at once, grants included */
	unsigned int open_files;  /* RLIMIT_NOFILE inside */
	unsigned int processes;	  /* at once, threads counted */
	unsigned int cpu_percent; /* of one CPU that the run may use over time; 100: all */
	uint64_t cpu_time_ns;	  /* CPU time of the run, then as timeout_ns; 0: no limit */
	uint64_t file_size; /* bytes of a file that is written; 0: as the caller's RLIMIT_FSIZE */
	/* New bytes under write grants, overlays and private directories; 0: no limit. */
	uint64_t disk;
	int clock_fixed;  /* CLOCK_REALTIME starts at clock_ns inside, else it is the host's */
	int64_t clock_ns; /* since the epoch */
	int random_fixed; /* all randomness inside comes from `random`, else from the host */
	uint64_t random;
	enum policy_on_deny on_deny;
	enum policy_audit audit;
	int loopback;	   /* the task has 127.0.0.1 and ::1 of its own */
	int learn_refused; /* --learn is an error */
};

#define POLICY_MEMORY_MIN     (16ull << 20)
#define POLICY_MEMORY_MAX     (60ull << 30) /* where a VM's RAM must end: abi/layout.h */
#define POLICY_MEMORY_UNIT    (2ull << 20)
#define POLICY_MEMORY_DEFAULT (512ull << 20)
#define POLICY_HANDLES_MAX    4096
#define POLICY_PROCESSES_MAX  4194304 /* Linux has no numbers for more */
#define POLICY_OPEN_FILES_MAX 1048576 /* Linux's fs.nr_open */
#define POLICY_GRANTS_MAX     1024
#define POLICY_HOLES_MAX      4096

/* An empty policy with default limits; release with policy_free(). */
void policy_init(struct policy *p);
void policy_free(struct policy *p);

/*
 * Grants a host path under a guest path, as GRANT_READ, GRANT_WRITE or
 * GRANT_OVERLAY (both paths as the user wrote them; relative ones start at the
 * current directory). Symbolic links on the way are resolved once, here, and
 * appear to the task as the same links. optional: a missing host path is no
 * error.
 *
 * Of grants at different paths the most specific one counts; at one path a
 * denial before all, and a rule of the user before an implied grant. Two other
 * rules that put different things at one path are an error.
 */
int policy_grant_host(struct policy *p, enum grant_kind kind, const char *host, const char *guest,
		      int optional, const char *rule, struct err *e);

/* The same for GRANT_READ. */
int policy_grant_read(struct policy *p, const char *host, const char *guest, int optional,
		      const char *rule, struct err *e);

/*
 * Grants an object without a host side at a guest path, which is resolved
 * through the links that the grants so far show.
 */
int policy_grant_private(struct policy *p, enum grant_kind kind, const char *guest,
			 const char *rule, struct err *e);

/*
 * Hides a guest path, resolved like that of a private object; of a symbolic
 * link both its name and what it leads to. It need not exist, but the
 * directory that it would be in must: call it after the grants that show it.
 */
int policy_deny(struct policy *p, const char *guest, const char *rule, struct err *e);

/* builtin:base: /usr, /bin, /lib*, the few files of /etc, /dev, /proc, a private /tmp. */
int policy_grant_base(struct policy *p, struct err *e);

/* Adds or replaces NAME=VALUE. */
int policy_set_env(struct policy *p, const char *assignment, struct err *e);

/*
 * Starts the task in dir, as the task sees it; a relative one starts at the
 * caller's current directory. Call it after the grants that show it.
 */
int policy_set_workdir(struct policy *p, const char *dir, const char *rule, struct err *e);

/* Sorts grants, drops redundant ones, refuses contradictions, opens every host object O_PATH. */
int policy_finish(struct policy *p, struct err *e);

/* What a guest path names, when the grants so far are in force. */
enum policy_object {
	POLICY_NOTHING, /* no grant shows it */
	POLICY_HOST,	/* a host object */
	POLICY_PRIVATE, /* an object without a host side: in tmpfs, dev, proc */
	POLICY_BARE,	/* a directory that exists only because something below it does */
};

/*
 * Walks guest (absolute) as the task would, through symbolic links of the
 * policy and of the host. *canonical: guest path without links, *host: of
 * POLICY_HOST, else NULL; the caller frees both. Either pointer may be NULL.
 */
enum policy_object policy_look(const struct policy *p, const char *guest, char **canonical,
			       char **host);

/*
 * The grant of a finished policy that decides about a guest path, which is
 * absolute and without links: at it or nearest above it. NULL: no rule shows it.
 */
const struct grant *policy_covering(const struct policy *p, const char *guest);

/*
 * Whether there is something at an absolute path of the host, links followed:
 * 1 or 0. For the paths of strangers: it opens nothing, mounts nothing, and
 * looks into no procfs.
 */
int policy_exists(const char *path);

/* Canonical host path of what guest path names, or NULL; the caller frees. */
char *policy_host_path(const struct policy *p, const char *guest);

#endif

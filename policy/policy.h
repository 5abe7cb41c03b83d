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
	GRANT_TMPFS,   /* empty private directory at guest */
	GRANT_SYMLINK, /* symbolic link at guest, holding target */
	GRANT_DEV,     /* device files at guest */
	GRANT_PROC,    /* procfs at guest */
};

/* One thing that exists for the task. Paths are absolute, without ".", ".." or "//". */
struct grant {
	enum grant_kind kind;
	char *guest;	  /* owned: where the task sees it */
	char *host;	  /* owned: GRANT_READ: canonical host path; else NULL */
	char *target;	  /* owned: GRANT_SYMLINK; else NULL */
	int fd;		  /* GRANT_READ: O_PATH descriptor of host, owned; else -1 */
	mode_t mode;	  /* GRANT_READ: its st_mode */
	const char *rule; /* where it came from: "builtin:base", "--ro"; static */
};

struct policy {
	struct grant *grants; /* sorted by guest path; a parent before what lies below it */
	size_t grant_count;
	char **env;	      /* NULL-terminated NAME=VALUE strings, owned */
	char *workdir;	      /* absolute guest path, owned */
	uint32_t permissions; /* PERM_* bits of abi/hypercalls.h */
	uint64_t memory;      /* bytes of guest RAM, multiple of 2 MiB */
	uint64_t timeout_ns;  /* wall time; 0: none */
	unsigned int cpus;
	unsigned int handles_max; /* open host handles at once, grants included */
	unsigned int open_files;  /* RLIMIT_NOFILE inside */
};

#define POLICY_MEMORY_MIN     (16ull << 20)
#define POLICY_MEMORY_MAX     (60ull << 30) /* where a VM's RAM must end: abi/layout.h */
#define POLICY_MEMORY_UNIT    (2ull << 20)
#define POLICY_MEMORY_DEFAULT (512ull << 20)
#define POLICY_HANDLES_MAX    4096
#define POLICY_GRANTS_MAX     1024

/* An empty policy with default limits; release with policy_free(). */
void policy_init(struct policy *p);
void policy_free(struct policy *p);

/*
 * Grants a host path read-only under a guest path (both as the user wrote
 * them; relative ones start at the current directory). Symbolic links on the
 * way are resolved once, here, and appear to the task as the same links.
 * optional: a missing host path is no error.
 */
int policy_grant_read(struct policy *p, const char *host, const char *guest, int optional,
		      const char *rule, struct err *e);

/* Grants an object without a host side at an absolute guest path. */
int policy_grant_private(struct policy *p, enum grant_kind kind, const char *guest,
			 const char *rule, struct err *e);

/* builtin:base: /usr, /bin, /lib*, the few files of /etc, /dev, /proc, a private /tmp. */
int policy_grant_base(struct policy *p, struct err *e);

/* Adds or replaces NAME=VALUE. */
int policy_set_env(struct policy *p, const char *assignment, struct err *e);

/*
 * Starts the task in dir, as the task sees it; a relative one starts at the
 * caller's current directory. Call it after the grants that show it.
 */
int policy_set_workdir(struct policy *p, const char *dir, struct err *e);

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

/* Canonical host path of what guest path names, or NULL; the caller frees. */
char *policy_host_path(const struct policy *p, const char *guest);

#endif

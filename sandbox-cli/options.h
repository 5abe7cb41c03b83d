/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of one call, parsed into one struct; what it means is decided in main.c. */
#ifndef SANDBOX_CLI_OPTIONS_H
#define SANDBOX_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

struct err;

enum options_mode {
	MODE_RUN,
	MODE_CHECK,
	MODE_PRINT_POLICY,
	MODE_WHY,
	MODE_DIFF,  /* policy diff */
	MODE_NEVER, /* policy check */
	MODE_DOCTOR,
	MODE_HELP,
	MODE_VERSION
};

enum options_verbosity { VERBOSITY_QUIET, VERBOSITY_NORMAL, VERBOSITY_VERBOSE };

enum option_file_kind { FILE_RO, FILE_RO_TRY, FILE_RW, FILE_OVERLAY, FILE_TMPFS, FILE_DENY };

/* When the summary of what was denied is printed. */
enum options_report { REPORT_ON_FAILURE, REPORT_ALWAYS, REPORT_NEVER };

struct option_file {
	enum option_file_kind kind;
	const char *path; /* as written: PATH, or HOST:GUEST */
};

struct options {
	enum options_mode mode;
	enum options_verbosity verbosity;
	struct option_file *files; /* in the order given; array owned, strings of argv */
	size_t file_count;
	const char **env; /* as written: NAME or NAME=VALUE */
	size_t env_count;
	const char *policy;	      /* file or name, or NULL */
	const char *on_deny;	      /* as written, or NULL */
	const char *cpus;	      /* as written, or NULL */
	const char *connect, *listen; /* the last one; there is no network, each is refused */
	const char *workdir;	      /* NULL: default */
	const char *save;	      /* file that takes what the overlays changed, or NULL */
	const char *trace;	      /* file that takes the trace, or NULL */
	const char *receipt;	      /* file that takes the receipt, or NULL */
	const char *audit;	      /* file that takes the audit log, or NULL */
	const char *learn;	      /* file that takes the draft of a policy, or NULL */
	int audit_all;		      /* also what was allowed */
	int status_fd;		      /* takes the status stream; 0: none */
	enum options_report report;
	uint64_t memory;      /* bytes; 0: default */
	uint64_t timeout_ns;  /* 0: none */
	uint64_t processes;   /* 0: default */
	uint64_t open_files;  /* 0: default */
	uint64_t cpu_time_ns; /* 0: no limit */
	uint64_t file_size;   /* bytes; 0: no limit */
	uint64_t disk;	      /* bytes; 0: no limit */
	uint64_t output;      /* bytes; 0: no limit */
	int tty;
	int layers;	    /* with MODE_PRINT_POLICY */
	const char *why;    /* OP:OBJECT, or NULL */
	const char **never; /* of MODE_NEVER: OP:OBJECT, as given; array owned */
	size_t never_count;
	int widened;	 /* with MODE_DIFF */
	char **operands; /* of MODE_DIFF: OLD and NEW */
	char **command;	 /* NULL-terminated rest of argv; not empty in MODE_RUN */
};

/* One row of options.def. */
struct option_row {
	int id;
	char letter; /* or 0 */
	const char *name;
	const char *argument; /* or NULL */
	const char *help;
	const char *section; /* heading: the row is no option; else NULL */
};

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* Options end at the first word that is none, or after "--". No abbreviations. */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_free(struct options *o);

/* Prints the --help text to stdout. */
void options_help(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* The keys of a policy file, with their types, their meaning and an example each. */
#include "policy/file/schema.h"
#include "policy/policy.h"

#include <string.h>

const struct section schema_sections[] = {
	{ "", "Keys at the top of the file." },
	{ "filesystem", "What the program finds in its file system, and what it may change there. "
			"The most specific path counts; at one path a denial comes first." },
	{ "env", "The program's environment. Nothing else of the caller's is passed." },
	{ "network", "Connections beyond the virtual machine, and those inside." },
	{ "limits", "What the run may use. Sizes and times have a unit: KiB, MiB, GiB; "
		    "ms, s, m, h." },
	{ "guest", "What the program is told about the world." },
	{ "report", "What becomes of forbidden acts." },
};

const size_t schema_section_count = sizeof(schema_sections) / sizeof(schema_sections[0]);

const struct key schema[RULE_KEY_COUNT] = {
	[RULE_VERSION] = { "", "version", TYPE_VERSION, .standard = "it must be there, first",
			   .meaning = "The version of the file's format.", .example = "1",
			   .in_host = 1 },
	[RULE_NAME] = { "", "name", TYPE_NAME, .standard = "the file's name without .yaml",
			.meaning = "What the policy is called in errors, audit lines and status.",
			.example = "ci-build" },
	[RULE_EXTENDS] = { "", "extends", TYPE_EXTENDS, .standard = "builtin:empty",
			   .meaning =
				   "What the policy starts from: builtin:base, which is what a run "
				   "without a policy gets (/usr, /bin, /lib* and a few files of "
				   "/etc to be read; /dev, /proc and /sys of the sandbox's own; a "
				   "private /tmp); builtin:empty, which is nothing at all; the "
				   "name "
				   "of a shipped policy; or another file, ./OTHER.yaml, beside "
				   "this "
				   "one, which then starts from a builtin. Lists are united, "
				   "single "
				   "values replaced; a denial stays.",
			   .example = "builtin:base" },
	[RULE_WORKDIR] = { "filesystem", "workdir", TYPE_PATH, .option = "--workdir",
			   .standard = "the current directory if the program sees it, else /",
			   .meaning = "Where the program starts.", .example = "${CWD}" },
	[RULE_READ] = { "filesystem", "read", TYPE_PATHS, .option = "--ro", .standard = "nothing",
			.meaning =
				"Files, and directories with all that is below them, that the "
				"program may read and execute. They must exist. HOST:GUEST shows "
				"HOST at another path. /dev, /proc and "
				"/sys are the sandbox's own, never the host's.",
			.example = "[/opt/toolchain, \"${HOME}/data\"]" },
	[RULE_READ_TRY] = { "filesystem", "read-try", TYPE_PATHS, .option = "--ro-try",
			    .standard = "nothing",
			    .meaning = "Like read, but a path that does not exist is no error.",
			    .example = "[\"${HOME}/.gitconfig\"]" },
	[RULE_OVERLAY] = { "filesystem", "overlay", TYPE_PATHS, .option = "--overlay",
			   .standard = "nothing",
			   .meaning = "Directories that the program may change as it likes, while "
				      "the host's stay as they are: the changes are in the guest's "
				      "memory and gone at the end.",
			   .example = "[\"${CWD}\"]" },
	[RULE_WRITE] = { "filesystem", "write", TYPE_PATHS, .option = "--rw", .standard = "nothing",
			 .meaning = "Files and directories that the program may read, execute and "
				    "change: changes reach the host. They must exist.",
			 .example = "[\"${HOME}/.cache/ccache\"]" },
	[RULE_TMPFS] = { "filesystem", "tmpfs", TYPE_PATHS, .option = "--tmpfs",
			 .standard = "nothing",
			 .meaning = "Empty private directories, in the guest's memory and gone at "
				    "the end.",
			 .example = "[\"${HOME}\", /var/tmp]" },
	[RULE_DENY] = { "filesystem", "deny", TYPE_PATHS, .option = "--deny", .standard = "nothing",
			.meaning = "Paths that are hidden, even below a directory that is "
				   "granted. A rule below one may show something again.",
			.example = "[\"${CWD}/.git/hooks\"]" },
	[RULE_ENV_PASS] = { "env", "pass", TYPE_VARIABLES, .option = "--env NAME",
			    .standard = "nothing",
			    .meaning = "Variables that are passed from the caller's environment, "
				       "if they are set there.",
			    .example = "[LANG, TERM, TZ]" },
	[RULE_ENV_SET] = { "env", "set", TYPE_SETTINGS, .option = "--env NAME=VALUE",
			   .standard = "nothing", .meaning = "Variables and their values.",
			   .example = "{ CC: gcc, PATH: \"/usr/local/bin:/usr/bin:/bin\" }" },
	[RULE_CONNECT] = { "network", "connect", TYPE_PEERS, .option = "--connect",
			   .standard = "nothing",
			   .meaning =
				   "Peers that the program may connect to: HOST:PORT, where HOST "
				   "is a name, a name whose leftmost label is *, an address or "
				   "ADDRESS/BITS. This release has no network: an entry is an "
				   "error, an empty list is not.",
			   .example = "[]" },
	[RULE_LISTEN] = { "network", "listen", TYPE_PORTS, .option = "--listen",
			  .standard = "nothing",
			  .meaning =
				  "Ports of the host's 127.0.0.1 on which the program may accept "
				  "connections. This release has no network: an entry is an "
				  "error, an empty list is not.",
			  .example = "[]" },
	[RULE_LOOPBACK] = { "network", "loopback", TYPE_BOOL, .standard = "true",
			    .meaning = "Whether the program finds 127.0.0.1 and ::1, its own and "
				       "nobody else's: tests start servers there.",
			    .example = "false" },
	[RULE_CPUS] = { "limits", "cpus", TYPE_CPUS, .option = "--cpus", .standard = "1",
			.meaning = "The share of one CPU that the run may use over time. A "
				   "virtual machine has one CPU: more than 1 is an error.",
			.example = "0.5" },
	[RULE_MEMORY] = { "limits", "memory", TYPE_SIZE, .least = POLICY_MEMORY_MIN,
			  .most = POLICY_MEMORY_MAX, .option = "--memory", .standard = "512MiB",
			  .meaning = "The virtual machine's memory: programs, and what is in "
				     "overlays and private directories.",
			  .example = "2GiB" },
	[RULE_PROCESSES] = { "limits", "processes", TYPE_COUNT, .most = POLICY_PROCESSES_MAX,
			     .option = "--processes", .standard = "1024",
			     .meaning = "Processes and threads at one time.", .example = "256" },
	[RULE_OPEN_FILES] = { "limits", "open-files", TYPE_COUNT, .most = POLICY_OPEN_FILES_MAX,
			      .option = "--open-files", .standard = "1024",
			      .meaning = "Open files of a process.", .example = "1024" },
	[RULE_FILE_SIZE] = { "limits", "file-size", TYPE_SIZE, .option = "--file-size",
			     .standard = "the caller's limit",
			     .meaning = "How long a file may become, whatever writes it: the "
					"writer gets SIGXFSZ and EFBIG. "
					"The files of --trace and --save-changes are no exception.",
			     .example = "4GiB" },
	[RULE_DISK] = { "limits", "disk", TYPE_SIZE, .option = "--disk", .standard = "no limit",
			.meaning =
				"New bytes under write: by how much files grow, what fills their "
				"holes, and 4 KiB for each name. What is removed again still "
				"counts, but for names; what is more fails with EDQUOT. Under "
				"overlay and tmpfs, in the VM's memory, as much again at one "
				"time; what is more fails with ENOSPC.",
			.example = "8GiB" },
	[RULE_OUTPUT] = { "limits", "output", TYPE_SIZE, .option = "--output",
			  .standard = "no limit",
			  .meaning = "Bytes on standard output and error; then the run ends.",
			  .example = "64MiB" },
	[RULE_WALL_TIME] = { "limits", "wall-time", TYPE_TIME, .option = "--timeout",
			     .standard = "no limit",
			     .meaning = "How long the run may last; then SIGTERM, and exit status "
					"124.",
			     .example = "30m" },
	[RULE_CPU_TIME] = { "limits", "cpu-time", TYPE_TIME, .option = "--cpu-time",
			    .standard = "no limit",
			    .meaning = "CPU time that the run may use; then as with wall-time.",
			    .example = "20m" },
	[RULE_KILL_AFTER] = { "limits", "kill-after", TYPE_TIME, .standard = "10s",
			      .meaning = "How long after that SIGTERM the run ends for good.",
			      .example = "10s" },
	[RULE_CLOCK] = { "guest", "clock", TYPE_CLOCK, .standard = "host",
			 .meaning = "The time of day at which the program starts, in UTC, or host: "
				    "the host's.",
			 .example = "2020-01-01T00:00:00Z" },
	[RULE_RANDOM] = { "guest", "random", TYPE_RANDOM, .standard = "host",
			  .meaning = "A number from which all randomness inside is made, so that "
				     "runs can be repeated, or host: true randomness.",
			  .example = "42" },
	[RULE_ON_DENY] = { "report",
			   "on-deny",
			   TYPE_CHOICE,
			   { "errno", "kill" },
			   .standard = "errno",
			   .option = "--on-deny",
			   .meaning = "What becomes of a forbidden act: the call fails (errno), or "
				      "the run ends with exit status 159 (kill).",
			   .example = "kill" },
	[RULE_AUDIT] = { "report",
			 "audit",
			 TYPE_CHOICE,
			 { "none", "denied", "all" },
			 .standard = "denied",
			 .meaning = "Which acts --audit logs.",
			 .example = "all" },
	[RULE_LEARN] = { "report",
			 "learn",
			 TYPE_CHOICE,
			 { "allow", "refuse" },
			 .standard = "allow",
			 .meaning = "Whether --learn may be used with this policy.",
			 .example = "refuse" },
	[RULE_LOCKED] = { "", "locked", TYPE_BOOL, .standard = "false",
			  .meaning = "With true, flags can only take away from what the policy "
				     "gives.",
			  .example = "true", .in_host = 1 },
	[RULE_POLICIES] = { "", "policies", TYPE_PATH, .standard = "any policy may be named",
			    .meaning = "A directory: --policy takes the names of its files and "
				       "nothing else.",
			    .example = "/etc/sandbox-run/policies", .in_host = 1 },
};

int schema_is_list(enum rule_key key)
{
	switch (schema[key].type) {
	case TYPE_PATHS:
	case TYPE_VARIABLES:
	case TYPE_SETTINGS:
	case TYPE_PEERS:
	case TYPE_PORTS:
		return 1;
	default:
		return 0;
	}
}

int schema_belongs(enum rule_key key, int in_host)
{
	return in_host ? schema[key].in_host : key != RULE_POLICIES;
}

enum rule_key schema_find(const char *section, const char *name, int in_host)
{
	unsigned int key = 0;

	while (key < RULE_KEY_COUNT &&
	       (!schema_belongs((enum rule_key)key, in_host) ||
		strcmp(schema[key].section, section) != 0 || strcmp(schema[key].name, name) != 0))
		key++;
	return (enum rule_key)key;
}

const char *schema_expects(enum rule_key key)
{
	static const char *const expected[] = {
		[TYPE_VERSION] = "a number",
		[TYPE_NAME] = "a name",
		[TYPE_EXTENDS] = "a builtin, a shipped policy or a file",
		[TYPE_PATH] = "a path",
		[TYPE_PATHS] = "a list of paths",
		[TYPE_VARIABLES] = "a list of names",
		[TYPE_SETTINGS] = "a mapping of names to values",
		[TYPE_PEERS] = "a list of HOST:PORT",
		[TYPE_PORTS] = "a list of ports",
		[TYPE_BOOL] = "true or false",
		[TYPE_CPUS] = "a number up to 1",
		[TYPE_SIZE] = "a size",
		[TYPE_COUNT] = "a number",
		[TYPE_TIME] = "a time",
		[TYPE_CLOCK] = "a time of day, or host",
		[TYPE_RANDOM] = "a number, or host",
		[TYPE_CHOICE] = "a word",
	};

	return expected[schema[key].type];
}

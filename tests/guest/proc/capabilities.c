// SPDX-License-Identifier: Apache-2.0
/* What changes of user ids, capset(2) and prctl(2) do to the sets of capabilities. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT ((1u << CAP_CHOWN) | (1u << CAP_SETUID) | (1u << CAP_KILL))

static struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

/* Of a few that root has everywhere: permitted, effective, inheritable. */
static void show(const char *what)
{
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		memset(data, 0xff, sizeof(data));
	printf("%s: %x %x %x ambient %d keep %d\n", what, data[0].permitted & KEPT,
	       data[0].effective & KEPT, data[0].inheritable & KEPT,
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0),
	       prctl(PR_GET_KEEPCAPS));
}

static void set(const char *what, uint32_t permitted, uint32_t effective, uint32_t inheritable)
{
	struct __user_cap_data_struct data[2] = {
		{ .permitted = permitted, .effective = effective, .inheritable = inheritable },
	};
	long result = syscall(SYS_capset, &header, data);

	printf("capset %s: %s\n", what, result ? strerror(errno) : "done");
}

static void in_child(void (*body)(void))
{
	fflush(stdout);
	if (fork() == 0) {
		body();
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static void leave_root(void)
{
	if (setresuid(1000, 1000, 1000))
		perror("setresuid");
	show("all ids changed");
	set("of nothing", KEPT, 0, 0);
	printf("back to root: %s\n", setuid(0) ? strerror(errno) : "done");
}

static void keep(void)
{
	prctl(PR_SET_KEEPCAPS, 1);
	if (setresuid(1000, 1000, 1000))
		perror("setresuid");
	show("kept");
	set("what is permitted", KEPT, KEPT, 0);
	show("reactivated");
	printf("back to root: %s\n", setuid(0) ? strerror(errno) : "done");
	show("root again");
}

static void effective_only(void)
{
	if (seteuid(1000))
		perror("seteuid");
	show("effective id changed");
	if (seteuid(0))
		perror("seteuid");
	show("and back");
}

static void ambient(void)
{
	printf("raise what is not inheritable: %d\n",
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	set("inheritable", KEPT, KEPT, KEPT);
	printf("raise: %d\n", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	show("raised");
	set("not inheritable", KEPT, KEPT, 0);
	show("lowered with it");
	printf("bad: %d %d\n", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 99, 0, 0),
	       prctl(PR_CAP_AMBIENT, 99, CAP_KILL, 0, 0));
	set("without CAP_SETPCAP in effect", KEPT, 0, 0);
	printf("drop: %d %s\n", prctl(PR_CAPBSET_DROP, CAP_KILL), strerror(errno));
}

static void fixed(void)
{
	printf("no fixup: %d\n", prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	if (setresuid(1000, 1000, 1000))
		perror("setresuid");
	show("ids changed");
}

int main(void)
{
	if (getuid() != 0) {
		puts("not root");
		return 0;
	}
	show("at first");
	in_child(leave_root);
	in_child(keep);
	in_child(effective_only);
	in_child(ambient);
	in_child(fixed);
	show("at last");
	return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* The first-run experience: what to do when /dev/kvm does not open. */
#include "sandbox-cli/run/kvm-errors.h"
#include "common/err.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER_MAX 64

/*
 * The login name of our user id, from /etc/passwd itself: the C library's
 * getpwuid() would load plugins, which a static program should not.
 */
static void user_name(char name[USER_MAX])
{
	unsigned int wanted = getuid();
	char line[512];
	FILE *passwd = fopen("/etc/passwd", "re");

	snprintf(name, USER_MAX, "%u", wanted);
	while (passwd && fgets(line, sizeof(line), passwd)) {
		const char *password = strchr(line, ':');
		const char *id = password ? strchr(password + 1, ':') : NULL;

		if (id && isdigit((unsigned char)id[1]) && strtoul(id + 1, NULL, 10) == wanted) {
			err_escape(name, USER_MAX, line, (size_t)(password - line));
			break;
		}
	}
	if (passwd)
		fclose(passwd);
}

const char *kvm_cpu_flag(void)
{
	char text[8192];
	ssize_t length;
	int fd = open("/proc/cpuinfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	return strstr(text, " vmx") ? "VT-x" : strstr(text, " svm") ? "AMD-V" : NULL;
}

int kvm_open_error(int errnum, struct err *e)
{
	char user[USER_MAX];

	err_set(e, ERR_SANDBOX, errnum, "cannot open " KVM_PATH ": %s", strerror(errnum));
	switch (errnum) {
	case EACCES:
	case EPERM:
		user_name(user);
		err_hint(e,
			 "add yourself to group kvm (usermod -aG kvm %s), or: "
			 "setfacl -m u:%s:rw " KVM_PATH,
			 user, user);
		break;
	case ENOENT:
	case ENODEV:
	case ENXIO:
		if (kvm_cpu_flag())
			err_hint(e,
				 "load the kernel module: modprobe kvm-intel, or modprobe kvm-amd; "
				 "in a container, pass the device: --device " KVM_PATH);
		else
			err_hint(e,
				 "enable virtualization (VT-x or AMD-V) in the firmware, or nested "
				 "virtualization for this VM, then modprobe kvm-intel or kvm-amd");
		break;
	default:
		err_hint(e, "sandbox-run --doctor checks this host");
	}
	return -errnum;
}

// SPDX-License-Identifier: Apache-2.0
/* Builds the scene, leaves out layers by wrapping the jail's, judges how a child ended. */
#include "tests/jail/scene.h"

#include "abi/hypercalls.h"
#include "common/err.h"
#include "hv/hv.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH 128

static char root[PATH] = "/tmp/jail-test-XXXXXX";
static char granted[PATH], writable[PATH], writable_sub[PATH], writable_fifo[PATH];
static char writable_new[PATH];
char scene_file[PATH], scene_link[PATH], scene_sub[PATH], scene_new[PATH], scene_outside[PATH];
char scene_writable_file[PATH], scene_new_outside[PATH];
char scene_output[256];
int scene_plain, scene_proof_late;

static unsigned int left_out;
static struct grant extra_rule;

/* The linker sends jail_close()'s calls here (--wrap). */
int __real_jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e);
int __real_jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e);
int __real_jail_capabilities(struct err *e);
int __real_jail_landlock(const struct policy *p, struct err *e);
int __real_jail_seccomp(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
			struct err *e);
int __real_jail_verify_state(struct jail_inmate *inmate, struct err *e);
int __wrap_jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e);
int __wrap_jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e);
int __wrap_jail_capabilities(struct err *e);
int __wrap_jail_landlock(const struct policy *p, struct err *e);
int __wrap_jail_seccomp(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
			struct err *e);
int __wrap_jail_verify_state(struct jail_inmate *inmate, struct err *e);

int __wrap_jail_descriptors(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	return left_out & LAYER_DESCRIPTORS ? 0 : __real_jail_descriptors(p, fds, e);
}

int __wrap_jail_limits(const struct policy *p, const struct jail_fds *fds, struct err *e)
{
	return left_out & LAYER_LIMITS ? 0 : __real_jail_limits(p, fds, e);
}

int __wrap_jail_capabilities(struct err *e)
{
	return left_out & LAYER_CAPABILITIES ? 0 : __real_jail_capabilities(e);
}

int __wrap_jail_landlock(const struct policy *p, struct err *e)
{
	struct grant grants[SCENE_GRANTS + 1];
	struct policy wider = *p;

	if (left_out & LAYER_LANDLOCK)
		return 0;
	if (!extra_rule.host)
		return __real_jail_landlock(p, e);
	memcpy(grants, p->grants, p->grant_count * sizeof(*grants));
	grants[wider.grant_count++] = extra_rule;
	wider.grants = grants;
	return __real_jail_landlock(&wider, e);
}

void scene_leave_out(unsigned int layers)
{
	left_out = layers;
}

void scene_add_rule(const struct grant *grant)
{
	extra_rule = *grant;
}

int __wrap_jail_seccomp(const struct policy *p, const struct jail_fds *fds, uint32_t deny,
			struct err *e)
{
	return left_out & LAYER_SECCOMP ? 0 : __real_jail_seccomp(p, fds, deny, e);
}

/* It would notice that a layer is missing; tests/jail/prove.c shows that it does. */
int __wrap_jail_verify_state(struct jail_inmate *inmate, struct err *e)
{
	return left_out & ~(unsigned int)LAYER_SECCOMP ? 0 : __real_jail_verify_state(inmate, e);
}

static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void join(char *out, const char *name)
{
	snprintf(out, PATH, "%.60s/%.60s", root, name);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		bail_out(path);
	close(fd);
}

void scene_create(void)
{
	if (!mkdtemp(root) || chmod(root, 0755))
		bail_out("mkdtemp");
	join(granted, "granted");
	join(scene_file, "granted/file");
	join(scene_link, "granted/link");
	join(scene_sub, "granted/sub");
	join(scene_new, "granted/new");
	join(scene_outside, "outside");
	join(scene_new_outside, "new");
	join(writable, "writable");
	join(writable_sub, "writable/sub");
	join(writable_fifo, "writable/fifo");
	join(writable_new, "writable/new");
	join(scene_writable_file, "writable/file");
	if (mkdir(granted, 0755) || mkdir(scene_sub, 0755) || symlink("file", scene_link))
		bail_out("scene");
	if (mkdir(writable, 0777) || chmod(writable, 0777) || mkdir(writable_sub, 0777) ||
	    chmod(writable_sub, 0777) || mkfifo(writable_fifo, 0666))
		bail_out("scene");
	write_file(scene_file, SCENE_CONTENT);
	write_file(scene_writable_file, SCENE_CONTENT);
	write_file(scene_outside, "secret");
}

void scene_remove(void)
{
	unlink(scene_file);
	unlink(scene_link);
	unlink(scene_new);
	unlink(scene_outside);
	unlink(scene_new_outside);
	unlink(scene_writable_file);
	unlink(writable_fifo);
	unlink(writable_new);
	rmdir(writable_sub);
	rmdir(writable);
	rmdir(scene_sub);
	rmdir(granted);
	rmdir(root);
}

static int grant_path(struct grant *grant, enum grant_kind kind, char *path, int flags)
{
	struct stat st;

	grant->kind = kind;
	grant->host = path;
	grant->guest = path;
	grant->rule = "test";
	grant->fd = open(path, flags | O_CLOEXEC);
	if (grant->fd < 0 || fstat(grant->fd, &st))
		return -errno;
	grant->mode = st.st_mode;
	return 0;
}

/* A vCPU that can be entered: the filter is tried with the real calls. */
static int make_vm(struct jail_fds *fds)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		return -errno;
	fds->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	fds->vcpu = fds->vm < 0 ? -1 : ioctl(fds->vm, KVM_CREATE_VCPU, 0);
	close(kvm);
	return fds->vcpu < 0 ? -errno : 0;
}

int scene_policy(struct scene *s, uint32_t permissions)
{
	s->policy = (struct policy){
		.grants = s->grants,
		.grant_count = permissions & PERM_NAMES ? SCENE_GRANTS : GRANTED_WRITABLE,
		.permissions = permissions,
		.memory = POLICY_MEMORY_MIN,
		.handles_max = 64,
	};
	if (grant_path(&s->grants[GRANTED_DIR], GRANT_READ, granted, O_PATH) ||
	    grant_path(&s->grants[GRANTED_FILE], GRANT_READ, scene_file,
		       permissions & PERM_OPENS ? O_PATH : O_RDONLY) ||
	    (permissions & PERM_NAMES &&
	     grant_path(&s->grants[GRANTED_WRITABLE], GRANT_WRITE, writable, O_PATH)))
		return -errno;
	if (!(permissions & PERM_TREES)) /* the directory is there, and not granted */
		s->grants[GRANTED_DIR].kind = GRANT_DENY;
	if (permissions & PERM_WRITE && !(permissions & PERM_NAMES))
		s->grants[GRANTED_FILE].kind = GRANT_WRITE;
	return 0;
}

/* As the monitor is when it calls jail_close(), up to the caller's leftovers. */
static int set_up(struct scene *s, uint32_t permissions)
{
	sigset_t blocked;

	s->iovec = (struct iovec){ s->buffer, 8 };
	if (make_vm(&s->fds))
		return -errno;
	s->fds.outcome = fcntl(1, F_DUPFD_CLOEXEC, 3);
	s->fds.save = scene_plain ? 0 : fcntl(1, F_DUPFD_CLOEXEC, 3);
	s->fds.trace = scene_plain ? 0 : fcntl(1, F_DUPFD_CLOEXEC, 3);
	s->fds.notes = scene_plain ? 0 : fcntl(1, F_DUPFD_CLOEXEC, 3);
	s->fds.terminals = s->fds.seekable = scene_plain ? 0 : 7;
	if (permissions & PERM_OPENS || !scene_plain)
		s->fds.self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	umask(0); /* as the monitor's is */
	if (scene_policy(s, permissions))
		return -errno;
	s->window = mmap(NULL, SCENE_WINDOW, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			 -1, 0);
	if (s->window == MAP_FAILED || dup2(0, SCENE_LEAKED) < 0)
		return -errno;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	s->fds.outside = signalfd(-1, &blocked, SFD_CLOEXEC);
	sigaddset(&blocked, SIGALRM);
	return sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static _Noreturn void child(struct scene *s, scene_act *act, const void *argument,
			    uint32_t permissions, unsigned int uid)
{
	static const int handled_by_cmocka[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS };
	struct err e = { 0 };
	int r = set_up(s, permissions);

	for (size_t i = 0; i < sizeof(handled_by_cmocka) / sizeof(handled_by_cmocka[0]); i++)
		signal(handled_by_cmocka[i], SIG_DFL);
	if (r == 0 && uid && (setgid(uid) || setuid(uid)))
		r = -errno;
	if (r == 0)
		r = jail_close(&s->policy, &s->fds, s->parent, s->proof, &e);
	else
		snprintf(e.what, sizeof(e.what), "set-up: %s", strerror(-r));
	if (r < 0) {
		fprintf(stderr, "# %s\n", e.what);
		_exit(SCENE_SETUP_FAILED);
	}
	_exit(act(s, argument));
}

static int judge(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? ENDED_BY_SECCOMP : ENDED_BY_SIGNAL;
	return WEXITSTATUS(status);
}

int scene_run(scene_act *act, const void *argument, uint32_t permissions, unsigned int without,
	      unsigned int uid)
{
	static struct scene s;
	int input[2], output[2];
	int status = 0, early = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(input, O_CLOEXEC) || pipe2(output, O_CLOEXEC) ||
	    write(input[1], SCENE_INPUT, strlen(SCENE_INPUT)) < 0)
		bail_out("pipe");
	unlink(writable_new); /* of the run before */
	fflush(stdout);
	left_out = without;
	s.parent = getpid();
	s.proof = hv_proof_share();
	if (!scene_proof_late)
		hv_proof_give(s.proof);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (pid == 0) {
		dup2(input[0], 0);
		dup2(output[1], 1);
		child(&s, act, argument, permissions, uid);
	}
	close(output[1]);
	close(input[0]);
	if (scene_proof_late) {
		usleep((useconds_t)scene_proof_late * 1000);
		early = waitpid(pid, &status, WNOHANG) == pid;
		hv_proof_give(s.proof);
	}
	hv_proof_free(s.proof);
	if (!early)
		waitpid(pid, &status, 0);
	n = read(output[0], scene_output, sizeof(scene_output) - 1);
	scene_output[n > 0 ? n : 0] = '\0';
	close(output[0]);
	close(input[1]);
	return early ? ENDED_EARLY : judge(status);
}

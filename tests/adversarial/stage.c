// SPDX-License-Identifier: Apache-2.0
/*
 * Forks the monitor as the launcher does, with the hostile image instead of
 * the runtime, takes its outcome, and holds every end to the rules that no
 * guest may break.
 */
#include "tests/adversarial/stage.h"

#include "abi/image.h"
#include "common/err.h"
#include "hv/boot.h"
#include "hv/vm.h"
#include "policy/policy.h"
#include "tests/adversarial/scene.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FAILURES_SHOWN 20	   /* of one test */
#define FILE_BYTES     (16l << 20) /* that a guest can make of a file */
#ifdef __SANITIZE_ADDRESS__
#define RESIDENT_MAX (256l << 20) /* with the shadow of all that it touches */
#else
#define RESIDENT_MAX (12l << 20) /* of the monitor itself, resident; generous */
#endif

extern const uint8_t hostile_blob[], hostile_blob_end[];

int quick, hasty, failures;
int stage_output = -1;

static struct policy policy;
static uint8_t *image; /* GUEST_IMAGE_MAX bytes, shared with the monitors */
static int image_file;
static uint64_t orders_end; /* offset in image */
static int input, errors;   /* the guest's stdin; what the monitor's stderr holds */
static uint64_t seed = 0x9e3779b97f4a7c15ull;

void fail(const char *format, ...)
{
	va_list args;

	if (++failures > FAILURES_SHOWN)
		return;
	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

#define ROWS_MAX 8

static const char *wanted_rows[ROWS_MAX];
static unsigned int wanted_count;

void stage_want_row(const char *name)
{
	must(wanted_count < ROWS_MAX);
	wanted_rows[wanted_count++] = name;
}

int stage_row(const char *name)
{
	for (unsigned int i = 0; i < wanted_count; i++)
		if (strcmp(wanted_rows[i], name) == 0)
			return 1;
	return !wanted_count;
}

uint64_t random_next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

uint64_t random_below(uint64_t limit)
{
	return random_next() % limit;
}

static _Noreturn void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static int memory_file(const char *name, const char *content)
{
	int fd = memfd_create(name, MFD_CLOEXEC);

	if (fd < 0 || write(fd, content, strlen(content)) < 0)
		bail_out(name);
	return fd;
}

static int open_kvm(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm < 0)
		bail_out("/dev/kvm");
	return kvm;
}

void stage_open(void)
{
	scene_make(&policy);
	policy.handles_max = STAGE_HANDLES;
	image_file = memory_file("image", "");
	if (ftruncate(image_file, GUEST_IMAGE_MAX))
		bail_out("image");
	image = mmap(NULL, GUEST_IMAGE_MAX, PROT_READ | PROT_WRITE, MAP_SHARED, image_file, 0);
	if (image == MAP_FAILED)
		bail_out("image");
	input = memory_file("stdin", "what the caller typed");
	errors = memory_file("stderr", "");
}

void stage_close(void)
{
	policy_free(&policy);
	scene_remove();
	munmap(image, GUEST_IMAGE_MAX);
	close(image_file);
	close(input);
	close(errors);
}

struct orders *stage_orders(enum orders_kind kind)
{
	struct orders *orders = (struct orders *)(image + IMAGE_ORDERS);

	memcpy(image, hostile_blob, (size_t)(hostile_blob_end - hostile_blob));
	memset(orders, 0, orders_end ? orders_end - IMAGE_ORDERS : sizeof(*orders));
	orders->kind = kind;
	orders_end = IMAGE_ORDERS + offsetof(struct orders, list);
	return orders;
}

struct record *stage_record(uint32_t number, uint32_t length, const void *payload, uint32_t stored)
{
	struct orders *orders = (struct orders *)(image + IMAGE_ORDERS);
	struct record *record = (struct record *)(image + orders_end);
	uint32_t bytes = (uint32_t)(sizeof(*record) + stored + 7) & ~7u;

	must(orders->kind == ORDERS_RECORDS && stored <= HC_PAYLOAD_MAX);
	must(orders_end + bytes <= GUEST_IMAGE_MAX);
	*record = (struct record){
		.bytes = bytes, .stored = stored, .number = number, .length = length
	};
	memcpy(record->payload, payload, stored);
	orders_end += bytes;
	orders->count++;
	return record;
}

uint64_t stage_image_bytes(void)
{
	const struct orders *orders = (struct orders *)(image + IMAGE_ORDERS);
	uint64_t end = orders_end;

	if (orders->kind == ORDERS_TRIALS)
		end += orders->count * sizeof(struct trial);
	return (end + GUEST_PAGE_SIZE - 1) & ~(uint64_t)(GUEST_PAGE_SIZE - 1);
}

/*
 * The last step before the jail. The monitor has its own copy of the image by
 * then; ours takes that copy's place, so that what the guest notes is seen here.
 */
int __real_boot_write(const struct vm *vm, const struct hv_config *config, struct err *e);
int __wrap_boot_write(const struct vm *vm, const struct hv_config *config, struct err *e);

int __wrap_boot_write(const struct vm *vm, const struct hv_config *config, struct err *e)
{
	if (mmap(vm->gm.image, vm->gm.image_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		 image_file, 0) == MAP_FAILED)
		return err_set(e, ERR_SANDBOX, errno, "image: %s", strerror(errno));
	return __real_boot_write(vm, config, e);
}

/* What the launcher does between fork() and hv_monitor(), and the streams that the test wants. */
static _Noreturn void become_monitor(const struct run *run, int kvm, struct hv_cpuid *cpuid,
				     struct hv_proof *proof, int outcome, int output, pid_t parent)
{
	static char *argv[] = { "hostile", NULL };
	struct policy own = policy;
	struct hv_config config = { .policy = &own,
				    .image = { image, stage_image_bytes() },
				    .argv = argv,
				    .program = "/nowhere",
				    .kvm_fd = kvm,
				    .cpuid = cpuid,
				    .proof = proof,
				    .outcome_fd = outcome,
				    .save_fd = -1,
				    .trace_fd = -1,
				    .notes_fd = -1,
				    .parent = parent };
	const struct rlimit files = { FILE_BYTES, FILE_BYTES };
	int nothing = open("/dev/null", O_PATH | O_CLOEXEC);

	if (setrlimit(RLIMIT_FSIZE, &files)) /* a hostile guest may ask for all of the disk */
		_exit(1);
	own.memory = run->memory ? run->memory : STAGE_MEMORY;
	own.output = run->output;
	if (run->permissions)
		own.permissions = run->permissions;
	dup2(run->closed_streams ? nothing : input, 0);
	dup2(run->closed_streams ? nothing : output, 1);
	dup2(run->closed_streams ? nothing : errors, 2);
	hv_monitor(&config);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads to the end of the pipe, which is the monitor's death; true when patience ended first. */
static int collect(int pipe, int patience, pid_t monitor, struct ending *ending, size_t *got)
{
	int64_t end = now_ms() + patience;
	char more[64];

	for (;;) {
		struct pollfd wait = { .fd = pipe, .events = POLLIN };
		int64_t left = end - now_ms();
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
			kill(monitor, SIGKILL);
			return 1;
		}
		if (*got < sizeof(ending->outcome))
			n = read(pipe, (char *)&ending->outcome + *got,
				 sizeof(ending->outcome) - *got);
		else
			n = read(pipe, more, sizeof(more));
		if (n <= 0)
			return 0;
		*got += (size_t)n;
		if (*got == sizeof(ending->outcome) && ending->outcome.end == HV_STOPPED)
			*got = 0; /* as the launcher takes it, which then would stop it */
		if (*got == sizeof(ending->outcome)) /* from here on only a hang lasts */
			end = now_ms() + STAGE_PATIENCE;
	}
}

static void check_rules(const struct run *run, int status, const struct rusage *usage,
			int impatient, size_t got, struct ending *ending)
{
	uint64_t memory = run->memory ? run->memory : STAGE_MEMORY;
	char said[128] = "";
	int before = failures;

	if (impatient && got)
		fail("an outcome came, and the monitor did not end");
	else if (!impatient && WIFSIGNALED(status))
		fail("the monitor died of signal %d, %zu bytes of outcome", WTERMSIG(status), got);
	else if (!impatient && got != sizeof(ending->outcome))
		fail("%zu bytes of outcome, not %zu", got, sizeof(ending->outcome));
	else if (!impatient &&
		 (ending->outcome.end < HV_END_STATUS || ending->outcome.end > HV_END_OUTPUT))
		fail("no such end: %u", ending->outcome.end);
	else if (!impatient && ending->outcome.end == HV_END_SETUP)
		fail("set-up failed: %.200s", ending->outcome.message);
	if (usage->ru_maxrss * 1024 > (long)memory + GUEST_IMAGE_MAX + RESIDENT_MAX)
		fail("the monitor had %ld KiB resident", usage->ru_maxrss);
	if (!run->writes_stderr && pread(errors, said, sizeof(said) - 1, 0) > 0)
		fail("the monitor said on its standard error: %s", said);
	ending->end = failures > before ? 0 : impatient ? END_TIMEOUT : 1u << ending->outcome.end;
}

/* As the launcher does; a jail that does not hold is not entered, and the test hangs on nobody. */
static void prove(const struct run *run, int kvm, struct hv_proof *proof)
{
	struct policy own = policy;
	struct err e;

	if (run->permissions)
		own.permissions = run->permissions;
	own.memory = run->memory ? run->memory : STAGE_MEMORY;
	if (hv_prove_jail(&own, kvm, &e)) {
		printf("not ok - %s\nBail out! the jail is not proved\n", e.what);
		exit(1);
	}
	hv_proof_give(proof);
}

struct ending stage_run(const struct run *run)
{
	struct image_header *header = (struct image_header *)image;
	struct hv_cpuid *cpuid = hv_cpuid_share();
	struct hv_proof *proof = hv_proof_share();
	struct ending ending = { .end = 0 };
	struct rusage usage;
	pid_t parent = getpid(), monitor;
	int kvm = open_kvm(), ends[2], output[2], status, impatient;
	size_t got = 0;

	scene_restore();
	header->cs = run->ring ? GUEST_CS_USER : GUEST_CS_KERNEL;
	header->ss = run->ring ? GUEST_DS_USER : GUEST_DS_KERNEL;
	if (pipe2(ends, O_CLOEXEC) || pipe2(output, O_CLOEXEC) || ftruncate(errors, 0) ||
	    lseek(errors, 0, SEEK_SET) || lseek(input, 0, SEEK_SET))
		bail_out("cannot start a monitor");
	if (!run->silent_pipe) {
		close(output[1]);
		output[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	}
	fflush(stdout);
	monitor = fork();
	if (monitor < 0)
		bail_out("fork");
	if (!monitor)
		become_monitor(run, kvm, cpuid, proof, ends[1], output[1], parent);
	hv_cpuid_fetch(cpuid, kvm);
	prove(run, kvm, proof);
	close(kvm);
	close(ends[1]);
	close(output[1]);
	stage_output = output[0];
	if (run->watch)
		run->watch(monitor);
	impatient = collect(ends[0],
			    run->patience ? run->patience
			    : hasty	  ? STAGE_HASTY
					  : STAGE_PATIENCE,
			    monitor, &ending, &got);
	if (wait4(monitor, &status, 0, &usage) != monitor)
		bail_out("wait");
	close(ends[0]);
	close(output[0]);
	hv_proof_free(proof);
	check_rules(run, status, &usage, impatient, got, &ending);
	return ending;
}

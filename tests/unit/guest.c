// SPDX-License-Identifier: Apache-2.0
/* The VM without KVM, and the seams: ioctl(2) for memory slots, vm_kill(). */
#include "tests/unit/guest.h"

#include "abi/image.h"
#include "common/err.h"
#include "hv/dispatch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define VM_FD	   0x7fff /* no descriptor of this process */
#define FILE_BYTES (16 << 20)

struct killed killed;
struct slots slots;

static jmp_buf after_kill;
static _Alignas(GUEST_PAGE_SIZE) uint8_t image[8 * GUEST_PAGE_SIZE];
static struct grant grants[16];
static struct policy policy;
static int fds_before;

int __wrap_host_ioctl(int fd, unsigned int request, void *argument);
int __real_host_ioctl(int fd, unsigned int request, void *argument);

int __wrap_host_ioctl(int fd, unsigned int request, void *argument)
{
	const struct kvm_userspace_memory_region *region = argument;

	if (fd != VM_FD)
		return __real_host_ioctl(fd, request, argument);
	assert_int_equal(request, KVM_SET_USER_MEMORY_REGION);
	if (slots.error) {
		errno = slots.error;
		return -1;
	}
	slots.added++;
	slots.gpa = region->guest_phys_addr;
	slots.bytes = region->memory_size;
	slots.flags = region->flags;
	return 0;
}

void vm_kill(struct vm *vm, enum hv_end end, uint32_t code)
{
	(void)vm;
	killed = (struct killed){ .end = end, .code = code };
	longjmp(after_kill, 1);
}

void vm_kill_call(struct vm *vm, enum hv_violation violation)
{
	vm_kill(vm, HV_END_BAD_HYPERCALL, violation);
}

static int count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

/* A guest that may write may ask for any size: not for the disk of who runs the tests. */
static void bound_files(void)
{
	const struct rlimit limit = { FILE_BYTES, FILE_BYTES };

	signal(SIGXFSZ, SIG_IGN); /* as the monitor does */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

void guest_start(struct vm *vm, const char *const *paths, unsigned int handles_max)
{
	struct image_header header = { .magic = IMAGE_MAGIC, .hypercall = HYPERCALL_GPA };
	struct hv_image blob = { .bytes = image, .size = sizeof(image) };
	struct err e;

	bound_files();
	fds_before = count_fds();
	memset(image, 0xa5, sizeof(image)); /* what a reply must not let shine through */
	memcpy(image, &header, sizeof(header));
	memset(vm, 0, sizeof(*vm));
	slots = (struct slots){ .added = 0 };
	policy =
		(struct policy){ .grants = grants, .handles_max = handles_max, .permissions = ~0u };
	for (; paths && paths[policy.grant_count]; policy.grant_count++) {
		struct grant *grant = &grants[policy.grant_count];
		const char *path = paths[policy.grant_count];
		int writable = *path == *GUEST_WRITABLE;
		struct stat st;

		*grant = (struct grant){ .kind = writable ? GRANT_WRITE : GRANT_READ };
		grant->fd = open(path + writable, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		assert_true(grant->fd >= 0);
		assert_int_equal(fstat(grant->fd, &st), 0);
		grant->mode = st.st_mode;
	}
	assert_int_equal(gm_init(&vm->gm, VM_FD, &blob, GUEST_MEMORY, &e), 0);
	assert_int_equal(handles_init(&vm->handles, &policy, &e), 0);
	vm->vcpu.request = gm_range(&vm->gm, HYPERCALL_GPA, sizeof(*vm->vcpu.request));
	assert_non_null(vm->vcpu.request);
	vm->permissions = ~0u;
	vm->streams = vm->terminals = vm->seekable = 7;
	vm->output_left = UINT64_MAX;
	disk_init(&vm->disk, 0);
	vm->vcpu.request->outside = 0;
	vm->self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(vm->self_fd >= 0);
}

void guest_stop(struct vm *vm)
{
	handles_free(&vm->handles);
	for (size_t i = 0; i < policy.grant_count; i++)
		close(grants[i].fd);
	close(vm->self_fd);
	assert_int_equal(count_fds(), fds_before);
}

int64_t guest_call(struct vm *vm, uint32_t number, const void *payload, uint32_t length)
{
	struct hc_request *request = vm->vcpu.request;

	memset(request->payload, 0xa5, sizeof(request->payload));
	if (length <= sizeof(request->payload) && payload)
		memcpy(request->payload, payload, length);
	request->number = number;
	request->length = length;
	request->result = INT64_MIN;
	killed = (struct killed){ .end = 0 };
	if (!setjmp(after_kill))
		hc_dispatch(vm);
	return request->result;
}

void *guest_reply(struct vm *vm)
{
	return vm->vcpu.request->payload;
}

int guest_violated(enum hv_violation violation)
{
	return killed.end == HV_END_BAD_HYPERCALL && killed.code == violation;
}

int64_t guest_walk(struct vm *vm, uint32_t handle, const char *path, uint32_t flags,
		   struct hc_fs_walk_out *out)
{
	uint8_t payload[HC_PAYLOAD_MAX];
	struct hc_fs_walk args = { .handle = handle, .flags = flags };
	size_t used = sizeof(args);
	int64_t result;

	for (const char *name = path; *name; args.count++) {
		size_t length = strcspn(name, "/");

		payload[used++] = (uint8_t)length;
		memcpy(payload + used, name, length);
		used += length;
		name += length + (name[length] == '/');
	}
	memcpy(payload, &args, sizeof(args));
	result = guest_call(vm, HC_FS_WALK, payload, (uint32_t)used);
	if (!killed.end && !result)
		memcpy(out, guest_reply(vm), sizeof(*out));
	return result;
}

char *scratch_make(void)
{
	const char *base = getenv("TMPDIR");
	char *path = NULL;

	assert_true(asprintf(&path, "%s/unit.XXXXXX", base ? base : "/tmp") > 0);
	assert_non_null(mkdtemp(path));
	return path;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

void scratch_remove(char *path)
{
	assert_int_equal(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(path);
}

void scratch_write(const char *directory, const char *name, const char *text)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

int test_run(const struct CMUnitTest *tests, size_t count, const char *name)
{
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

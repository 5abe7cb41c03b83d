// SPDX-License-Identifier: Apache-2.0
/* The tree on the host, and requests on it. */
#include "tests/unit/tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *scratch;
static uint64_t before, hash;

const char *tree_path(const char *name)
{
	static char paths[2][512];
	static unsigned int last;

	last ^= 1;
	snprintf(paths[last], sizeof(paths[last]), "%s/%s", scratch, name);
	return paths[last];
}

int tree_has(const char *name)
{
	struct stat st;

	return lstat(tree_path(name), &st) == 0;
}

void tree_expect(const char *name, const char *text)
{
	char content[256] = "";
	FILE *file = fopen(tree_path(name), "r");

	assert_non_null(file);
	content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(content, text);
}

unsigned int tree_mode(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(tree_path(name), &st), 0);
	return st.st_mode & 07777;
}

struct hole tree_hole(enum hole_kind kind, const char *path, const char *name)
{
	struct hole hole = { .kind = kind, .name = (char *)name };
	struct stat st;

	assert_int_equal(lstat(tree_path(path), &st), 0);
	hole.dev = st.st_dev;
	hole.ino = st.st_ino;
	return hole;
}

static void mix(const void *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		/* NOLINTNEXTLINE(clang-analyzer-core.*): it does not follow arrays as bytes */
		hash = (hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ull; /* FNV-1a */
}

static int mix_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	const uint64_t facts[] = { st->st_mode,
				   st->st_nlink,
				   (uint64_t)st->st_size,
				   (uint64_t)st->st_mtim.tv_nsec,
				   (uint64_t)st->st_ctim.tv_sec,
				   (uint64_t)st->st_ctim.tv_nsec };

	(void)type, (void)where;
	mix(path, strlen(path));
	mix(facts, sizeof(facts));
	return 0;
}

/* Whatever changes a file or directory changes its ctime. */
static uint64_t state_of_others(void)
{
	hash = 0xcbf29ce484222325ull;
	assert_int_equal(nftw(tree_path("ro"), mix_one, 8, FTW_PHYS), 0);
	assert_int_equal(nftw(tree_path("outside"), mix_one, 8, FTW_PHYS), 0);
	return hash;
}

void tree_start(struct vm *vm)
{
	static char rw[256], ro[256];
	const char *grants[] = { rw, ro, NULL };

	umask(0);
	scratch = scratch_make();
	assert_int_equal(mkdir(tree_path("rw"), 0755), 0);
	assert_int_equal(mkdir(tree_path("rw/dir"), 0755), 0);
	assert_int_equal(mkdir(tree_path("ro"), 0755), 0);
	assert_int_equal(mkdir(tree_path("ro/dir"), 0755), 0);
	scratch_write(scratch, "outside", "outside");
	scratch_write(scratch, "ro/file", TREE_FILE);
	scratch_write(scratch, "rw/file", TREE_FILE);
	scratch_write(scratch, "rw/dir/inner", "inner");
	scratch_write(scratch, "rw/setuid", "#!");
	assert_int_equal(chmod(tree_path("rw/setuid"), 04755), 0);
	assert_int_equal(symlink("file", tree_path("rw/link")), 0);
	assert_int_equal(mkfifo(tree_path("rw/fifo"), 0644), 0);
	snprintf(rw, sizeof(rw), GUEST_WRITABLE "%.200s/rw", scratch);
	snprintf(ro, sizeof(ro), "%.200s/ro", scratch);
	before = state_of_others();
	guest_start(vm, grants, 32);
}

void tree_stop(struct vm *vm)
{
	guest_stop(vm);
	assert_true(state_of_others() == before);
	scratch_remove(scratch);
}

struct hc_fs_walk_out *tree_reply(struct vm *vm)
{
	return guest_reply(vm);
}

uint32_t tree_walk(struct vm *vm, uint32_t from, const char *path, uint32_t flags)
{
	struct hc_fs_walk_out out;

	assert_int_equal(guest_walk(vm, from, path, flags, &out), 0);
	assert_int_equal(out.error, 0);
	assert_int_equal(out.opened, flags != 0);
	return out.handle;
}

uint32_t tree_add_name(uint8_t *payload, uint32_t length, const char *name)
{
	size_t bytes = strlen(name);

	payload[length] = (uint8_t)bytes;
	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): it is counted */
	memcpy(payload + length + 1, name, bytes);
	return length + 1 + (uint32_t)bytes;
}

static int64_t call(struct vm *vm, uint32_t number, const void *args, uint32_t size,
		    const char *name, const char *second)
{
	uint8_t payload[HC_PAYLOAD_MAX];

	memcpy(payload, args, size);
	if (name)
		size = tree_add_name(payload, size, name);
	if (second)
		size = tree_add_name(payload, size, second);
	return guest_call(vm, number, payload, size);
}

int64_t tree_create(struct vm *vm, uint32_t dir, enum hc_create_kind kind, const char *name,
		    uint32_t mode, const char *target)
{
	struct hc_fs_create args = {
		.handle = dir, .kind = kind, .count = name != NULL, .mode = mode
	};

	if (target) {
		args.target = (struct hc_segment){ BUFFER_GPA, strlen(target) };
		memcpy(gm_range(&vm->gm, BUFFER_GPA, 8192), target, strlen(target));
	}
	return call(vm, HC_FS_CREATE, &args, sizeof(args), name, NULL);
}

int64_t tree_remove(struct vm *vm, uint32_t dir, const char *name, uint32_t directory)
{
	struct hc_fs_remove args = { .handle = dir, .directory = directory, .count = 1 };

	return call(vm, HC_FS_REMOVE, &args, sizeof(args), name, NULL);
}

int64_t tree_rename(struct vm *vm, uint32_t dir, const char *name, uint32_t to, const char *to_name,
		    uint32_t flags)
{
	struct hc_fs_rename args = { .handle = dir, .to_handle = to, .count = 2, .flags = flags };

	return call(vm, HC_FS_RENAME, &args, sizeof(args), name, to_name);
}

int64_t tree_link(struct vm *vm, uint32_t dir, const char *name, uint32_t object)
{
	struct hc_fs_link args = { .handle = dir, .object = object, .count = 1 };

	return call(vm, HC_FS_LINK, &args, sizeof(args), name, NULL);
}

int64_t tree_write(struct vm *vm, uint32_t handle, const char *text, int64_t offset)
{
	struct {
		struct hc_fs_write head;
		struct hc_segment segments[2];
	} args = { .head = { .handle = handle, .count = 2, .offset = offset },
		   .segments = { { BUFFER_GPA, 1 }, { BUFFER_GPA + 1, strlen(text) - 1 } } };

	memcpy(gm_range(&vm->gm, BUFFER_GPA, 4096), text, strlen(text));
	return guest_call(vm, HC_FS_WRITE, &args, sizeof(args));
}

int64_t tree_set(struct vm *vm, const struct hc_fs_set_attr *set)
{
	return guest_call(vm, HC_FS_SET_ATTR, set, sizeof(*set));
}

int64_t tree_xattr(struct vm *vm, uint32_t handle, const char *name, const char *value,
		   uint32_t flags)
{
	struct hc_fs_xattr_set args = {
		.handle = handle, .flags = flags, .count = 1, .value = { BUFFER_GPA, strlen(value) }
	};

	memcpy(gm_range(&vm->gm, BUFFER_GPA, 4096), value, strlen(value));
	return call(vm, HC_FS_XATTR_SET, &args, sizeof(args), name, NULL);
}

// SPDX-License-Identifier: Apache-2.0
/* I7: handles are numbers in one bounded table; grants come first and stay. */
#include "tests/unit/guest.h"

#include "common/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE 8

static struct vm vm;
static struct handles *const h = &vm.handles;

static int setup(void **state)
{
	static const char *const grants[] = { "/usr", "/etc/passwd", NULL };

	(void)state;
	guest_start(&vm, grants, SIZE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_stop(&vm);
	return 0;
}

static int some_fd(void)
{
	return open("/", O_PATH | O_CLOEXEC);
}

static int64_t add(int fd)
{
	const struct handle what = { .fd = fd, .kind = HANDLE_PATH, .mode = S_IFDIR };

	return handles_add(h, &what);
}

static void grants_come_first(void **state)
{
	(void)state;
	assert_true(handles_get(h, 0)->root && S_ISDIR(handles_get(h, 0)->mode));
	assert_true(handles_get(h, 1)->root && S_ISREG(handles_get(h, 1)->mode));
	assert_null(handles_get(h, 2));
}

static void numbers_outside_are_no_handles(void **state)
{
	(void)state;
	assert_null(handles_get(h, SIZE));
	assert_null(handles_get(h, UINT32_MAX));
	assert_null(handles_get(h, 1u << 31));
}

static void table_is_bounded(void **state)
{
	int fd = some_fd();

	(void)state;
	for (int i = 2; i < SIZE; i++) {
		assert_false(handles_full(h));
		assert_int_equal(add(some_fd()), i);
	}
	assert_true(handles_full(h));
	assert_int_equal(add(fd), -EMFILE);
	assert_int_equal(handles_copy(h, 0), -EMFILE);
	assert_int_equal(close(fd), 0); /* stayed the caller's */
	handles_close(h, 5);
	assert_null(handles_get(h, 5));
	assert_int_equal(handles_copy(h, 0), 5);
}

static void close_closes(void **state)
{
	int fd = some_fd();
	int64_t number = add(fd);

	(void)state;
	assert_int_equal(handles_get(h, (uint32_t)number)->fd, fd);
	handles_close(h, (uint32_t)number);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void copies_share_until_the_last(void **state)
{
	int fd = some_fd();
	uint32_t first = (uint32_t)add(fd);
	uint32_t second = (uint32_t)handles_copy(h, first);
	uint32_t third = (uint32_t)handles_copy(h, second);

	(void)state;
	handles_close(h, first);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	handles_close(h, third);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	handles_close(h, second);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void a_copy_of_a_root_can_go_the_root_stays(void **state)
{
	uint32_t copy = (uint32_t)handles_copy(h, 0);

	(void)state;
	assert_false(handles_get(h, copy)->root);
	handles_close(h, copy);
	assert_true(fcntl(handles_get(h, 0)->fd, F_GETFD) >= 0);
}

/*
 * READ, WRITE and OVERLAY are handles, in the policy's order; the right to
 * change is WRITE's alone.
 */
static void only_write_grants_are_changeable(void **state)
{
	struct grant grants[] = { { .kind = GRANT_READ },
				  { .kind = GRANT_TMPFS, .fd = -1 },
				  { .kind = GRANT_WRITE },
				  { .kind = GRANT_DENY, .fd = -1 },
				  { .kind = GRANT_OVERLAY } };
	struct policy p = {
		.grants = grants, .grant_count = 5, .handles_max = 4, .permissions = PERM_WRITE
	};
	struct handles other;
	struct err e;

	(void)state;
	assert_int_equal(handles_init(&other, &p, &e), 0);
	for (uint32_t i = 0; i < 3; i++) {
		assert_true(handles_get(&other, i)->root);
		assert_int_equal(handles_get(&other, i)->changeable, i == 1);
	}
	assert_null(handles_get(&other, 3));
	free(other.table);
	p.permissions = 0; /* I8 */
	assert_int_equal(handles_init(&other, &p, &e), 0);
	assert_false(handles_get(&other, 1)->changeable);
	free(other.table);
}

static void more_grants_than_handles_is_an_error(void **state)
{
	struct grant grants[3] = { { .kind = GRANT_READ },
				   { .kind = GRANT_DEV },
				   { .kind = GRANT_READ } };
	struct policy p = { .grants = grants, .grant_count = 3, .handles_max = 1 };
	struct handles other;
	struct err e;

	(void)state;
	assert_int_equal(handles_init(&other, &p, &e), -EINVAL);
	p.handles_max = POLICY_HANDLES_MAX + 1;
	assert_int_equal(handles_init(&other, &p, &e), -EINVAL);
	p.handles_max = 2; /* full from the start: nothing can be walked to */
	assert_int_equal(handles_init(&other, &p, &e), 0);
	assert_true(handles_full(&other));
	free(other.table);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(grants_come_first),
		TEST(numbers_outside_are_no_handles),
		TEST(table_is_bounded),
		TEST(close_closes),
		TEST(copies_share_until_the_last),
		TEST(a_copy_of_a_root_can_go_the_root_stays),
		TEST(only_write_grants_are_changeable),
		TEST(more_grants_than_handles_is_an_error),
	};

	return RUN(tests, "handles");
}

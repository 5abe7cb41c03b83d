// SPDX-License-Identifier: Apache-2.0
/* The way to the doorbell, and the requests that several acts make. */
#include "tests/adversarial/inside/call.h"

#include "abi/boot.h"
#include "abi/image.h"
#include "abi/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CANARY "CANARY"

uint8_t *buffer;
uint64_t buffer_gpa;
static struct hc_request *request;

static const void *at(uint64_t gpa)
{
	return (const void *)(GUEST_DIRECT_BASE + gpa);
}

/* In the direct map the buffer is seen a second time, there with its address. */
static void find_buffer(void)
{
	buffer = mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	if (buffer == MAP_FAILED)
		exit(99);
	for (size_t i = 0; i < BUFFER_BYTES; i++)
		buffer[i] = (uint8_t)random();
	buffer_gpa = GUEST_RAM_GPA;
	while (memcmp(at(buffer_gpa), buffer, BUFFER_BYTES) != 0)
		buffer_gpa += GUEST_PAGE_SIZE;
}

void call_init(void)
{
	const struct image_header *header = at(GUEST_IMAGE_GPA);

	if (header->magic != IMAGE_MAGIC)
		exit(98);
	request = (struct hc_request *)(GUEST_DIRECT_BASE + header->hypercall);
	find_buffer();
}

int64_t call(uint32_t number, const void *payload, size_t length)
{
	if (length && length <= HC_PAYLOAD_MAX)
		memcpy(request->payload, payload, length);
	request->number = number;
	request->length = (uint32_t)length;
	request->result = INT64_MIN;
	*(volatile uint32_t *)GUEST_DOORBELL_GVA = 0;
	return *(volatile int64_t *)&request->result;
}

const void *call_reply(void)
{
	return request->payload;
}

static const struct boot_mount *mounts(uint32_t *count)
{
	const struct boot_block *boot = at(GUEST_RAM_GPA);

	*count = boot->mount_count;
	return (const struct boot_mount *)((const char *)boot + boot->mounts);
}

static int is_host(const struct boot_mount *m)
{
	return m->kind == BOOT_MOUNT_HOST || m->kind == BOOT_MOUNT_OVERLAY;
}

int64_t call_grant(const char *path)
{
	const char *boot = at(GUEST_RAM_GPA);
	uint32_t count;
	const struct boot_mount *m = mounts(&count);

	for (uint32_t i = 0; i < count; i++)
		if (is_host(&m[i]) && strcmp(boot + m[i].path, path) == 0)
			return m[i].handle;
	return -1;
}

int64_t call_names(uint32_t number, const void *args, size_t size, const struct name *names,
		   size_t count)
{
	uint8_t payload[HC_PAYLOAD_MAX];

	memcpy(payload, args, size);
	for (size_t i = 0; i < count; i++) {
		payload[size] = (uint8_t)names[i].length;
		memcpy(payload + size + 1, names[i].text, names[i].length);
		size += 1 + names[i].length;
	}
	return call(number, payload, size);
}

int64_t call_walk(uint32_t from, const char *const *names, size_t count, uint32_t flags,
		  struct hc_fs_walk_out *out)
{
	const struct hc_fs_walk args = { .handle = from, .flags = flags, .count = (uint32_t)count };
	struct name list[8];
	int64_t result;

	for (size_t i = 0; i < count; i++)
		list[i] = (struct name){ names[i], strlen(names[i]) };
	result = call_names(HC_FS_WALK, &args, sizeof(args), list, count);
	if (result == 0)
		memcpy(out, request->payload, sizeof(*out));
	return result;
}

void call_close(uint32_t handle)
{
	const uint32_t payload[] = { 1, 0, handle };

	call(HC_FS_CLOSE, payload, sizeof(payload));
}

int64_t call_read(uint32_t handle)
{
	const struct {
		struct hc_fs_read head;
		struct hc_segment segment;
	} args = { { .handle = handle, .count = 1 }, { buffer_gpa, BUFFER_BYTES } };

	return call(HC_FS_READ, &args, sizeof(args));
}

int64_t call_list(uint32_t handle, uint64_t cookie)
{
	const struct hc_fs_readdir args = { .handle = handle,
					    .cookie = cookie,
					    .buffer = { buffer_gpa, BUFFER_BYTES } };

	return call(HC_FS_READDIR, &args, sizeof(args));
}

int64_t call_readlink(uint32_t handle)
{
	const struct hc_fs_readlink args = { .handle = handle,
					     .buffer = { buffer_gpa, BUFFER_BYTES } };

	return call(HC_FS_READLINK, &args, sizeof(args));
}

int64_t call_write(uint32_t handle, const char *text)
{
	const struct {
		struct hc_fs_write head;
		struct hc_segment segment;
	} args = { { .handle = handle, .count = 1 }, { buffer_gpa, strlen(text) } };

	strcpy((char *)buffer, text);
	return call(HC_FS_WRITE, &args, sizeof(args));
}

int has_canary(int64_t bytes)
{
	return bytes > 0 && memmem(buffer, (size_t)bytes, CANARY, strlen(CANARY)) != NULL;
}

// SPDX-License-Identifier: Apache-2.0
/* Guest memory: host mappings, KVM memory slots, and the checked way across. */
#include "hv/memory.h"

#include "abi/image.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "common/syscall.h"

#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14; musl 1.2.3 does not have it */
#endif

enum gm_slot {
	SLOT_RAM,
	SLOT_WINDOW = SLOT_RAM + GM_RAM_SLOTS,
	SLOT_SHARED = SLOT_WINDOW + GM_WINDOW_CHUNKS,
};

const struct gm_area gm_areas[GM_AREAS] = {
	[GM_WINDOW_READ] = { "pages of host files", GUEST_WINDOW_GPA, GUEST_WINDOW_CHUNK,
			     SLOT_WINDOW, GM_WINDOW_CHUNKS, KVM_MEM_READONLY },
	[GM_WINDOW_SHARED] = { "pages of host files that are written in place", GUEST_SHARED_GPA,
			       GUEST_WINDOW_CHUNK, SLOT_SHARED, GM_WINDOW_CHUNKS, 0 },
	[GM_AREA_RAM] = { "runtime image and RAM", GUEST_IMAGE_GPA, 0, SLOT_RAM, GM_RAM_SLOTS, 0 },
};

_Static_assert(GUEST_IMAGE_GPA == 0 && GUEST_IMAGE_MAX <= GUEST_RAM_GPA, "then RAM");
_Static_assert(GUEST_RAM_GPA + GUEST_RAM_MAX <= GUEST_DOORBELL_GPA, "RAM ends below the doorbell");
_Static_assert(GUEST_DOORBELL_GPA + GUEST_PAGE_SIZE <= GUEST_WINDOW_GPA, "then the window");
_Static_assert(GUEST_WINDOW_MAX % GUEST_WINDOW_CHUNK == 0 && GM_WINDOW_CHUNKS <= 32, "bitmap");
_Static_assert(GUEST_WINDOW_GPA + GUEST_WINDOW_MAX == GUEST_SHARED_GPA, "then the shared one");
_Static_assert(GUEST_SHARED_MAX == GUEST_WINDOW_MAX, "the same bitmap");

static int add_slot(const struct gm *gm, uint32_t slot, uint32_t flags, uint64_t gpa,
		    const void *host, uint64_t bytes)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = bytes,
		.userspace_addr = (uint64_t)(uintptr_t)host,
	};

	return host_ioctl(gm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) ? -errno : 0;
}

/*
 * An unbacked mapping, congruent with its GPA modulo the huge page size so
 * that huge pages can back it, with inaccessible memory on both sides.
 */
static uint8_t *reserve(uint64_t bytes)
{
	uint64_t padded;
	uint8_t *map;

	if (add_ovf(bytes, 2 * GUEST_HUGE_SIZE, &padded))
		return NULL;
	map = mmap(NULL, padded, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		return NULL;
	return map + (GUEST_HUGE_SIZE - ((uintptr_t)map & (GUEST_HUGE_SIZE - 1)));
}

static int check_image(const struct hv_image *image, struct err *e)
{
	const struct image_header *header = image->bytes;

	if (!image->bytes || image->size < GUEST_PAGE_SIZE || image->size % GUEST_PAGE_SIZE ||
	    image->size > GUEST_IMAGE_MAX || header->magic != IMAGE_MAGIC ||
	    header->zeroes % GUEST_PAGE_SIZE || header->zeroes > GUEST_IMAGE_MAX - image->size)
		return err_set(e, ERR_SANDBOX, EINVAL,
			       "guest runtime: not a runtime image (%zu bytes)", image->size);
	return 0;
}

/*
 * Huge pages for RAM: where paging is shadowed, a fault costs as much for a
 * page as for a huge one, and as clearing a third of it. The image is there
 * before the start, its zeroes, too: KVM fills the neighbours of a page that
 * faults when they are present, and a page that is first read and then written
 * is filled twice. Advice only.
 */
static void advise(const struct gm *gm)
{
	madvise(gm->ram, gm->ram_limit, MADV_HUGEPAGE);
	madvise(gm->image, gm->image_bytes, MADV_NOHUGEPAGE);
	madvise(gm->image, gm->image_bytes, MADV_POPULATE_WRITE);
}

/*
 * The host mappings: image and RAM in one, which adjoin in one slot at the start.
 * What lies between them stays without access: it is nobody's.
 */
static int map(struct gm *gm, const struct hv_image *image)
{
	uint8_t *base = reserve(GUEST_RAM_GPA + gm->ram_limit);

	if (!base)
		return -ENOMEM;
	for (unsigned int i = 0; i < GM_WINDOWS; i++) {
		gm->windows[i].host = reserve(GUEST_WINDOW_MAX);
		if (!gm->windows[i].host)
			return -ENOMEM;
		if (mprotect(gm->windows[i].host, GUEST_WINDOW_MAX, PROT_READ))
			return -errno;
	}
	gm->image = base + GUEST_IMAGE_GPA;
	gm->image_bytes = image->size + ((const struct image_header *)image->bytes)->zeroes;
	gm->ram = base + GUEST_RAM_GPA;
	if (mprotect(gm->image, gm->image_bytes, PROT_READ | PROT_WRITE) ||
	    mprotect(gm->ram, gm->ram_limit, PROT_READ | PROT_WRITE))
		return -errno;
	advise(gm);
	memcpy(gm->image, image->bytes, image->size);
	return 0;
}

int gm_init(struct gm *gm, int vm_fd, const struct hv_image *image, uint64_t memory, struct err *e)
{
	int error = check_image(image, e);

	if (error)
		return error;
	if (memory < GUEST_RAM_GPA + GUEST_RAM_INITIAL || memory % GUEST_HUGE_SIZE)
		return err_set(e, ERR_SANDBOX, EINVAL, "guest memory %llu bytes: too small or odd",
			       (unsigned long long)memory);
	*gm = (struct gm){ .vm_fd = vm_fd };
	gm->ram_limit = memory - GUEST_RAM_GPA;
	if (gm->ram_limit > GUEST_RAM_MAX)
		gm->ram_limit = GUEST_RAM_MAX;
	error = map(gm, image);
	if (error) {
		err_set(e, ERR_SANDBOX, -error, "cannot reserve guest memory: %s",
			strerror(-error));
		err_hint(e, "see ulimit -v, or ask for less memory");
		return error;
	}
	error = add_slot(gm, SLOT_RAM, 0, GUEST_IMAGE_GPA, gm->image,
			 GUEST_RAM_GPA + GUEST_RAM_INITIAL);
	if (error)
		return err_set(e, ERR_SANDBOX, -error, "KVM memory slot: %s", strerror(-error));
	gm->ram_slots = 1;
	gm->ram_bytes = GUEST_RAM_INITIAL;
	return 0;
}

int gm_grow(struct gm *gm, uint64_t bytes)
{
	int error;

	if (bytes > gm->ram_limit - gm->ram_bytes || gm->ram_slots == GM_RAM_SLOTS) /* I12 */
		return -ENOMEM;
	error = add_slot(gm, SLOT_RAM + gm->ram_slots, 0, GUEST_RAM_GPA + gm->ram_bytes,
			 gm->ram + gm->ram_bytes, bytes);
	if (error)
		return error;
	gm->ram_slots++;
	gm->ram_bytes += bytes;
	return 0;
}

/* True when [gpa, gpa + length) lies in the area; written so that nothing can overflow. */
static int inside(uint64_t gpa, uint64_t length, uint64_t start, uint64_t bytes)
{
	return gpa >= start && length <= bytes && gpa - start <= bytes - length;
}

void *gm_ram_range(const struct gm *gm, uint64_t gpa, uint64_t length)
{
	/* Slots of RAM adjoin in the guest and in the host: one area (I2). */
	if (!length || !inside(gpa, length, GUEST_RAM_GPA, gm->ram_bytes))
		return NULL;
	return gm->ram + (gpa - GUEST_RAM_GPA);
}

static void *window_range(const struct gm_window *window, uint64_t offset, uint64_t length)
{
	if (!inside(offset, length, 0, GUEST_WINDOW_MAX) ||
	    !inside(offset % GUEST_WINDOW_CHUNK, length, 0, GUEST_WINDOW_CHUNK) ||
	    !(window->chunks & 1u << offset / GUEST_WINDOW_CHUNK))
		return NULL;
	return window->host + offset;
}

void *gm_range(const struct gm *gm, uint64_t gpa, uint64_t length)
{
	void *host = gm_ram_range(gm, gpa, length);

	if (host || !length)
		return host;
	if (inside(gpa, length, GUEST_IMAGE_GPA, gm->image_bytes))
		return gm->image + (gpa - GUEST_IMAGE_GPA);
	for (unsigned int i = 0; i < GM_WINDOWS && !host; i++)
		host = window_range(&gm->windows[i], gpa - gm_areas[i].gpa, length);
	return host;
}

int gm_give(const struct gm *gm, void *host, uint64_t length)
{
	uint64_t at = (uint64_t)(uintptr_t)host;

	/* Part of a page would be the whole of it; where it begins, the kernel looks at. */
	if (!inside(at, length, (uint64_t)(uintptr_t)gm->ram, gm->ram_bytes) ||
	    length % GUEST_PAGE_SIZE) /* I2 */
		return -EINVAL;
	return madvise(host, length, MADV_DONTNEED) ? -errno : 0;
}

void *gm_window_pages(const struct gm *gm, enum gm_window_kind kind, uint64_t page, uint64_t pages)
{
	const uint64_t chunk = GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE;

	if (!pages || page >= GUEST_WINDOW_MAX / GUEST_PAGE_SIZE ||
	    !inside(page % chunk, pages, 0, chunk)) /* I2 */
		return NULL;
	return gm->windows[kind].host + page * GUEST_PAGE_SIZE;
}

int gm_window_back(struct gm *gm, enum gm_window_kind kind, uint64_t page)
{
	uint32_t chunk = (uint32_t)(page / (GUEST_WINDOW_CHUNK / GUEST_PAGE_SIZE));
	uint64_t offset = (uint64_t)chunk * GUEST_WINDOW_CHUNK;
	struct gm_window *window = &gm->windows[kind];
	int error;

	if (window->chunks & 1u << chunk)
		return 0;
	error = add_slot(gm, gm_areas[kind].slot + chunk, gm_areas[kind].flags,
			 gm_areas[kind].gpa + offset, window->host + offset, GUEST_WINDOW_CHUNK);
	if (!error)
		window->chunks |= 1u << chunk;
	return error;
}

int gm_windows_used(const struct gm *gm)
{
	return gm->windows[GM_WINDOW_READ].chunks || gm->windows[GM_WINDOW_SHARED].chunks;
}

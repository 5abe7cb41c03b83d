/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest memory: what backs guest physical addresses, and gm_range(), the only
 * way from a guest physical address to a host pointer (I2).
 *
 *   image   a copy of the runtime image, in one slot with the first RAM: each
 *           slot costs a start 0.1 ms
 *   RAM     one host mapping of the policy's limit, reserved but not backed;
 *           each growth adds a slot, so the guest sees only what it asked for
 *   windows two host reservations that read as zeros, for pages of host files:
 *           one read-only, one shared; a chunk gets its slot when a file is
 *           first mapped there
 *
 * All host mappings are made before the jail closes and never move: later only
 * slots are added and window pages replaced in place.
 */
#ifndef HV_MEMORY_H
#define HV_MEMORY_H

#include "abi/layout.h"
#include "hv/hv.h"

#include <stddef.h>
#include <stdint.h>

struct err;

/* Old KVMs have about 500 slots; a guest that grows in tiny steps gets -ENOMEM (I12). */
#define GM_RAM_SLOTS	 400
#define GM_WINDOW_CHUNKS (GUEST_WINDOW_MAX / GUEST_WINDOW_CHUNK)

enum gm_window_kind { GM_WINDOW_READ, GM_WINDOW_SHARED, GM_WINDOWS };

/* Where memory slots can be: the windows, then image and RAM. */
struct gm_area {
	const char *what;
	uint64_t gpa;
	uint64_t slot_bytes;  /* of each slot; 0: as the guest asks */
	uint32_t slot, slots; /* number of the first, and how many there can be */
	uint32_t flags;	      /* of KVM */
};

#define GM_AREA_RAM GM_WINDOWS
#define GM_AREAS    (GM_AREA_RAM + 1)

extern const struct gm_area gm_areas[GM_AREAS]; /* [enum gm_window_kind], [GM_AREA_RAM] */

struct gm_window {
	uint8_t *host;
	uint32_t chunks; /* bit i: chunk i has its slot */
};

struct gm {
	int vm_fd;
	uint8_t *image;
	uint64_t image_bytes;
	uint8_t *ram;
	uint64_t ram_bytes; /* backed by slots now */
	uint64_t ram_limit; /* host mapping; ram_bytes never exceeds it (I12) */
	uint32_t ram_slots;
	struct gm_window windows[GM_WINDOWS];
};

/*
 * Reserves all host memory and adds the slots of image and first RAM. memory
 * is the policy's limit: image area and RAM together.
 */
int gm_init(struct gm *gm, int vm_fd, const struct hv_image *image, uint64_t memory, struct err *e);

/* Adds bytes (whole huge pages) of RAM: 0, or -ENOMEM at a limit, or -errno. */
int gm_grow(struct gm *gm, uint64_t bytes);

/*
 * Gives pages of RAM back to the host; they read as zeros from then on. host is
 * from gm_range(). 0, -EINVAL unless they are whole pages of RAM, or -errno.
 */
int gm_give(const struct gm *gm, void *host, uint64_t length);

/*
 * Host address of guest memory [gpa, gpa + length), or NULL unless all of it
 * lies in the image, in RAM or in one window chunk, and length is not 0. Both
 * arguments may come from the guest. For the kernel to read and write: in a
 * window the monitor's own access can fault.
 */
void *gm_range(const struct gm *gm, uint64_t gpa, uint64_t length);

/* The same for RAM alone, which the monitor can itself load from and store to. */
void *gm_ram_range(const struct gm *gm, uint64_t gpa, uint64_t length);

/* Host address of a window's pages, or NULL unless they lie in one chunk; needs no slot yet. */
void *gm_window_pages(const struct gm *gm, enum gm_window_kind kind, uint64_t page, uint64_t pages);

/* Gives the chunk around a window page its slot: 0 or -errno. */
int gm_window_back(struct gm *gm, enum gm_window_kind kind, uint64_t page);

/* True when a file has been mapped, so that the host can take away pages which the guest has. */
int gm_windows_used(const struct gm *gm);

#endif

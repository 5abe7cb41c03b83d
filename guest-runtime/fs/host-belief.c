// SPDX-License-Identifier: Apache-2.0
/* For how long what was learned of host files is believed. */
#include "guest-runtime/fs/host.h"

/* As parts of a second. */
#define LOADED_PART  5
#define CONTENT_PART 100
#define END_PART     1000

#define CHANGED_SLOTS 256u

static uint64_t lifetime = 1000000000; /* TSC ticks: a second, or less when its speed is unknown */
static uint64_t forgotten;	       /* what was learned before is not believed */
/* By object: what was learned before is not believed. Two that share a slot share distrust. */
static uint64_t changed[CHANGED_SLOTS];
static uint32_t shared[CHANGED_SLOTS]; /* pieces that programs store into */

void host_init(uint64_t tsc_khz)
{
	if (tsc_khz)
		lifetime = tsc_khz * 1000;
}

uint64_t host_stamp(void)
{
	return __builtin_ia32_rdtsc() | 1;
}

bool host_fresh(uint64_t stamp)
{
	return stamp > forgotten && host_stamp() - stamp < lifetime;
}

static uint32_t slot_of(const struct inode *inode)
{
	return (uint32_t)(inode->attr.ino ^ inode->attr.ino >> 8 ^ inode->attr.dev) % CHANGED_SLOTS;
}

void host_changed(const struct inode *inode)
{
	changed[slot_of(inode)] = host_stamp();
}

void host_count_shared(const struct inode *inode, int change)
{
	shared[slot_of(inode)] += (uint32_t)change;
	host_changed(inode);
}

static bool younger(const struct inode *inode, uint64_t stamp, uint64_t age)
{
	return stamp > forgotten && stamp > changed[slot_of(inode)] && host_stamp() - stamp < age;
}

bool host_attr_fresh(const struct host_inode *host)
{
	return host->checked && younger(&host->inode, host->checked, lifetime);
}

bool host_is_shared(const struct inode *inode)
{
	return shared[slot_of(inode)];
}

bool host_loaded_fresh(const struct inode *inode, uint64_t stamp)
{
	return !host_is_shared(inode) && younger(inode, stamp, lifetime / LOADED_PART);
}

bool host_content_fresh(const struct inode *inode, uint64_t stamp)
{
	return !host_is_shared(inode) && younger(inode, stamp, lifetime / CONTENT_PART);
}

bool host_end_fresh(const struct inode *inode, uint64_t stamp)
{
	return younger(inode, stamp, lifetime / END_PART);
}

void host_forget(void)
{
	forgotten = host_stamp();
}

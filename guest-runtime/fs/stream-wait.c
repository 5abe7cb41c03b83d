// SPDX-License-Identifier: Apache-2.0
/* Readiness of the streams, which only the host knows. */
#include "guest-runtime/fs/stream.h"
#include "guest-runtime/host/hypercall.h"

#include <linux/poll.h>

#define IN_SET	 (POLLIN | POLLRDNORM | POLLRDBAND)
#define OUT_SET	 (POLLOUT | POLLWRNORM | POLLWRBAND)
#define ENDS	 (POLLERR | POLLHUP | POLLNVAL)
#define HOST_ALL (POLLIN | POLLOUT | POLLPRI)

static struct wait_queue queues[HC_STREAMS];
static uint32_t ready[HC_STREAMS]; /* as far as known */
static bool known;
static uint32_t moves;

uint32_t stream_moves(void)
{
	return moves;
}

void stream_moved(void)
{
	moves++;
}

struct wait_queue *stream_queue(uint32_t number)
{
	return &queues[number];
}

static uint32_t from_host(uint16_t revents)
{
	return revents | (revents & POLLIN ? POLLRDNORM : 0u) |
	       (revents & POLLOUT ? POLLWRNORM : 0u);
}

void stream_forget(void)
{
	known = false;
	for (uint32_t i = 0; i < HC_STREAMS; i++)
		ready[i] = 0;
}

uint32_t stream_ready(uint32_t number)
{
	if (!known) {
		uint16_t events[HC_STREAMS] = { 0 }, revents[HC_STREAMS] = { 0 };

		for (uint32_t i = 0; i < HC_STREAMS; i++)
			events[i] = stream_exists(i) ? HOST_ALL : 0;
		known = true;
		if (host_wait(0, 0, events, revents) > 0)
			for (uint32_t i = 0; i < HC_STREAMS; i++)
				ready[i] = from_host(revents[i]);
	}
	return ready[number];
}

void stream_used(uint32_t number, uint32_t events)
{
	ready[number] &= ~events;
}

bool stream_wanted(uint16_t events[HC_STREAMS])
{
	bool any = false;

	for (uint32_t i = 0; i < HC_STREAMS; i++) {
		events[i] = 0;
		/* An end would be told again and again. */
		if (!stream_exists(i) || (ready[i] & ENDS) || !wait_queue_wanted(&queues[i], 0))
			continue;
		if (!(ready[i] & POLLIN) && wait_queue_wanted(&queues[i], IN_SET))
			events[i] |= POLLIN;
		if (!(ready[i] & POLLOUT) && wait_queue_wanted(&queues[i], OUT_SET))
			events[i] |= POLLOUT;
		/* Always with something, so that an end is noticed. */
		if (!(ready[i] & POLLPRI))
			events[i] |= POLLPRI;
		any |= events[i] != 0;
	}
	return any;
}

void stream_note(const uint16_t revents[HC_STREAMS])
{
	for (uint32_t i = 0; i < HC_STREAMS; i++) {
		if (!revents[i])
			continue;
		ready[i] |= from_host(revents[i]);
		wait_queue_wake(&queues[i], from_host(revents[i]));
	}
}

// SPDX-License-Identifier: Apache-2.0
/* When to look up from the program that runs; the only file that asks for host interrupts. */
#include "guest-runtime/proc/tick.h"

#include "guest-runtime/fs/stream.h"
#include "guest-runtime/fs/tty-outside.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/host/hypercall.h"
#include "guest-runtime/lib/lib.h"
#include "guest-runtime/notes/notes.h"
#include "guest-runtime/proc/outside.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/proc/wait.h"
#include "guest-runtime/trace/trace.h"

#define STREAM_NS 10000000 /* between looks at streams that somebody waits for */
#define AGAIN_NS  4000000  /* the host rings again after it has rung (hv/timer.c) */

static int64_t stream_look;
static int64_t attention;   /* nothing is due before, and the host rings then; 0: find out */
static bool turn_over;	    /* found then */
static uint32_t stops_told; /* process_first->stops, of which the host knows */
static int64_t rings;	    /* when the host will interrupt the program; 0: it will not */

void tick_changed(void)
{
	attention = 0;
}

bool tick_alone(void)
{
	return thread_total() == 1 && wait_timers_next() == INT64_MAX;
}

/*
 * It costs as much as a thread can do in 30 us. So a turn that is over soon
 * ends with a ring that is due anyway, or a system call.
 */
static void ask_host(int64_t moment, int64_t turn_end, int64_t now)
{
	if (!rings || (turn_end != INT64_MAX && rings > turn_end + AGAIN_NS))
		moment = MIN(moment, turn_end);
	if (moment == INT64_MAX || (rings && rings <= moment))
		return;
	host_timer(MAX(moment - now, 1));
	rings = moment;
}

/* In the host, until the moment or a stream's event. False: something came before that began. */
static bool wait_in_host(int64_t timeout, uint32_t flags, const uint16_t *events)
{
	uint16_t revents[HC_STREAMS] = { 0 };

	int64_t result = clock_wait(timeout, flags, events, revents);

	if (result > 0)
		stream_note(revents);
	return result >= 0;
}

/* Streams that somebody waits for, while others compute. Returns when to look again. */
static int64_t look_at_streams(int64_t now)
{
	uint16_t events[HC_STREAMS];

	if (thread_total() == 1 || !stream_wanted(events))
		return INT64_MAX;
	if (!stream_look)
		stream_look = now + STREAM_NS;
	if (now >= stream_look) {
		wait_in_host(0, 0, events);
		stream_look = now + STREAM_NS;
	}
	return stream_look;
}

static void look(int64_t now)
{
	int64_t next = wait_timers_next(), turn_end = INT64_MAX;

	if (next <= now)
		next = wait_timers_run();
	next = MIN(next, look_at_streams(now));
	uint64_t left = sched_turn_left();
	turn_over = !left;
	if (left < INT64_MAX)
		turn_end = now + (int64_t)left;
	attention = MIN(next, turn_end);
	ask_host(next, turn_end, now);
}

void tick_return(void)
{
	outside_take();
	for (;;) {
		if (attention == INT64_MAX)
			return;
		int64_t now = clock_monotonic_ns();
		if (attention && now < attention)
			return;
		look(now);
		if (!turn_over)
			return;
		current()->involuntary++;
		sched_give_way();
	}
}

bool tick_event(void)
{
	bool told = outside_take();
	int64_t now = clock_monotonic_ns();

	/* It rings each AGAIN_NS from when it rang, not from when that was noticed. */
	if (!rings || now + AGAIN_NS < rings)
		return told;
	rings = now + AGAIN_NS;
	attention = 0;
	look(now);
	/* Nothing before long: the host need not ring each few milliseconds until then. */
	if (!sched_is_wanted() && attention - now > 2 * AGAIN_NS) {
		rings = 0;
		if (attention == INT64_MAX)
			host_timer(0);
		else
			ask_host(attention, INT64_MAX, now);
	}
	return true;
}

/* The first process has stopped, and no other goes on, unless something is typed. */
static bool stands_still(int64_t next)
{
	if (process_first->state != PROCESS_STOPPED)
		return false;
	for_each_process(process)
	{
		if (process->state == PROCESS_RUNNING && next != INT64_MAX)
			return false;
	}
	return true;
}

void tick_idle(void)
{
	uint16_t events[HC_STREAMS];
	int64_t next = wait_timers_run(), timeout = -1;

	if (outside_take() || sched_is_wanted())
		return;
	trace_flush();
	notes_idle();
	bool output = tty_outside_idle();
	if (next != INT64_MAX) {
		int64_t left = next - clock_monotonic_ns();

		timeout = MAX(left, 0);
	}
	/*
	 * Told once each time, when all output is outside: news that end the
	 * wait need not continue it.
	 */
	bool tell = !output && stops_told != process_first->stops && stands_still(next);
	if (wait_in_host(timeout, tell ? HC_WAIT_STOPPED : 0,
			 stream_wanted(events) ? events : NULL) &&
	    tell)
		stops_told = process_first->stops;
}

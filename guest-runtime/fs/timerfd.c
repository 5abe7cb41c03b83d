// SPDX-License-Identifier: Apache-2.0
/* timerfd: expiries are computed from the clock by whoever looks. */
#include "guest-runtime/fs/anon.h"
#include "guest-runtime/fs/events.h"
#include "guest-runtime/fs/text.h"
#include "guest-runtime/host/clock.h"
#include "guest-runtime/mm/heap.h"
#include "guest-runtime/sys/restart.h"

#include <linux/poll.h>
#include <linux/time.h>

struct timerfd {
	int clock;
	int64_t next; /* of the clock, ns; 0: off */
	int64_t interval;
	uint64_t expiries;	/* that were not read */
	uint32_t settime_flags; /* for fdinfo */
	struct wait_timer alarm;
	struct wait_queue queue;
};

static int64_t now(const struct timerfd *timer)
{
	return timer->clock == CLOCK_REALTIME || timer->clock == CLOCK_REALTIME_ALARM
		       ? clock_realtime_ns()
		       : clock_monotonic_ns();
}

static void arm(struct timerfd *timer)
{
	int64_t deadline = 0;

	/* Where the sum is too far off, the clock never gets there. */
	if (timer->next &&
	    __builtin_add_overflow(clock_monotonic_ns(), timer->next - now(timer), &deadline))
		deadline = INT64_MAX;
	/* What expires while there is something to read changes nothing for who waits. */
	wait_timer_set(&timer->alarm, timer->next && !timer->expiries ? MAX(deadline, 1) : 0);
}

/* Counts what has expired. */
static void update(struct timerfd *timer)
{
	int64_t late = timer->next ? now(timer) - timer->next : -1;

	if (late < 0)
		return;
	int64_t count = timer->interval ? late / timer->interval + 1 : 1;
	timer->expiries += (uint64_t)count;
	timer->next = timer->interval ? timer->next + count * timer->interval : 0;
	arm(timer);
}

static void expired(struct wait_timer *alarm)
{
	struct timerfd *timer = container_of(alarm, struct timerfd, alarm);

	update(timer);
	/* The real time may have been set back meanwhile. */
	if (timer->expiries)
		wait_queue_wake(&timer->queue, POLLIN);
	else
		arm(timer);
}

void timerfd_set(struct timerfd *timer, int64_t value, int64_t interval, bool absolute)
{
	timer->expiries = 0;
	timer->interval = interval;
	timer->settime_flags = absolute; /* TFD_TIMER_ABSTIME */
	timer->next = value;
	if (value && !absolute && __builtin_add_overflow(now(timer), value, &timer->next))
		timer->next = INT64_MAX;
	arm(timer);
	update(timer);
}

void timerfd_get(struct timerfd *timer, int64_t *left, int64_t *interval)
{
	update(timer);
	*left = timer->next ? MAX(timer->next - now(timer), 1) : 0;
	*interval = timer->interval;
}

static long timer_read(struct file *file, struct uio *uio, int64_t *offset)
{
	struct timerfd *timer = file->private;

	(void)offset;
	if (uio->left < sizeof(timer->expiries))
		return -EINVAL;
	update(timer);
	if (!timer->expiries && (file->flags & O_NONBLOCK))
		return -EAGAIN;
	if (WAIT_UNTIL(&timer->queue, WAIT_FOREVER, timer->expiries > 0))
		return -ERESTARTSYS;
	uint64_t value = timer->expiries;
	timer->expiries = 0;
	arm(timer);
	return uio_fill(uio, &value, sizeof(value)) == sizeof(value) ? (long)sizeof(value)
								     : -EFAULT;
}

static uint32_t timer_poll(struct file *file)
{
	struct timerfd *timer = file->private;

	update(timer);
	return timer->expiries ? POLLIN : 0;
}

static struct wait_queue *timer_queue(struct file *file)
{
	struct timerfd *timer = file->private;

	return &timer->queue;
}

static void timer_release(struct file *file)
{
	struct timerfd *timer = file->private;

	wait_timer_set(&timer->alarm, 0);
	kfree(timer);
}

static void timer_describe(struct file *file, struct text *out)
{
	struct timerfd *timer = file->private;
	int64_t left, interval;

	timerfd_get(timer, &left, &interval);
	text_print(out, "clockid: %d\nticks: %lu\nsettime flags: 0%o\n", timer->clock,
		   timer->expiries, timer->settime_flags);
	text_print(out, "it_value: (%ld, %ld)\nit_interval: (%ld, %ld)\n", left / NS_PER_S,
		   left % NS_PER_S, interval / NS_PER_S, interval % NS_PER_S);
}

static const struct file_ops timer_ops = {
	.seek = seek_nothing,
	.read = timer_read,
	.poll = timer_poll,
	.queue = timer_queue,
	.describe = timer_describe,
	.release = timer_release,
};

struct timerfd *timerfd_of(struct file *file)
{
	return file->ops == &timer_ops ? file->private : NULL;
}

struct file *timerfd_create(int clock, uint32_t flags)
{
	struct timerfd *timer = kmalloc(sizeof(*timer));

	if (!timer)
		return NULL;
	timer->clock = clock;
	timer->alarm.expired = expired;
	struct file *file =
		anon_file("[timerfd]", &timer_ops, timer, O_RDWR | (flags & O_NONBLOCK));
	if (!file)
		kfree(timer);
	return file;
}

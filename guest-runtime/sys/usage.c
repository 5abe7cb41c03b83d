// SPDX-License-Identifier: Apache-2.0
/* System calls of what was used: times(2), getrusage(2). */
#include "guest-runtime/sys/usage.h"

#include "guest-runtime/host/clock.h"
#include "guest-runtime/proc/process.h"
#include "guest-runtime/proc/sched.h"
#include "guest-runtime/sys/sys.h"

#include <linux/errno.h>
#include <linux/resource.h>
#include <linux/time.h>

#define TICK_NS 10000000 /* of times(2): USER_HZ is 100 */

static void put_time(struct timeval *to, uint64_t ns)
{
	to->tv_sec = (long)(ns / (uint64_t)NS_PER_S);
	to->tv_usec = (long)(ns % (uint64_t)NS_PER_S / 1000);
}

int usage_put(uva_t to, const struct usage *usage)
{
	struct rusage out = { .ru_maxrss = (long)(usage->peak_rss / 1024),
			      .ru_minflt = (long)usage->minor_faults,
			      .ru_majflt = (long)usage->major_faults,
			      .ru_nvcsw = (long)usage->voluntary,
			      .ru_nivcsw = (long)usage->involuntary };

	put_time((struct timeval *)&out.ru_utime, usage->user_ns);
	put_time((struct timeval *)&out.ru_stime, usage->system_ns);
	return copy_to_user(to, &out, sizeof(out));
}

long sys_times(const uint64_t *a)
{
	const struct process *process = current()->process;
	struct usage own;

	process_usage(process, &own);
	const int64_t ticks[4] = { (int64_t)(own.user_ns / TICK_NS),
				   (int64_t)(own.system_ns / TICK_NS),
				   (int64_t)(process->children_usage.user_ns / TICK_NS),
				   (int64_t)(process->children_usage.system_ns / TICK_NS) };
	if (a[0] && copy_to_user(a[0], ticks, sizeof(ticks)))
		return -EFAULT;
	return clock_monotonic_ns() / TICK_NS;
}

long sys_getrusage(const uint64_t *a)
{
	struct thread *thread = current();
	struct usage usage;

	switch ((int)a[0]) {
	case RUSAGE_SELF:
		process_usage(thread->process, &usage);
		break;
	case RUSAGE_THREAD:
		process_usage(thread->process, &usage);
		usage.user_ns = thread_cpu_ns(thread);
		usage.minor_faults = thread->minor_faults;
		usage.voluntary = thread->voluntary;
		usage.involuntary = thread->involuntary;
		break;
	case RUSAGE_CHILDREN:
		usage = thread->process->children_usage;
		break;
	default:
		return -EINVAL;
	}
	return usage_put(a[1], &usage);
}

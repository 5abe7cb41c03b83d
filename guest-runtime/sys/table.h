/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Linux x86-64 system calls that the runtime serves: X(number, name), a
 * function sys_<name> each. All others answer -ENOSYS. Families, one file
 * each, are marked; numbers are those of asm/unistd_64.h.
 */
#ifndef GUEST_SYS_TABLE_H
#define GUEST_SYS_TABLE_H

#define SYSCALLS(X)                                                                                \
	/* sys/memory.c */                                                                         \
	X(9, mmap)                                                                                 \
	X(10, mprotect)                                                                            \
	X(11, munmap)                                                                              \
	X(12, brk)                                                                                 \
	X(25, mremap)                                                                              \
	X(28, madvise)                                                                             \
	/* sys/signal.c */                                                                         \
	X(13, rt_sigaction)                                                                        \
	X(14, rt_sigprocmask)                                                                      \
	X(15, rt_sigreturn)                                                                        \
	X(34, pause)                                                                               \
	X(62, kill)                                                                                \
	X(127, rt_sigpending)                                                                      \
	X(128, rt_sigtimedwait)                                                                    \
	X(129, rt_sigqueueinfo)                                                                    \
	X(130, rt_sigsuspend)                                                                      \
	X(131, sigaltstack)                                                                        \
	X(200, tkill)                                                                              \
	X(234, tgkill)                                                                             \
	X(297, rt_tgsigqueueinfo)                                                                  \
	/* sys/time.c */                                                                           \
	X(35, nanosleep)                                                                           \
	X(96, gettimeofday)                                                                        \
	X(98, getrusage)                                                                           \
	X(100, times)                                                                              \
	X(164, settimeofday)                                                                       \
	X(201, time)                                                                               \
	X(227, clock_settime)                                                                      \
	X(228, clock_gettime)                                                                      \
	X(229, clock_getres)                                                                       \
	X(230, clock_nanosleep)                                                                    \
	/* sys/timer.c */                                                                          \
	X(36, getitimer)                                                                           \
	X(37, alarm)                                                                               \
	X(38, setitimer)                                                                           \
	/* sys/ids.c */                                                                            \
	X(39, getpid)                                                                              \
	X(102, getuid)                                                                             \
	X(104, getgid)                                                                             \
	X(105, setuid)                                                                             \
	X(106, setgid)                                                                             \
	X(107, geteuid)                                                                            \
	X(108, getegid)                                                                            \
	X(109, setpgid)                                                                            \
	X(110, getppid)                                                                            \
	X(111, getpgrp)                                                                            \
	X(112, setsid)                                                                             \
	X(113, setreuid)                                                                           \
	X(114, setregid)                                                                           \
	X(115, getgroups)                                                                          \
	X(116, setgroups)                                                                          \
	X(117, setresuid)                                                                          \
	X(118, getresuid)                                                                          \
	X(119, setresgid)                                                                          \
	X(120, getresgid)                                                                          \
	X(121, getpgid)                                                                            \
	X(122, setfsuid)                                                                           \
	X(123, setfsgid)                                                                           \
	X(124, getsid)                                                                             \
	X(186, gettid)                                                                             \
	/* sys/capability.c */                                                                     \
	X(125, capget)                                                                             \
	X(126, capset)                                                                             \
	/* sys/sched.c */                                                                          \
	X(24, sched_yield)                                                                         \
	X(140, getpriority)                                                                        \
	X(141, setpriority)                                                                        \
	X(142, sched_setparam)                                                                     \
	X(143, sched_getparam)                                                                     \
	X(144, sched_setscheduler)                                                                 \
	X(145, sched_getscheduler)                                                                 \
	X(146, sched_get_priority_max)                                                             \
	X(147, sched_get_priority_min)                                                             \
	X(203, sched_setaffinity)                                                                  \
	X(204, sched_getaffinity)                                                                  \
	X(309, getcpu)                                                                             \
	/* sys/futex.c */                                                                          \
	X(202, futex)                                                                              \
	/* sys/limits.c */                                                                         \
	X(97, getrlimit)                                                                           \
	X(160, setrlimit)                                                                          \
	X(302, prlimit64)                                                                          \
	/* sys/misc.c */                                                                           \
	X(63, uname)                                                                               \
	X(99, sysinfo)                                                                             \
	X(135, personality)                                                                        \
	X(149, mlock)                                                                              \
	X(150, munlock)                                                                            \
	X(151, mlockall)                                                                           \
	X(152, munlockall)                                                                         \
	X(157, prctl)                                                                              \
	X(170, sethostname)                                                                        \
	X(171, setdomainname)                                                                      \
	X(324, membarrier)                                                                         \
	X(325, mlock2)                                                                             \
	/* sys/random.c */                                                                         \
	X(318, getrandom)                                                                          \
	/* sys/process.c */                                                                        \
	X(60, exit)                                                                                \
	X(158, arch_prctl)                                                                         \
	X(218, set_tid_address)                                                                    \
	X(231, exit_group)                                                                         \
	X(273, set_robust_list)

#endif

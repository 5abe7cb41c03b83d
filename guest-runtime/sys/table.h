/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Linux x86-64 system calls that the runtime serves: X(number, name), a
 * function sys_<name> each. All others answer -ENOSYS. Families, one file
 * each, are marked; numbers are those of asm/unistd_64.h.
 */
#ifndef GUEST_SYS_TABLE_H
#define GUEST_SYS_TABLE_H

#define SYSCALLS(X) \
	/* sys/memory.c */ \
	X(9, mmap) \
	X(10, mprotect) \
	X(11, munmap) \
	X(12, brk) \
	X(25, mremap) \
	X(26, msync) \
	X(27, mincore) \
	X(28, madvise) \
	/* sys/memory-lock.c */ \
	X(149, mlock) \
	X(150, munlock) \
	X(151, mlockall) \
	X(152, munlockall) \
	X(325, mlock2) \
	/* sys/signal.c */ \
	X(13, rt_sigaction) \
	X(14, rt_sigprocmask) \
	X(15, rt_sigreturn) \
	X(34, pause) \
	X(127, rt_sigpending) \
	X(128, rt_sigtimedwait) \
	X(130, rt_sigsuspend) \
	X(131, sigaltstack) \
	/* sys/kill.c */ \
	X(62, kill) \
	X(129, rt_sigqueueinfo) \
	X(200, tkill) \
	X(234, tgkill) \
	X(297, rt_tgsigqueueinfo) \
	X(424, pidfd_send_signal) \
	/* sys/restart.c */ \
	X(219, restart_syscall) \
	/* sys/time.c */ \
	X(35, nanosleep) \
	X(96, gettimeofday) \
	X(98, getrusage) \
	X(100, times) \
	X(164, settimeofday) \
	X(201, time) \
	X(227, clock_settime) \
	X(228, clock_gettime) \
	X(229, clock_getres) \
	X(230, clock_nanosleep) \
	/* sys/timer.c */ \
	X(36, getitimer) \
	X(37, alarm) \
	X(38, setitimer) \
	/* sys/posix-timer.c */ \
	X(222, timer_create) \
	X(223, timer_settime) \
	X(224, timer_gettime) \
	X(225, timer_getoverrun) \
	X(226, timer_delete) \
	/* sys/ids.c */ \
	X(39, getpid) \
	X(102, getuid) \
	X(104, getgid) \
	X(105, setuid) \
	X(106, setgid) \
	X(107, geteuid) \
	X(108, getegid) \
	X(109, setpgid) \
	X(110, getppid) \
	X(111, getpgrp) \
	X(112, setsid) \
	X(113, setreuid) \
	X(114, setregid) \
	X(115, getgroups) \
	X(116, setgroups) \
	X(117, setresuid) \
	X(118, getresuid) \
	X(119, setresgid) \
	X(120, getresgid) \
	X(121, getpgid) \
	X(122, setfsuid) \
	X(123, setfsgid) \
	X(124, getsid) \
	X(186, gettid) \
	/* sys/capability.c */ \
	X(125, capget) \
	X(126, capset) \
	/* sys/sched.c */ \
	X(24, sched_yield) \
	X(142, sched_setparam) \
	X(143, sched_getparam) \
	X(144, sched_setscheduler) \
	X(145, sched_getscheduler) \
	X(146, sched_get_priority_max) \
	X(147, sched_get_priority_min) \
	X(148, sched_rr_get_interval) \
	X(203, sched_setaffinity) \
	X(204, sched_getaffinity) \
	X(309, getcpu) \
	X(314, sched_setattr) \
	X(315, sched_getattr) \
	/* sys/rseq.c */ \
	X(324, membarrier) \
	X(334, rseq) \
	/* sys/priority.c */ \
	X(140, getpriority) \
	X(141, setpriority) \
	X(251, ioprio_set) \
	X(252, ioprio_get) \
	/* sys/futex.c */ \
	X(202, futex) \
	X(273, set_robust_list) \
	X(274, get_robust_list) \
	X(449, futex_waitv) \
	/* sys/limits.c */ \
	X(97, getrlimit) \
	X(160, setrlimit) \
	X(302, prlimit64) \
	/* sys/misc.c */ \
	X(63, uname) \
	X(99, sysinfo) \
	X(135, personality) \
	/* sys/prctl.c */ \
	X(157, prctl) \
	/* sys/misc.c */ \
	X(170, sethostname) \
	X(171, setdomainname) \
	/* sys/random.c */ \
	X(318, getrandom) \
	/* sys/rw.c */ \
	X(0, read) \
	X(1, write) \
	X(8, lseek) \
	X(17, pread64) \
	X(18, pwrite64) \
	X(19, readv) \
	X(20, writev) \
	X(295, preadv) \
	X(296, pwritev) \
	X(327, preadv2) \
	X(328, pwritev2) \
	/* sys/rw-copy.c */ \
	X(40, sendfile) \
	X(326, copy_file_range) \
	/* sys/splice.c */ \
	X(275, splice) \
	X(276, tee) \
	X(278, vmsplice) \
	/* sys/file-sync.c */ \
	X(74, fsync) \
	X(75, fdatasync) \
	X(162, sync) \
	X(187, readahead) \
	X(221, fadvise64) \
	X(277, sync_file_range) \
	X(306, syncfs) \
	/* sys/file.c */ \
	X(2, open) \
	X(3, close) \
	X(76, truncate) \
	X(77, ftruncate) \
	X(85, creat) \
	X(257, openat) \
	X(285, fallocate) \
	X(319, memfd_create) \
	X(437, openat2) \
	/* sys/stat.c */ \
	X(4, stat) \
	X(5, fstat) \
	X(6, lstat) \
	X(137, statfs) \
	X(138, fstatfs) \
	X(262, newfstatat) \
	X(332, statx) \
	/* sys/dir.c */ \
	X(78, getdents) \
	X(79, getcwd) \
	X(80, chdir) \
	X(81, fchdir) \
	X(95, umask) \
	X(161, chroot) \
	X(217, getdents64) \
	/* sys/path.c */ \
	X(82, rename) \
	X(83, mkdir) \
	X(84, rmdir) \
	X(86, link) \
	X(87, unlink) \
	X(88, symlink) \
	X(89, readlink) \
	X(258, mkdirat) \
	X(263, unlinkat) \
	X(264, renameat) \
	X(265, linkat) \
	X(266, symlinkat) \
	X(267, readlinkat) \
	X(303, name_to_handle_at) \
	X(304, open_by_handle_at) \
	X(316, renameat2) \
	/* sys/path-attr.c */ \
	X(21, access) \
	X(90, chmod) \
	X(91, fchmod) \
	X(92, chown) \
	X(93, fchown) \
	X(94, lchown) \
	X(132, utime) \
	X(235, utimes) \
	X(260, fchownat) \
	X(261, futimesat) \
	X(268, fchmodat) \
	X(269, faccessat) \
	X(280, utimensat) \
	X(439, faccessat2) \
	X(452, fchmodat2) \
	/* sys/path-xattr.c */ \
	X(188, setxattr) \
	X(189, lsetxattr) \
	X(190, fsetxattr) \
	X(191, getxattr) \
	X(192, lgetxattr) \
	X(193, fgetxattr) \
	X(194, listxattr) \
	X(195, llistxattr) \
	X(196, flistxattr) \
	X(197, removexattr) \
	X(198, lremovexattr) \
	X(199, fremovexattr) \
	/* sys/fd.c */ \
	X(32, dup) \
	X(33, dup2) \
	X(72, fcntl) \
	X(292, dup3) \
	X(436, close_range) \
	/* sys/events.c */ \
	X(282, signalfd) \
	X(283, timerfd_create) \
	X(284, eventfd) \
	X(286, timerfd_settime) \
	X(287, timerfd_gettime) \
	X(289, signalfd4) \
	X(290, eventfd2) \
	/* sys/inotify.c */ \
	X(253, inotify_init) \
	X(254, inotify_add_watch) \
	X(255, inotify_rm_watch) \
	X(294, inotify_init1) \
	/* sys/epoll.c */ \
	X(213, epoll_create) \
	X(232, epoll_wait) \
	X(233, epoll_ctl) \
	X(281, epoll_pwait) \
	X(291, epoll_create1) \
	X(441, epoll_pwait2) \
	/* sys/pipe.c */ \
	X(22, pipe) \
	X(133, mknod) \
	X(259, mknodat) \
	X(293, pipe2) \
	/* sys/socket.c */ \
	X(41, socket) \
	X(42, connect) \
	X(43, accept) \
	X(48, shutdown) \
	X(49, bind) \
	X(50, listen) \
	X(51, getsockname) \
	X(52, getpeername) \
	X(53, socketpair) \
	X(54, setsockopt) \
	X(55, getsockopt) \
	X(288, accept4) \
	/* sys/socket-message.c */ \
	X(44, sendto) \
	X(45, recvfrom) \
	X(46, sendmsg) \
	X(47, recvmsg) \
	X(299, recvmmsg) \
	X(307, sendmmsg) \
	/* sys/shm.c */ \
	X(29, shmget) \
	X(30, shmat) \
	X(31, shmctl) \
	X(67, shmdt) \
	/* sys/sem.c */ \
	X(64, semget) \
	X(65, semop) \
	X(66, semctl) \
	X(220, semtimedop) \
	/* sys/msg.c */ \
	X(68, msgget) \
	X(69, msgsnd) \
	X(70, msgrcv) \
	X(71, msgctl) \
	/* sys/mqueue.c */ \
	X(240, mq_open) \
	X(241, mq_unlink) \
	X(242, mq_timedsend) \
	X(243, mq_timedreceive) \
	X(244, mq_notify) \
	X(245, mq_getsetattr) \
	/* sys/process-memory.c */ \
	X(310, process_vm_readv) \
	X(311, process_vm_writev) \
	X(312, kcmp) \
	/* sys/mempolicy.c */ \
	X(238, set_mempolicy) \
	X(239, get_mempolicy) \
	/* sys/lock.c */ \
	X(73, flock) \
	/* sys/ioctl.c */ \
	X(16, ioctl) \
	/* sys/poll.c */ \
	X(7, poll) \
	X(23, select) \
	X(270, pselect6) \
	X(271, ppoll) \
	/* sys/exec.c */ \
	X(59, execve) \
	X(322, execveat) \
	/* sys/clone.c */ \
	X(56, clone) \
	X(57, fork) \
	X(58, vfork) \
	X(435, clone3) \
	/* sys/pidfd.c */ \
	X(434, pidfd_open) \
	X(438, pidfd_getfd) \
	/* sys/unshare.c */ \
	X(272, unshare) \
	X(308, setns) \
	/* sys/refused.c */ \
	X(101, ptrace) \
	X(155, pivot_root) \
	X(163, acct) \
	X(165, mount) \
	X(166, umount2) \
	X(167, swapon) \
	X(168, swapoff) \
	X(169, reboot) \
	X(172, iopl) \
	X(173, ioperm) \
	X(175, init_module) \
	X(176, delete_module) \
	X(246, kexec_load) \
	X(313, finit_module) \
	X(320, kexec_file_load) \
	X(321, bpf) \
	X(428, open_tree) \
	X(429, move_mount) \
	X(430, fsopen) \
	X(432, fsmount) \
	/* sys/wait.c */ \
	X(61, wait4) \
	X(247, waitid) \
	/* sys/process.c */ \
	X(60, exit) \
	X(153, vhangup) \
	X(158, arch_prctl) \
	X(218, set_tid_address) \
	X(231, exit_group)

#endif

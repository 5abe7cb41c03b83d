# SPDX-License-Identifier: Apache-2.0
"""signals.py SANDBOX-RUN: every signal, to the launcher or to the monitor, while the VM is set up, while
its program runs and when that ends: the run ends, with a status that says how, and no process is left.
TAP on stdout."""

import ctypes
import os
import random
import signal
import subprocess
import sys
import time

RUN = sys.argv[1]
BUSYBOX = "/bin/busybox"
PATIENCE = 15
PR_SET_CHILD_SUBREAPER = 36
# What does not end a process by default, and what can be continued.
HARMLESS = {signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT}
STOPS = {signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
# BusyBox's shell ignores the one, natively too; the launcher, whose readers may go, the other.
IGNORED = {signal.SIGQUIT, signal.SIGPIPE}
SIGNALS = [signal.Signals(n) for n in range(1, 32)]
count = failed = 0


def check(name, wrong):
    global count, failed
    count += 1
    print("%sok %d - %s" % ("not " if wrong else "", count, name), flush=True)
    for line in wrong[:10]:
        print("# " + line)
    failed += bool(wrong)


def children(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def monitor_of(launcher):
    """The first child that the launcher has; the one that tries the jail is gone soon."""
    end = time.monotonic() + 2
    while time.monotonic() < end:
        found = children(launcher.pid)
        if found:
            return found[0]
        if launcher.poll() is not None:
            return None
    return None


def send(pid, number):
    try:
        os.kill(pid, number)
    except (ProcessLookupError, TypeError):
        pass


def start(script, *options):
    return subprocess.Popen([RUN, *options, "--", BUSYBOX, "sh", "-c", script], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0)


def reap(group, patience):
    """Everything of the group; we are the reaper of its orphans. False: somebody stays."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            while os.waitpid(-group, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        time.sleep(0.002)
    return False


def finish(launcher, number, stopped):
    """Its status, having continued what was stopped, and what went wrong."""
    wrong = []
    if stopped:
        time.sleep(0.05)
        for pid in [launcher.pid, *children(launcher.pid)]:
            send(pid, signal.SIGCONT)
    try:
        launcher.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        wrong.append("%s: it hangs" % number.name)
        os.killpg(launcher.pid, signal.SIGKILL)
        launcher.communicate()
    if not reap(launcher.pid, 3):
        wrong.append("%s: a process is left" % number.name)
        os.killpg(launcher.pid, signal.SIGKILL)
    return launcher.returncode, wrong


def to_launcher(number):
    """As the program would end natively, or the launcher itself does."""
    if number in HARMLESS or number in STOPS:
        return {0}
    return {128 + number, -number, 0}


def to_monitor(number):
    """It takes it as no concern of its own, or its end is reported. SIGKILL may be the kernel's."""
    return {0} if number in HARMLESS or number in STOPS else {0, 125, 128 + number}


def setting_up(target):
    wrong, statuses = [], {}
    for number in SIGNALS:
        launcher = start("sleep 0.03")
        pid = launcher.pid if target == "launcher" else monitor_of(launcher)
        time.sleep(random.random() * 0.004)
        send(pid, number)
        status, more = finish(launcher, number, number in STOPS)
        wrong += more + judge(target, number, status)
        statuses[number.name] = status
    check("setting up, to the %s: every signal" % target, wrong)


def running(target):
    wrong = []
    for number in SIGNALS:
        launcher = start("echo here; sleep 0.2")
        launcher.stdout.readline()
        send(launcher.pid if target == "launcher" else monitor_of(launcher), number)
        status, more = finish(launcher, number, number in STOPS)
        wrong += more + judge(target, number, status)
        if target == "launcher" and number not in HARMLESS | STOPS | IGNORED and status == 0:
            wrong.append("%s: the program did not get it" % number.name)
    check("running, to the %s: every signal" % target, wrong)


def ending(target):
    wrong = []
    for number in SIGNALS:
        launcher = start("echo here")
        pid = launcher.pid if target == "launcher" else monitor_of(launcher)
        launcher.stdout.readline()
        send(pid, number)
        status, more = finish(launcher, number, number in STOPS)
        wrong += more + judge(target, number, status)
    check("ending, to the %s: every signal" % target, wrong)


def judge(target, number, status):
    expected = to_launcher(number) if target == "launcher" else to_monitor(number)
    return [] if status in expected else ["%s: status %s" % (number.name, status)]


def killed_launcher():
    """The VM goes with it, at any moment."""
    wrong = []
    for n in range(40):
        launcher = start("while :; do :; done")
        time.sleep(n * 0.0005)
        launcher.kill()
        launcher.communicate()
        if not reap(launcher.pid, 3):
            wrong.append("%.1f ms after the start: the VM stays" % (n * 0.5))
            os.killpg(launcher.pid, signal.SIGKILL)
    check("SIGKILL to the launcher takes the VM with it", wrong)


def stopped_monitor():
    """The clock goes on without it."""
    launcher = start("echo here; sleep 60", "--timeout=300ms")
    launcher.stdout.readline()
    monitor = monitor_of(launcher)
    send(monitor, signal.SIGSTOP)
    begun = time.monotonic()
    status, wrong = finish(launcher, signal.SIGSTOP, False)
    if status != 124:
        wrong.append("status %d" % status)
    check("a stopped monitor does not stop the clock (%.1f s)" % (time.monotonic() - begun), wrong)


def a_storm():
    """Many of them, while the program works: it comes to its end."""
    launcher = start("echo here; i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; echo $i")
    launcher.stdout.readline()
    monitor = monitor_of(launcher)
    end = time.monotonic() + 1
    while launcher.poll() is None and time.monotonic() < end:
        send(monitor, random.choice([signal.SIGUSR1, signal.SIGALRM, signal.SIGSTOP, signal.SIGINT]))
        send(monitor, signal.SIGCONT)
        send(launcher.pid, random.choice([signal.SIGCONT, signal.SIGWINCH]))
    status, wrong = finish(launcher, signal.SIGUSR1, True)
    if status != 0:
        wrong.append("status %d" % status)
    check("a storm of signals to both", wrong)


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    random.seed(1)
    for number in SIGNALS:
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
    for target in ("launcher", "monitor"):
        setting_up(target)
        running(target)
        ending(target)
    killed_launcher()
    stopped_monitor()
    a_storm()
    print("1..%d" % count)
    return failed != 0


sys.exit(main())

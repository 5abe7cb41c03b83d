# SPDX-License-Identifier: Apache-2.0
"""sandbox-run as a job of an interactive bash: keys of the terminal, stopping and going on, the
terminal's mode with --tty whatever happens. Prints TAP.

usage: jobs.py SANDBOX-RUN
"""
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time

RUN = os.path.realpath(sys.argv[1])
PATIENCE = 20  # seconds: a machine may be busy
PROMPT = b"READY$ "


class Failure(Exception):
    pass


class Shell:
    """An interactive bash outside, of which we are the user."""

    def __init__(self):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(TERM="dumb", PS1=PROMPT.decode(), R=RUN)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp("bash", ["bash", "--norc", "--noprofile", "--noediting", "-i"])
        self.expect(PROMPT)

    def expect(self, text):
        end = time.time() + PATIENCE
        while text not in self.seen:
            left = end - time.time()
            data = b""
            if left > 0 and select.select([self.fd], [], [], left)[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    pass
            if not data:
                raise Failure("wanted %r, have %r" % (text, self.seen[-1000:]))
            self.seen += data
        before, self.seen = self.seen.split(text, 1)
        return before

    def type(self, text):
        os.write(self.fd, text if isinstance(text, bytes) else text.encode())

    def start(self, command, ready=b"started"):
        """Types a command, and waits until the program has said that it runs."""
        self.type(command + "\n")
        self.expect(b"\r\n")
        self.expect(ready)

    def start_behind(self, command):
        """In the background: the prompt comes before or after what the program says."""
        self.type(command + " &\n")
        self.expect(b"\r\n")
        both = self.expect(b"started\r\n")
        if PROMPT not in both:
            self.expect(PROMPT)

    def do(self, command):
        self.type(command + "\n")
        self.expect(b"\r\n")
        return self.expect(PROMPT)

    def status(self):
        return int(self.do("echo $?").split()[0])

    def launcher(self):
        """Of the newest job."""
        return int(self.do("jobs -p | tail -n 1").split()[0])

    def mode(self):
        return termios.tcgetattr(self.fd)[:4]

    def comes(self, condition):
        end = time.time() + PATIENCE
        while not condition() and time.time() < end:
            time.sleep(0.02)
        return condition()


def equal(got, wanted):
    if got != wanted:
        raise Failure("got %r, wanted %r" % (got, wanted))


SLEEP = "$R dash -c 'echo start''ed; exec sleep 1000'"
# A child does the waiting: it must hear of the keys, too.
CHILD = "$R dash -c 'echo start''ed; sleep 1000; echo after'"
HANDLES = """$R python3 -c 'import os, signal
def hear(number, frame): os.write(1, b"he" b"ard %d\\n" % number)
for n in signal.SIGINT, signal.SIGTERM, signal.SIGUSR1: signal.signal(n, hear)
print("start" "ed", flush=True)
while True: pass'"""


def interrupt(shell):
    shell.start(SLEEP)
    shell.type(b"\x03")
    shell.expect(PROMPT)
    equal(shell.status(), 130)


def interrupt_a_group(shell):
    shell.start(CHILD)
    shell.type(b"\x03")
    equal(b"after" in shell.expect(PROMPT), False)
    equal(shell.status(), 130)


def quit_key(shell):
    shell.start(SLEEP)
    shell.type(b"\x1c")
    shell.expect(PROMPT)
    equal(shell.status(), 131)


def one_key_is_one_signal(shell):
    shell.start(HANDLES)
    shell.type(b"\x03")
    shell.expect(b"heard 2\r\n")
    time.sleep(0.5)
    shell.type(b"\x03")  # the second within two seconds
    equal(b"heard" in shell.expect(PROMPT), False)
    equal(shell.status(), 130)


def stop_and_go_on(command):
    def act(shell):
        shell.start(command)
        shell.type(b"\x1a")
        shell.expect(b"Stopped")
        shell.expect(PROMPT)
        pid = shell.launcher()
        monitor = int(open(f"/proc/{pid}/task/{pid}/children").read().split()[0])
        for process in pid, monitor:
            equal(open(f"/proc/{process}/stat").read().rsplit(")")[1].split()[0], "T")
        shell.start("fg", b"$R")
        time.sleep(0.3)
        shell.type(b"\x03")
        shell.expect(PROMPT)
        equal(shell.status(), 130)

    return act


def stops_itself(shell):
    shell.start("$R dash -c 'kill -STOP $$; echo went on'", b"Stopped")
    shell.expect(PROMPT)
    shell.start("fg", b"went on\r\n")
    shell.expect(PROMPT)
    equal(shell.status(), 0)


def is_continued_by_its_child(shell):
    shell.start("$R dash -c '(sleep 1; kill -CONT $$) & kill -STOP $$; wait; echo went on'",
                b"went on\r\n")
    equal(b"Stopped" in shell.expect(PROMPT), False)


def stopped_by_kill(shell):
    shell.start_behind(SLEEP)
    shell.do("kill -TSTP %1; sleep 0.5")
    equal(b"Stopped" in shell.do("jobs"), True)
    shell.do("bg; sleep 0.5")
    equal(b"Running" in shell.do("jobs"), True)
    shell.do("kill %1; wait %1")
    equal(shell.status(), 143)


def ended_while_stopped(shell):
    shell.start(SLEEP)
    shell.type(b"\x1a")
    shell.expect(b"Stopped")
    shell.expect(PROMPT)
    shell.do("kill %1; kill -CONT %1; wait %1")
    equal(shell.status(), 143)


def reads_in_the_background(shell):
    shell.type("$R cat &\n")
    shell.expect(PROMPT)
    if not shell.comes(lambda: b"Stopped" in shell.do("jobs")):
        raise Failure("a background reader of the terminal goes on")
    shell.type("fg\n")
    time.sleep(0.3)
    shell.type("hello\n")
    shell.expect(b"hello\r\nhello\r\n")
    shell.type(b"\x04")
    shell.expect(PROMPT)
    equal(shell.status(), 0)


def other_signals(shell):
    shell.start_behind(HANDLES)
    pid = shell.launcher()
    for _ in range(3):
        os.kill(pid, signal.SIGUSR1)
        shell.expect(b"heard 10\r\n")
    os.kill(pid, signal.SIGTERM)
    shell.expect(b"heard 15\r\n")
    shell.do("sleep 0.3; kill %1; wait %1")
    equal(shell.status(), 143)


TTY = "$R --tty dash -c 'echo start''ed; exec sleep 1000'"


def with_the_terminal(shell, act):
    """--tty: in raw mode while it runs; act ends it, and the mode is what it was."""
    before = shell.mode()
    shell.start(TTY)
    equal(shell.comes(lambda: not shell.mode()[3] & (termios.ICANON | termios.ISIG)), True)
    act(shell)
    if not shell.comes(lambda: shell.mode() == before):
        raise Failure("the mode is %r, not %r" % (shell.mode(), before))


def newest():
    """The pids of the launcher and its monitor."""
    pids = subprocess.run(["pgrep", "-f", "^" + RUN + " --tty"], capture_output=True, check=False)
    for pid in map(int, pids.stdout.split()):
        children = open(f"/proc/{pid}/task/{pid}/children").read().split()
        if len(children) == 2:  # the guard was first
            return pid, int(children[1])
    raise Failure("no sandbox-run with a monitor")


def tty_ends(shell):
    def act(shell):
        shell.type(b"\x03")
        shell.expect(PROMPT)

    with_the_terminal(shell, act)
    equal(shell.status(), 130)


def tty_signalled(shell):
    def act(shell):
        os.kill(newest()[0], signal.SIGTERM)
        shell.expect(PROMPT)

    with_the_terminal(shell, act)
    equal(shell.status(), 143)


def tty_monitor_killed(shell):
    def act(shell):
        os.kill(newest()[1], signal.SIGKILL)
        shell.expect(b"the monitor was killed by signal 9")
        shell.expect(PROMPT)

    with_the_terminal(shell, act)
    equal(shell.status(), 125)


def tty_launcher_killed(shell):
    def act(shell):
        pid, monitor = newest()
        os.kill(pid, signal.SIGKILL)
        shell.expect(b"Killed")
        shell.expect(PROMPT)
        equal(shell.comes(lambda: not os.path.exists(f"/proc/{monitor}")), True)

    with_the_terminal(shell, act)
    equal(shell.status(), 137)


def tty_stops(shell):
    def act(shell):
        shell.type(b"\x1a")
        shell.expect(b"Stopped")
        shell.expect(PROMPT)
        equal(shell.mode()[3] & termios.ICANON, termios.ICANON)
        equal(b"out" in shell.do("echo o''ut"), True)  # typed and shown as ever
        shell.type("fg\n")
        shell.expect(b"\r\n")
        equal(shell.comes(lambda: not shell.mode()[3] & termios.ICANON), True)
        shell.type(b"\x03")
        shell.expect(PROMPT)

    with_the_terminal(shell, act)
    equal(shell.status(), 130)


TESTS = [
    ("Ctrl-C ends the program", interrupt),
    ("Ctrl-C reaches its children", interrupt_a_group),
    ("Ctrl-\\ ends it, too", quit_key),
    ("one key is one signal, a second one ends the VM", one_key_is_one_signal),
    ("Ctrl-Z stops, fg goes on", stop_and_go_on(SLEEP)),
    ("with a child, too", stop_and_go_on(CHILD)),
    ("a program that stops itself", stops_itself),
    ("one that its child continues", is_continued_by_its_child),
    ("SIGTSTP by kill, and bg", stopped_by_kill),
    ("a stopped job is ended", ended_while_stopped),
    ("reading in the background stops", reads_in_the_background),
    ("other signals arrive each time", other_signals),
    ("--tty: the mode comes back at the end", tty_ends),
    ("after a signal", tty_signalled),
    ("when the monitor is killed", tty_monitor_killed),
    ("when sandbox-run is killed", tty_launcher_killed),
    ("while it is stopped", tty_stops),
]

print("1..%d" % len(TESTS))
failed = False
for number, (name, test) in enumerate(TESTS, 1):
    try:
        shell = Shell()
        test(shell)
        print("ok %d - %s" % (number, name))
    except (Failure, OSError, ValueError, IndexError) as failure:
        failed = True
        print("not ok %d - %s" % (number, name))
        print("# %s" % failure)
    os.kill(shell.pid, signal.SIGHUP)
    os.close(shell.fd)
    os.waitpid(shell.pid, 0)
    sys.stdout.flush()
sys.exit(failed)

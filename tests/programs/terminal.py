# SPDX-License-Identifier: Apache-2.0
"""Interactive programs in the sandbox, driven through a pseudo terminal; prints TAP.

usage: terminal.py SANDBOX-RUN DIRECTORY
"""
import fcntl
import hashlib
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

RUN, DIRECTORY = sys.argv[1:]
PATIENCE = 20  # seconds: a machine may be busy


class Failure(Exception):
    pass


def set_size(fd, rows, columns):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class Terminal:
    """A program that leads a session on a terminal of 24 by 80, of which we are the user."""

    def __init__(self, *command):
        self.seen = b""  # and not expected yet
        self.log = b""
        terminals.append(self)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            set_size(0, 24, 80)
            os.environ["TERM"] = "xterm"
            os.execvp(command[0], command)

    def more(self, seconds):
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.seen += data
        self.log += data
        return bool(data)

    def expect(self, *texts):
        for text in texts:
            end = time.time() + PATIENCE
            while text not in self.seen:
                left = end - time.time()
                if left < 0 or not self.more(left) and text not in self.seen:
                    raise Failure("wanted %r, have %r" % (text, self.seen[-1000:]))
            self.seen = self.seen[self.seen.index(text) + len(text):]

    def type(self, text, *expected):
        os.write(self.fd, text)
        self.expect(*expected)

    def later(self, text, *expected):
        """Once the program has had time to do what it was told before."""
        time.sleep(0.3)
        self.type(text, *expected)

    def key(self, text, *expected):
        """The same, again and again: who is to get the key may not be in the foreground yet."""
        end = time.time() + PATIENCE
        time.sleep(0.2)
        os.write(self.fd, text)
        again = time.time() + 2
        while expected[0] not in self.seen and time.time() < end:
            self.more(0.1)
            if time.time() > again:
                os.write(self.fd, text)
                again = time.time() + 2
        self.expect(*expected)

    def paste(self, data):
        """More than a terminal takes at once, while it may have something to say."""
        flags = fcntl.fcntl(self.fd, fcntl.F_GETFL)
        fcntl.fcntl(self.fd, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        end = time.time() + PATIENCE
        while data and time.time() < end:
            try:
                data = data[os.write(self.fd, data[:4096]):]
            except BlockingIOError:
                self.more(0.01)
        fcntl.fcntl(self.fd, fcntl.F_SETFL, flags)

    def ends(self, status):
        end = time.time() + PATIENCE
        while time.time() < end:
            while self.more(0.01):
                pass
            pid, got = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.more(0)
                self.pid = 0
                got = os.waitstatus_to_exitcode(got)
                if got != status:
                    raise Failure("status %d, wanted %d; have %r" % (got, status, self.log[-1000:]))
                return
        raise Failure("does not end; have %r" % self.log[-1000:])

    def close(self):
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


terminals = []  # of the test that runs


def inside(*command, options=()):
    return Terminal(RUN, "-q", "--tty", "-e", "TERM=xterm", *options, *command)


def bash():
    """bash --tty: line editing, Ctrl-C, job control, window size"""
    t = inside("/bin/bash", "--norc", "--noprofile", "-i", options=("-e", "PS1=$ "))
    t.expect(b"$ ")
    t.type(b"stty size\r", b"24 80", b"$ ")
    t.type(b"cho one$((1+1))\x01e\r", b"one2", b"$ ")
    t.type(b"abx\x7fc", b"ab")
    t.key(b"\x03", b"^C", b"$ ")
    t.type(b"sleep 100\r", b"\r\n")
    t.key(b"\x03", b"$ ")
    t.type(b"echo rc=$?\r", b"rc=130", b"$ ")
    t.type(b"sleep 100\r", b"\r\n")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"jobs\r", b"[1]+  Stopped", b"$ ")
    t.type(b"fg %1\r", b"sleep 100\r\n")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"bg; jobs; kill %1; wait %1; echo rc=$?\r", b"Running", b"rc=143", b"$ ")
    t.type(b"cat &\r", b"[1] ", b"$ ")
    t.key(b"jobs\r", b"Stopped", b"$ ")
    t.type(b"fg\r", b"cat\r\n")
    t.later(b"hello\r", b"hello\r\nhello\r\n")
    t.type(b"\x04", b"$ ")
    t.type(b"cat | tr a-z A-Z\r", b"\r\n")
    t.later(b"hello\r\x04", b"HELLO", b"$ ")
    t.type(b"sleep 0.1 & fg; echo D''ONE\r", b"\r\nDONE", b"$ ")
    t.type(b"tty; test -t 0 && echo IS''TTY\r", b"/dev/pts/", b"ISTTY", b"$ ")
    t.type(b"trap 'echo WI''NCH' WINCH\r", b"$ ")
    set_size(t.fd, 50, 132)
    t.later(b"stty size\r", b"WINCH", b"50 132", b"$ ")
    t.type(b"exit 5\r")
    t.ends(5)


def dash():
    """dash -i --tty: stops, goes on, is killed"""
    t = inside("/bin/dash", "-i")
    t.expect(b"# " if os.geteuid() == 0 else b"$ ")
    t.type(b"PS1='>'' '\r", b"> ")
    t.type(b"sleep 50\r", b"\r\n")
    t.key(b"\x1a", b"Stopped", b"> ")
    t.type(b"fg\r", b"sleep 50\r\n")
    t.key(b"\x03", b"> ")
    t.type(b"echo rc=$?\r", b"rc=130")
    t.type(b"sleep 40 & kill %1; wait; exit 6\r")
    t.ends(6)


def streams():
    """bash -i on the caller's own terminal, without --tty"""
    t = Terminal(RUN, "-q", "-e", "PS1=$ ", "/bin/bash", "--norc", "-i")
    t.expect(b"$ ")
    t.type(b"sleep 50\n", b"\r\n")
    t.key(b"\x03", b"$ ")
    t.type(b"echo rc=$?\n", b"rc=130", b"$ ")
    t.type(b"stty size; tty\n", b"24 80", b"/dev/pts/", b"$ ")
    t.type(b"sleep 30\n", b"\r\n")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"kill %1; cat &\n", b"$ ")
    t.key(b"jobs\n", b"Stopped", b"cat")
    t.type(b"kill -9 %%; exit 7\n")
    t.ends(7)


def suspended():
    """programs that bash has stopped go on: vim, less, a shell, a pipeline"""
    t = inside("/bin/bash", "--norc", "--noprofile", "-i", options=("-e", "PS1=$ "))
    t.expect(b"$ ")
    t.type(b"vim -u NONE /tmp/file\r", b"/tmp/file")
    t.later(b"itext", b"text")
    t.type(b"\x1b")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"fg\r", b"text")
    t.later(b":q!\r", b"$ ")
    t.type(b"less /etc/passwd\r", b"root")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"fg\r", b"root")
    t.later(b"q", b"$ ")
    t.type(b"PS1='>'' ' bash --norc\r", b"> ")
    t.type(b"suspend\r", b"Stopped", b"$ ")
    t.type(b"fg\r", b"bash --norc\r\n")
    t.later(b"exit\r", b"$ ")
    t.type(b"sleep 50 | cat\r", b"\r\n")
    t.key(b"\x1a", b"Stopped", b"$ ")
    t.type(b"fg\r", b"cat\r\n")
    t.key(b"\x03", b"$ ")
    t.type(b"stty tostop; echo hidden &\r", b"$ ")
    t.key(b"jobs\r", b"Stopped", b"$ ")
    t.type(b"fg\r", b"hidden\r\n", b"$ ")
    t.type(b"exit 9\r")
    t.ends(9)


def outer_shell():
    """a shell outside stops and continues sandbox-run, with --tty and without"""
    t = Terminal("/usr/bin/env", "PS1=> ", "/bin/bash", "--norc", "--noprofile", "-i")
    t.expect(b"> ")
    for option in b"", b"--tty ":
        t.type(b"%s -q %sdash -c \"echo U''P; exec sleep 100\"\r" % (RUN.encode(), option), b"UP")
        t.key(b"\x1a", b"Stopped", b"> ")
        t.type(b"stty -a | grep -c ' icanon'\r", b"1\r\n", b"> ")
        t.type(b"fg\r", b"sleep 100\"\r\n")
        t.key(b"\x03", b"> ")
        t.type(b"echo rc=$?\r", b"rc=130", b"> ")
    t.type(b"exit\r")
    t.ends(0)


def hang_up():
    """the caller's terminal goes away"""
    for program, status in ("trap 'exit 3' HUP", 3), (":", 129), ("trap '' HUP", 4):
        t = inside("/bin/bash", "-c", program + "; echo up; while :; do sleep 0.1; echo up || exit 4; done")
        t.expect(b"up")
        os.close(t.fd)
        t.fd = os.open("/dev/null", os.O_RDONLY)
        end = time.time() + PATIENCE
        got = 0, 0
        while not got[0] and time.time() < end:
            time.sleep(0.01)
            got = os.waitpid(t.pid, os.WNOHANG)
        if not got[0]:
            raise Failure("%s: does not end" % program)
        t.pid = 0
        if os.waitstatus_to_exitcode(got[1]) != status:
            raise Failure("%s: status %d" % (program, os.waitstatus_to_exitcode(got[1])))


def less():
    """less: searches, ends"""
    t = inside("/usr/bin/less", "/etc/passwd")
    t.expect(b"root:")
    t.type(b"/nobody\r", b"nobody")
    t.type(b"G", b"(END)")
    t.type(b"q")
    t.ends(0)


def vim():
    """vim: inserts, saves"""
    path = os.path.join(DIRECTORY, "file")
    t = inside("/usr/bin/vim", "-u", "NONE", path, options=("--rw", DIRECTORY))
    t.expect(b"[New")
    t.type(b"ihello\rworld", b"world")
    t.type(b"\x1b")
    t.later(b"yyp:wq\r")
    t.ends(0)
    with open(path) as file:
        text = file.read()
    if text != "hello\nworld\nworld\n":
        raise Failure("the file is %r" % text)


def top():
    """top: three times, and until q"""
    t = inside("/usr/bin/top", "-n", "3", "-d", "0.2")
    t.expect(b"COMMAND", b"top")
    t.ends(0)
    t = inside("/usr/bin/top")
    t.expect(b"COMMAND")
    t.type(b"q")
    t.ends(0)


def tmux():
    """tmux: a second pane, its keys, its end"""
    t = inside("/usr/bin/tmux", "-f", "/dev/null", "new-session", "-s", "name", "env PS1='> ' dash",
               options=("-e", "SHELL=/bin/dash"))
    t.expect(b"> ")
    t.type(b"echo one$((1+1))\r", b"one2", b"> ")
    t.type(b"tmux split-window \"env PS1='%'' ' dash\"\r", b"% ")
    t.type(b"echo two$((1+1))\r", b"two2", b"% ")
    t.later(b"\x02")
    t.later(b"o")
    t.later(b"tmux list-panes | wc -l; tmux rename-window NA''ME\r", b"2", b"NAME")
    t.later(b"\x02")
    t.later(b"d", b"[detached (from session name)]")
    t.ends(0)


def computing():
    """Ctrl-C and a new size reach a program that computes"""
    t = inside("/usr/bin/python3", "-c", "import os, signal\n"
               "signal.signal(28, lambda *_: print(os.get_terminal_size(0), flush=True))\n"
               "print('up', flush=True)\nwhile True: pass")
    t.expect(b"up")
    set_size(t.fd, 33, 101)
    t.expect(b"columns=101, lines=33")
    t.type(b"\x03", b"KeyboardInterrupt")
    t.ends(130)


def flood():
    """output that nobody looks at stops its writer, and not Ctrl-C"""
    t = inside("/usr/bin/yes")
    time.sleep(0.5)
    t.type(b"\x03")
    time.sleep(0.2)
    t.ends(130)
    if len(t.log) > 200000:
        raise Failure("%d bytes were on their way" % len(t.log))


def paste():
    """300 KB are typed, by lines and raw"""
    t = inside("/bin/dash", "-c", "stty -echo; echo go; wc -c; stty raw; echo raw; head -c 200000 | md5sum")
    t.expect(b"go\r\n")
    t.paste((b"x" * 99 + b"\n") * 1000 + b"\x04")
    t.expect(b"100000", b"raw")
    data = os.urandom(200000)
    t.paste(data)
    t.expect(hashlib.md5(data).hexdigest().encode())
    t.ends(0)


def injection():
    """nothing can be typed into the caller's terminal"""
    program = ("import fcntl, os, termios\n"
               "for fd in 0, 1, 2:\n"
               "    for c in b'evil':\n"
               "        try: fcntl.ioctl(fd, termios.TIOCSTI, bytes([c])); print('TYPED')\n"
               "        except OSError as e: print(e.errno)\n"
               "try: os.open('/dev/tty', os.O_RDWR)\n"
               "except OSError as e: print(e)\n")
    for options in ("--tty",), ():
        t = Terminal("/bin/sh", "-c", '"$@"; echo after; read -r line; echo "line=$line"', "sh",
                     RUN, "-q", *options, "/usr/bin/python3", "-c", program)
        t.expect(b"after")
        if b"TYPED" in t.log:
            raise Failure("TIOCSTI: %r" % t.log)
        t.type(b"good\n", b"line=good")
        t.ends(0)


def pipes():
    """--tty with pipes for streams"""
    def run(text, *command):
        return subprocess.run((RUN, "-q", "--tty") + command, input=text, capture_output=True,
                              timeout=PATIENCE)
    got = run(b"cat\nhello\n", "/bin/dash", "-c", "cat; echo again; cat; tty; stty size; exit 4")
    if (got.returncode, got.stdout) != (4, b"cat\r\nhello\r\ncat\r\nhello\r\nagain\r\n/dev/pts/0\r\n24 80\r\n"):
        raise Failure("%r" % got)
    got = run(b"abc", "/bin/cat")
    if (got.returncode, got.stdout) != (0, b"abcabc"):
        raise Failure("%r" % got)
    got = run(b"", "/usr/bin/seq", "1", "200000")
    want = "".join("%d\r\n" % i for i in range(1, 200001)).encode()
    if got.stdout != want:
        raise Failure("%d bytes of %d" % (len(got.stdout), len(want)))
    shell = subprocess.run(["/bin/bash", "-c", '"$@" | head -1; echo "${PIPESTATUS[0]}"', "bash",
                            RUN, "-q", "--tty", "/usr/bin/yes"], capture_output=True,
                           stdin=subprocess.DEVNULL, timeout=PATIENCE)
    if shell.stdout != b"y\r\n129\n":
        raise Failure("a reader that goes away: %r" % shell)


def take_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
        return [int(child) for child in file.read().split()]


def restored(name, end, status):
    """After that the terminal has its mode again."""
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    process = subprocess.Popen([RUN, "-q", "--tty", "/bin/dash", "-c", "trap '' INT; echo up; read x; sleep 100"],
                               stdin=slave, stdout=slave, stderr=slave, preexec_fn=take_terminal)
    seen = b""
    while b"up" not in seen and select.select([master], [], [], PATIENCE)[0]:
        seen += os.read(master, 100)
    raw = not termios.tcgetattr(slave)[3] & termios.ICANON
    end(process, master)
    got = process.wait(PATIENCE)
    limit = time.time() + PATIENCE
    while termios.tcgetattr(slave) != before and time.time() < limit:
        time.sleep(0.01)
    fine = termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)
    if not raw or not fine or got != status:
        raise Failure("%s: raw %d, restored %d, status %d" % (name, raw, fine, got))


def twice(process, _):
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)


def kill_monitor(process, _):
    for child in children(process.pid):
        os.kill(child, signal.SIGKILL)


def modes():
    """the caller's terminal gets its mode back, whatever happens"""
    restored("a signal inside", lambda p, master: os.write(master, b"\x1c"), 131)
    restored("SIGTERM", lambda p, _: p.terminate(), 143)
    restored("SIGINT twice", twice, 130)
    restored("the launcher is killed", lambda p, _: p.kill(), -9)
    restored("all else is killed", kill_monitor, 125)


def main():
    tests = [bash, dash, streams, suspended, outer_shell, hang_up, less, vim, top, tmux, computing,
             flood, paste, injection, pipes, modes]
    failed = 0
    print("1..%d" % len(tests))
    for number, test in enumerate(tests, 1):
        began, problem = time.time(), None
        try:
            test()
        except (Failure, OSError, subprocess.SubprocessError) as error:
            problem = error
        while terminals:
            terminals.pop().close()
        print("%s %d - %s" % ("not ok" if problem else "ok", number, test.__doc__), flush=True)
        print("# %s: %.1f s" % (test.__name__, time.time() - began))
        if problem:
            print("#   %s" % problem)
            failed = 1
    return failed


sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""leaks.py SANDBOX-RUN: descriptors and environment of the caller, and names of the host, are neither
in the monitor nor in what a program that reads everything finds inside (I13). TAP on stdout."""

import os
import platform
import re
import socket
import subprocess
import sys
import tempfile
import time

RUN = sys.argv[1]
BUSYBOX = "/bin/busybox"
SECRET = "leaked-%d-secret" % os.getpid()
FIRST, LAST = 3, 50
LOOK = r"""
exec 2>&1
echo "## uname"; uname -a; hostname
echo "## environment"; env
echo "## descriptors"; for fd in /proc/self/fd/*; do echo "$fd $(readlink "$fd")"; done
echo "## files"
find /proc /sys -type f | while read -r file; do echo "# $file"; head -c 65536 "$file"; echo; done
find /proc /sys -type l | while read -r link; do echo "# $link $(readlink "$link")"; done
echo "## root"; ls -la / /dev /tmp /home /root /run /var /etc
echo "## end"
"""
count = failed = 0


def check(name, wrong):
    """wrong: what is, and must not be; a list of lines."""
    global count, failed
    count += 1
    print("%sok %d - %s" % ("not " if wrong else "", count, name))
    for line in wrong[:10]:
        print("# " + line[:200])
    failed += bool(wrong)


def open_leaks(directory):
    """Descriptors of every kind at FIRST to LAST, all of which a child inherits."""
    kept = []
    for number in range(FIRST, LAST + 1):
        kind = number % 6
        if kind == 0:
            fd = os.open(os.path.join(directory, SECRET), os.O_RDWR | os.O_CREAT)
        elif kind == 1:
            path = os.path.join(directory, SECRET + "-deleted")
            fd = os.open(path, os.O_RDWR | os.O_CREAT)
            os.unlink(path)
        elif kind == 2:
            fd = os.open(directory, os.O_RDONLY)
        elif kind == 3:
            pair = socket.socketpair()
            kept.append(pair)
            fd = os.dup(pair[0].fileno())
        elif kind == 4:
            kept.append(os.pipe())
            fd = os.dup(kept[-1][0])
        else:
            fd = os.open("/", os.O_PATH)
        if fd != number:
            os.dup2(fd, number)
            os.close(fd)
        os.set_inheritable(number, True)
    return kept


def inside(script, *options):
    env = dict(os.environ, LEAKED_SECRET=SECRET)
    return subprocess.run([RUN, *options, "--", BUSYBOX, "sh", "-c", script], env=env, close_fds=False,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=120).stdout.decode(
                              "utf-8", "replace")


def section(text, name):
    found = re.search(r"^## %s\n(.*?)^## " % name, text, re.S | re.M)
    return found.group(1) if found else None


def lines_with(text, needle):
    return [line for line in text.splitlines() if needle and needle in line]


def monitor_of(launcher):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/status" % pid) as status:
                if re.search(r"^PPid:\s*%d$" % launcher, status.read(), re.M):
                    return int(pid)
        except OSError:
            pass
    return None


def look_inside():
    text = inside(LOOK)
    check("the program looked at everything", [] if "## end" in text and
          len(section(text, "files")) > 10000 else [text[-200:]])
    check("no variable but the policy's", [line for line in section(text, "environment").splitlines()
          if not re.match(r"(PATH|PWD|SHLVL|HOME|TERM|LANG|OLDPWD|USER|_)=", line)] +
          lines_with(text, SECRET))
    # The shell has its own for the glob.
    check("no descriptor but the streams", [line for line in section(text, "descriptors").splitlines()
          if not re.match(r"/proc/self/fd/[0-3] ", line)])
    check("not the host's name", [line for line in section(text, "uname").splitlines()
          if socket.gethostname() in line.split()])
    host = platform.uname()
    check("not the host's kernel", lines_with(text, host.release) + lines_with(text, host.version))
    with open("/proc/sys/kernel/random/boot_id") as file:
        check("not the host's boot id", lines_with(text, file.read().strip()))
    files = section(text, "files")
    check("no process id of the host", [line for line in files.splitlines()
          if re.match(r"# /proc/(%d|%d)/" % (os.getpid(), os.getppid()), line)])
    # A kernel's own addresses, in hexadecimal as Linux prints them.
    check("no pointer of a kernel", re.findall(r"\b(?:0x)?ffff[89a-f][0-9a-f]{11}\b", files))
    check("no mount of the host's", [line for line in lines_with(files, "/dev/") if re.search(
          r"\b(ext4|xfs|btrfs|overlay|nfs|/dev/(vd|sd|nvme|mapper|loop))", line)])
    check("no path outside of the grants", [line for path in (os.getcwd(), tempfile.gettempdir() + "/leaks-")
          for line in lines_with(text, path)])
    user = os.environ.get("USER", "")
    check("not the user's name, but in granted files", [] if user in ("", "root") else
          [line for line in lines_with(files, user)])
    return text


def look_at_monitor(directory):
    launcher = subprocess.Popen([RUN, "--", BUSYBOX, "sh", "-c", "echo here; sleep 20"], close_fds=False,
                                env=dict(os.environ, LEAKED_SECRET=SECRET), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE)
    launcher.stdout.readline()
    monitor = monitor_of(launcher.pid)
    wrong = []
    for fd in sorted(os.listdir("/proc/%d/fd" % monitor), key=int):
        target = os.readlink("/proc/%d/fd/%s" % (monitor, fd))
        if SECRET in target or target.startswith(directory) or target == "/" or "socket:" in target:
            wrong.append("%s -> %s" % (fd, target))
    check("the monitor has none of the caller's descriptors", wrong)
    with open("/proc/%d/environ" % monitor, "rb") as file:
        check("nor its environment", [repr(file.read())] if file.read().strip(b"\0") else [])
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    for _ in range(20):
        if not os.path.exists("/proc/%d" % monitor):
            break
        time.sleep(0.05)


def main():
    if os.getuid() != 0:
        print("1..0 # SKIP only root can look into the monitor")
        return 0
    sys.stdout.reconfigure(line_buffering=True)
    with tempfile.TemporaryDirectory(prefix="leaks-") as directory:
        kept = open_leaks(directory)
        look_inside()
        look_at_monitor(directory)
        del kept
    print("1..%d" % count)
    return failed != 0


sys.exit(main())

#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Interpreters and runtimes with processes, threads, signals and events: python, perl, node, java, Go.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

script 'python: subprocess' /usr/bin/python3 <<'END'
import os, signal, subprocess, sys
run = subprocess.run
print(run(["echo", "hi"], capture_output=True, text=True))
print(run("echo out; echo err >&2; exit 3", shell=True, capture_output=True))
print(run(["cat"], input=b"x" * 300000, stdout=subprocess.PIPE).stdout == b"x" * 300000)
print(run(["sh", "-c", "kill -TERM $$"]).returncode, run(["pwd"], cwd="/usr", capture_output=True).stdout)
print(run(["env"], env={"A": "1"}, capture_output=True).stdout)
for bad in (["nothing-of-this-name"], ["/etc"], ["/etc/passwd"]):
    try:
        run(bad)
    except OSError as e:
        print(type(e).__name__, e.errno)
try:
    run(["sleep", "5"], timeout=0.1)
except subprocess.TimeoutExpired as e:
    print(e.cmd)
try:
    subprocess.check_call(["false"])
except subprocess.CalledProcessError as e:
    print(e)
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
p.stdin.write(b"line\n"); print(p.stdout.readline(), p.poll()); p.stdin.close(); print(p.wait())
a = subprocess.Popen(["seq", "1", "100000"], stdout=subprocess.PIPE)
b = subprocess.Popen(["wc", "-l"], stdin=a.stdout, stdout=subprocess.PIPE); a.stdout.close()
print(b.communicate(), a.wait())
p = subprocess.Popen(["sleep", "10"]); p.terminate(); print(p.wait()); p = subprocess.Popen(["sleep", "10"]); p.kill(); print(p.wait())
p = subprocess.Popen(["sleep", "10"], start_new_session=True); print(os.getsid(p.pid) == p.pid); os.killpg(p.pid, signal.SIGINT); print(p.wait())
p = subprocess.Popen(["sh", "-c", "echo $0"], preexec_fn=lambda: os.nice(3), stdout=subprocess.PIPE); print(p.communicate()[0])
r, w = os.pipe(); p = subprocess.Popen(["sh", "-c", f"echo passed >&{w}"], pass_fds=[w]); os.close(w); print(os.read(r, 100), p.wait())
print(run([sys.executable, "-c", "import sys; print(sys.stdin.read().upper())"], input="deep", capture_output=True, text=True).stdout)
ps = [subprocess.Popen(["sh", "-c", f"exit {i}"]) for i in range(20)]; print([p.wait() for p in ps])
print(os.system("exit 4"), os.popen("echo popen").read(), subprocess.getstatusoutput("echo x; exit 2"))
END

script 'python: multiprocessing' /usr/bin/python3 <<'END'
import multiprocessing as mp, os, sys
from multiprocessing import shared_memory
def square(x): return x * x
def put(q, i): q.put((i, os.getpid() != 0))
def add(v, l, n):
    for _ in range(n):
        with l: v.value += 1
def fail(): raise ValueError("in the child")
def exits(): sys.exit(7)
def echo(c):
    while (x := c.recv()) is not None: c.send(x * 2)
def share(name):
    s = shared_memory.SharedMemory(name); s.buf[0] = 42; s.close()
def meet(b, q): b.wait(); q.put("met")
if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        c = mp.get_context(method)
        with c.Pool(3) as p:
            print(method, p.map(square, range(20)), sum(p.imap_unordered(square, range(100))), p.apply_async(square, (9,)).get(10))
        q = c.Queue(); ps = [c.Process(target=put, args=(q, i)) for i in range(4)]; [p.start() for p in ps]
        print(sorted(q.get(timeout=20) for _ in ps)); [p.join() for p in ps]
        v, l = c.Value("i", 0), c.Lock(); ps = [c.Process(target=add, args=(v, l, 500)) for _ in range(3)]
        [p.start() for p in ps]; [p.join() for p in ps]; print(v.value, [p.exitcode for p in ps])
        p = c.Process(target=exits); p.start(); p.join(); print(p.exitcode)
        a, b = c.Pipe(); p = c.Process(target=echo, args=(b,)); p.start(); a.send([1, 2]); print(a.recv()); a.send(None); p.join()
        s = shared_memory.SharedMemory(create=True, size=4096); p = c.Process(target=share, args=(s.name,)); p.start(); p.join(); print(s.buf[0]); s.close(); s.unlink()
        b, q = c.Barrier(3), c.Queue(); ps = [c.Process(target=meet, args=(b, q)) for _ in range(3)]; [p.start() for p in ps]; print([q.get(timeout=20) for _ in ps]); [p.join() for p in ps]
        e, s = c.Event(), c.Semaphore(2); p = c.Process(target=e.set); p.start(); print(e.wait(20), s.acquire(timeout=1)); p.join()
    with mp.Manager() as m:
        d = m.dict(); p = mp.Process(target=d.update, args=({"k": "v"},)); p.start(); p.join(); print(dict(d))
    p = mp.Process(target=square, args=(1,)); p.start(); p.join(); p.close()
    p = mp.Process(target=meet, args=(mp.Barrier(2), None)); p.start(); p.terminate(); p.join(); print(p.exitcode)
END

script 'python: threading, queue, concurrent.futures' /usr/bin/python3 <<'END'
import concurrent.futures as cf, queue, threading, time, _thread
q, out, lock = queue.Queue(5), [], threading.Lock()
def worker():
    while (x := q.get()) is not None:
        with lock: out.append(x * x)
ts = [threading.Thread(target=worker) for _ in range(8)]; [t.start() for t in ts]
[q.put(i) for i in range(2000)]; [q.put(None) for _ in ts]; [t.join() for t in ts]; print(sum(out))
e = threading.Event(); threading.Timer(0.05, e.set).start(); print(e.wait(5), threading.Event().wait(0.01))
c = threading.Condition(); got = []
def waits():
    with c: c.wait(); got.append(1)
ts = [threading.Thread(target=waits) for _ in range(5)]; [t.start() for t in ts]; time.sleep(0.05)
with c: c.notify(2)
time.sleep(0.05); print(len(got))
with c: c.notify_all()
[t.join() for t in ts]; print(len(got))
b = threading.Barrier(4); ts = [threading.Thread(target=b.wait) for _ in range(3)]; [t.start() for t in ts]; b.wait(); [t.join() for t in ts]; print(b.broken)
spin = True
def spins():
    while spin: pass
t = threading.Thread(target=spins); t.start(); time.sleep(0.1); spin = False; t.join(); print("a spinning thread leaves room")
loc = threading.local(); loc.x = 1; t = threading.Thread(target=lambda: print(hasattr(loc, "x"))); t.start(); t.join()
e = threading.Event(); ts = [threading.Thread(target=e.wait) for _ in range(100)]; [t.start() for t in ts]; print(threading.active_count()); e.set(); [t.join() for t in ts]; print(threading.active_count())
threading.stack_size(1 << 20); t = threading.Thread(target=lambda: (_ for _ in ()).throw(SystemExit)); t.start(); t.join()
with cf.ThreadPoolExecutor(8) as p:
    print(sum(p.map(lambda x: x + 1, range(100)))); fs = [p.submit(pow, 2, i) for i in range(20)]; print(sorted(f.result() for f in cf.as_completed(fs))[-1])
    try: p.submit(lambda: 1 / 0).result()
    except ZeroDivisionError as e: print(e)
with cf.ProcessPoolExecutor(3) as p:
    print(list(p.map(abs, range(-5, 0)))); f = p.submit(divmod, 7, 3); print(f.result(20))
try:
    with cf.ProcessPoolExecutor(2) as p: p.submit(__import__("os")._exit, 3).result(20)
except cf.process.BrokenProcessPool: print("broken pool")
print(_thread.get_native_id() > 1, threading.main_thread() is threading.current_thread())
END

script 'python: asyncio' /usr/bin/python3 <<'END'
import asyncio, os, signal, socket, threading
async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*(asyncio.sleep(0.01 * i, i) for i in range(5))))
    p = await asyncio.create_subprocess_exec("tr", "a-z", "A-Z", stdin=-1, stdout=-1); print(await p.communicate(b"text"), p.returncode)
    p = await asyncio.create_subprocess_shell("sleep 5"); p.kill(); print(await p.wait())
    ps = await asyncio.gather(*(asyncio.create_subprocess_shell(f"exit {i}") for i in range(8))); print(await asyncio.gather(*(p.wait() for p in ps)))
    print(await loop.run_in_executor(None, sum, range(10)), await asyncio.to_thread(lambda: threading.current_thread() is threading.main_thread()))
    async def serve(r, w): w.write((await r.readline()).upper()); await w.drain(); w.close()
    s = await asyncio.start_unix_server(serve, "socket")
    async def ask(i):
        r, w = await asyncio.open_unix_connection("socket"); w.write(b"hi %d\n" % i); x = await r.read(); w.close(); return x
    print(await asyncio.gather(*(ask(i) for i in range(20)))); s.close(); await s.wait_closed()
    got = asyncio.Event(); loop.add_signal_handler(signal.SIGUSR1, got.set); os.kill(os.getpid(), signal.SIGUSR1); await got.wait(); print("signal")
    try: await asyncio.wait_for(asyncio.sleep(5), 0.05)
    except TimeoutError: print("timeout")
    r, w = os.pipe(); f = loop.create_future(); loop.add_reader(r, lambda: f.set_result(os.read(r, 10))); os.write(w, b"pipe"); print(await f)
    a, b = socket.socketpair(); a.setblocking(False); b.setblocking(False); await loop.sock_sendall(a, b"x" * 10); print(await loop.sock_recv(b, 100))
    loop.call_soon_threadsafe(lambda: None); q = asyncio.Queue(); threading.Thread(target=lambda: loop.call_soon_threadsafe(q.put_nowait, "from a thread")).start(); print(await q.get())
    async with asyncio.TaskGroup() as g: t = g.create_task(asyncio.sleep(0, "task"))
    print(t.result())
asyncio.run(main())
END

script 'python: os, signal, select' /usr/bin/python3 <<'END'
import ctypes, errno, faulthandler, fcntl, mmap, os, pty, resource, select, signal, sys, time
def child(f):
    pid = os.fork()
    if pid == 0:
        try: os._exit(f() or 0)
        except BaseException as e: print(e, flush=True); os._exit(99)
    return pid
def ends(f): return os.waitstatus_to_exitcode(os.waitpid(child(f), 0)[1])
print(ends(lambda: 5), ends(lambda: os.kill(os.getpid(), 9)), ends(lambda: os.abort()), ends(lambda: ctypes.string_at(0)))
got = []
signal.signal(signal.SIGUSR1, lambda s, f: got.append(s)); os.kill(os.getpid(), signal.SIGUSR1); print(got)
signal.signal(signal.SIGALRM, lambda s, f: got.append("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.03, 0.02); time.sleep(0.2); signal.setitimer(signal.ITIMER_REAL, 0); print(got.count("alarm") > 3)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); child(lambda: os.kill(os.getppid(), signal.SIGUSR2)); i = signal.sigwaitinfo([signal.SIGUSR2]); print(i.si_signo, i.si_code); os.wait()
print(signal.sigtimedwait([signal.SIGUSR2], 0.05), signal.sigpending())
class T(Exception): pass
def raises(s, f): raise T
signal.signal(signal.SIGALRM, raises); signal.alarm(1)
try: os.read(os.pipe()[0], 1)
except T: print("read was interrupted")
p = child(lambda: os.kill(os.getpid(), signal.SIGSTOP)); print(os.WIFSTOPPED(os.waitpid(p, os.WUNTRACED)[1])); os.kill(p, signal.SIGCONT); print(os.WIFCONTINUED(os.waitpid(p, os.WCONTINUED)[1]), os.waitpid(p, 0)[1])
p = child(lambda: 3); i = os.waitid(os.P_PID, p, os.WEXITED | os.WNOWAIT); print(i.si_status, os.waitpid(p, 0)[1] >> 8, i.si_code)
try: os.wait()
except ChildProcessError: print("no child")
p = child(lambda: time.sleep(5)); print(os.waitpid(p, os.WNOHANG)); fd = os.pidfd_open(p); signal.pidfd_send_signal(fd, signal.SIGTERM); print(select.select([fd], [], [], 5)[0] == [fd], os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
r, w = os.pipe(); print(select.select([r], [w], [], 1) == ([], [w], [])); os.write(w, b"x"); e = select.epoll(); e.register(r, select.EPOLLIN); print(len(e.poll(1))); o = select.poll(); o.register(r); print(o.poll(10)[0][1])
p = child(lambda: os.execve("/bin/sh", ["sh", "-c", "exit $X"], {"X": "7"})); print(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
p = os.posix_spawn("/bin/sh", ["sh", "-c", "echo spawned; exit 2"], os.environ, setpgroup=0); print(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]))
m = mmap.mmap(-1, 4096); ends(lambda: m.write(b"shared") and 0); print(m[:6])
x = bytearray(50 << 20); print(ends(lambda: x.__setitem__(0, 1)), x[0])
p = child(lambda: (os.setpgid(0, 0), time.sleep(5))); time.sleep(0.1); print(os.getpgid(p) == p, os.getpgid(0) != p); os.killpg(p, 15); print(os.waitpid(-p, 0)[1])
print(ends(lambda: os.setsid() != os.getpid()), ends(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10, 10)) or len([os.dup(1) for _ in range(20)])))
r, w = os.pipe(); os.set_inheritable(w, True); p = child(lambda: os.write(w, b"from the child") and 0); print(os.read(r, 100)); os.wait()
pid, fd = pty.fork()
if pid == 0: print("tty", os.isatty(0), os.tcgetpgrp(0) == os.getpgrp()); sys.stdout.flush(); os._exit(4)
print(os.read(fd, 100), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
r, w = os.pipe(); signal.set_wakeup_fd(w, warn_on_full_buffer=False) if os.set_blocking(w, False) is None else 0; os.kill(os.getpid(), signal.SIGUSR1); print(os.read(r, 10))
f = open("lock", "w"); fcntl.lockf(f, fcntl.LOCK_EX); print(ends(lambda: fcntl.lockf(open("lock", "w"), fcntl.LOCK_EX | fcntl.LOCK_NB)))
t = os.times(); u = resource.getrusage(resource.RUSAGE_CHILDREN); print(t.children_user >= 0, u.ru_maxrss > 0, os.getloadavg()[0] >= 0, os.cpu_count() > 0, len(os.sched_getaffinity(0)) > 0)
def tree(n): return n and ends(lambda: tree(n - 1)) + 1
print(tree(20))
ps = [child(lambda i=i: i) for i in range(100)]; print(sum(os.waitstatus_to_exitcode(os.wait()[1]) for _ in ps))
END

SCRIPT_STATUS=6 script 'perl' /usr/bin/perl <<'END'
use strict; use warnings; use POSIX ':sys_wait_h'; use IPC::Open3; use Socket; use IO::Select; use Time::HiRes qw(sleep ualarm); $| = 1;
my $pid = fork // die; if (!$pid) { exit 3 } waitpid $pid, 0; print $? >> 8, "\n";
print `echo backticks; exit 2`; print $? >> 8, "\n"; print system('sh', '-c', 'kill -9 $$'), "\n";
open my $in, '-|', 'seq', 1, 5 or die; print map { $_ * 2, "\n" } <$in>; close $in;
open my $out, '|-', 'tr a-z A-Z' or die; print $out "to a child\n"; close $out;
my $kid = open(my $k, '-|') // die; if (!$kid) { print "from a forked reader\n"; exit 0 } print <$k>; close $k;
my $o3 = open3(my $w, my $r, undef, 'cat'); print $w "open3\n"; close $w; print <$r>; waitpid $o3, 0; print $?, "\n";
my @kids = map { my $n = $_; fork || do { sleep 0.01 * $n; exit $n } } 1 .. 5; my $sum = 0; while ((my $p = wait) > 0) { $sum += $? >> 8 } print "$sum\n";
{ local $SIG{ALRM} = sub { die "alarm\n" }; eval { ualarm 50000; sleep 5; }; print $@; }
my $got = 0; $SIG{CHLD} = sub { $got++ while waitpid(-1, WNOHANG) > 0 }; fork || exit for 1; sleep 0.2; print "$got\n"; $SIG{CHLD} = 'DEFAULT';
socketpair my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die; if (!fork) { close $a; my $l = <$b>; print $b uc $l; exit } close $b; syswrite $a, "through a socket\n"; print scalar <$a>; wait;
pipe my $pr, my $pw; print IO::Select->new($pr)->can_read(0.05) ? "ready\n" : "not ready\n"; syswrite $pw, 'x'; print IO::Select->new($pr)->can_read(1) ? "ready\n" : "not ready\n";
$SIG{TERM} = sub { print "TERM\n" }; kill TERM => $$; $SIG{PIPE} = 'IGNORE'; close $pr; print syswrite($pw, 'x') // "EPIPE: $!", "\n";
exec 'sh', '-c', 'echo executed; exit 6';
END

SCRIPT_STATUS=3 SANDBOX_FLAGS="-m 2GiB" script 'node' /usr/bin/node <<'END'
const fs = require('fs'), cp = require('child_process'), os = require('os'), path = require('path'), net = require('net'), zlib = require('zlib'), crypto = require('crypto');
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads'), { pipeline, Transform } = require('stream'), util = require('util'), events = require('events');
const run = util.promisify(cp.execFile);
(async () => {
  fs.writeFileSync('a', 'x'.repeat(100000)); await fs.promises.appendFile('a', 'tail'); console.log((await fs.promises.stat('a')).size);
  await fs.promises.mkdir('d/e', { recursive: true }); await fs.promises.copyFile('a', 'd/b'); await fs.promises.rename('d/b', 'd/c'); console.log((await fs.promises.readdir('.', { recursive: true })).sort());
  const fh = await fs.promises.open('a', 'r+'); await fh.write('Y', 0); await fh.sync(); await fh.truncate(10); await fh.close(); console.log(fs.readFileSync('a', 'utf8'));
  console.log((await Promise.all([...Array(50).keys()].map(async i => { await fs.promises.writeFile('f' + i, String(i)); return +(await fs.promises.readFile('f' + i, 'utf8')); }))).reduce((a, b) => a + b));
  const watcher = fs.watch('d'); const seen = events.once(watcher, 'change'); fs.writeFileSync('d/watched', ''); console.log((await seen)[1]); watcher.close();
  await util.promisify(pipeline)(fs.createReadStream('/etc/services'), zlib.createGzip(), zlib.createGunzip(), new Transform({ transform(c, _, f) { f(null, c.toString().toUpperCase()); } }), fs.createWriteStream('S')); console.log(fs.readFileSync('S', 'utf8') === fs.readFileSync('/etc/services', 'utf8').toUpperCase());
  const w = 'const { parentPort, workerData } = require("worker_threads"); let s = 0; for (let i = 0; i < workerData.n; i++) s += i % 7; Atomics.add(new Int32Array(workerData.b), 0, 1); parentPort.postMessage(s)';
  const b = new SharedArrayBuffer(4); console.log(await Promise.all([1, 2, 3, 4].map(() => new Promise((y, n) => new Worker(w, { eval: true, workerData: { n: 300000, b } }).on('message', y).on('error', n)))), new Int32Array(b)[0]);
  console.log(cp.execSync('echo hi | tr h H').toString(), (await run('uname')).stdout, cp.spawnSync('sh', ['-c', 'exit 4']).status, cp.spawnSync('cat', { input: 'in' }).stdout.toString());
  const c = cp.spawn('cat'); c.stdin.end('abc'); let o = ''; c.stdout.on('data', x => o += x); console.log((await events.once(c, 'close')), o);
  const k = cp.spawn('sleep', ['10']); k.kill(); console.log(await events.once(k, 'exit')); const n = cp.spawn('nothing-of-this-name'); console.log((await events.once(n, 'error'))[0].code);
  fs.writeFileSync('child.js', 'process.on("message", m => { process.send(m * 2); process.disconnect(); })'); const f = cp.fork('./child.js'); const gone = events.once(f, 'exit'); f.send(21); console.log((await events.once(f, 'message'))[0], await gone);
  console.log((await Promise.all([...Array(10).keys()].map(i => run('sh', ['-c', 'echo ' + i])))).map(r => +r.stdout));
  const sv = net.createServer(x => x.on('data', d => x.end(String(d).toUpperCase()))).listen('sock'); await events.once(sv, 'listening'); const x = net.connect('sock'); x.write('through a socket'); console.log(String((await events.once(x, 'data'))[0])); sv.close();
  console.log((await util.promisify(crypto.pbkdf2)('a', 'b', 1000, 16, 'sha256')).toString('hex')); const awake = setTimeout(() => {}, 20000), u = events.once(process, 'SIGUSR2'); process.kill(process.pid, 'SIGUSR2'); console.log(await u); clearTimeout(awake);
  const t = Date.now(); await new Promise(r => setTimeout(r, 50)); console.log(Date.now() - t >= 49); let i = 0; await new Promise(r => { const v = setInterval(() => ++i === 3 && (clearInterval(v), r()), 5); }); setImmediate(() => console.log('immediate')); process.nextTick(() => console.log('tick'));
  await new Promise(r => setTimeout(r, 5)); process.exitCode = 3; process.on('exit', code => console.log('exit', code)); const a = new AbortController(); cp.execFile('sleep', ['5'], { signal: a.signal }, e => console.log(e.name)); a.abort();
})().catch(e => { console.error(e); process.exit(1); });
END

if [ -x /usr/bin/javac ]; then
	java=$tap_dir/java
	mkdir "$java"
	cat >"$java/Main.java" <<'END'
import java.io.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;

public class Main {
	static long fibonacci(int n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
	public static void main(String[] args) throws Exception {
		System.out.println("hello " + String.join(",", args));
		AtomicLong sum = new AtomicLong();
		Thread[] threads = new Thread[16];
		for (int i = 0; i < threads.length; i++) {
			int n = i;
			threads[i] = new Thread(() -> { for (int k = 0; k < 1000; k++) sum.addAndGet(n); });
			threads[i].start();
		}
		for (Thread t : threads) t.join();
		System.out.println(sum.get());
		ExecutorService pool = Executors.newFixedThreadPool(4);
		List<Future<Long>> results = new ArrayList<>();
		for (int i = 0; i < 20; i++) { int n = i; results.add(pool.submit(() -> fibonacci(n))); }
		for (Future<Long> r : results) System.out.print(r.get() + " ");
		pool.shutdown();
		System.out.println(pool.awaitTermination(10, TimeUnit.SECONDS));
		System.out.println(IntStream.range(0, 100000).parallel().mapToLong(x -> x % 7).sum());
		Path file = Files.createTempFile("x", "y");
		Files.writeString(file, "text ".repeat(1000));
		try (FileChannel c = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			MappedByteBuffer map = c.map(FileChannel.MapMode.READ_WRITE, 0, c.size());
			map.put(0, (byte) 'T');
			map.force();
		}
		System.out.println(Files.readString(file).substring(0, 9) + Files.size(file));
		Process p = new ProcessBuilder("sh", "-c", "cat; exit 5").start();
		p.getOutputStream().write("to a child".getBytes());
		p.getOutputStream().close();
		System.out.println(new String(p.getInputStream().readAllBytes()) + p.waitFor());
		Object lock = new Object();
		Thread waits = new Thread(() -> { synchronized (lock) { try { lock.wait(); } catch (InterruptedException e) { System.out.println("interrupted"); } } });
		waits.start();
		Thread.sleep(50);
		waits.interrupt();
		waits.join();
		List<byte[]> garbage = new ArrayList<>();
		for (int i = 0; i < 2000; i++) { garbage.add(new byte[100000]); if (garbage.size() > 50) garbage.clear(); }
		System.gc();
		try { deep(0); } catch (StackOverflowError e) { System.out.println("stack overflow"); }
		try { Object o = null; o.hashCode(); } catch (NullPointerException e) { System.out.println("null pointer"); }
		Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
		System.exit(6);
	}
	static int deep(int n) { return deep(n + 1) + 1; }
}
END
	javac -d "$java" "$java/Main.java"
	for options in -Xmx64m '-Xint -Xmx64m' '-XX:+UseSerialGC -Xmx64m' '-XX:+UseParallelGC -Xmx64m'; do
		# shellcheck disable=SC2086
		SANDBOX_FLAGS="-m 2GiB --ro $java" SCRIPT_STATUS=6 script "java $options" /usr/bin/java $options -cp "$java" Main </dev/null
	done
	SANDBOX_FLAGS="-m 2GiB" script 'java -version' /usr/bin/java -version </dev/null
	# shellcheck disable=SC2016
	printf '%s\n' 'mkdir out; javac -d out "$1"; java -cp out Main; echo $?' >"$java/compile"
	SANDBOX_FLAGS="-m 2GiB --ro $java" script 'javac' /bin/sh "$java/compile" "$java/Main.java" </dev/null
else
	echo "# no java: not tested"
fi

mkdir "$tap_dir/go"
cat >"$tap_dir/go/main.go" <<'END'
package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	var group sync.WaitGroup
	var lock sync.Mutex
	sum := 0
	for i := 0; i < 200; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			lock.Lock()
			defer lock.Unlock()
			sum += i
		}(i)
	}
	group.Wait()
	channel := make(chan int)
	go func() {
		for i := 0; i < 10000; i++ {
			channel <- i
		}
		close(channel)
	}()
	for v := range channel {
		sum += v
	}
	fmt.Println(sum)
	out, err := exec.Command("sh", "-c", "echo from a child; exit 3").Output()
	fmt.Print(string(out), err, "\n")
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-signals)
	select {
	case <-channel:
	case <-time.After(20 * time.Millisecond):
	}
	listener, err := net.Listen("unix", "socket")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		c, _ := listener.Accept()
		line, _ := bufio.NewReader(c).ReadString('\n')
		fmt.Fprint(c, "got ", line)
		c.Close()
	}()
	c, _ := net.Dial("unix", "socket")
	fmt.Fprintln(c, "a line")
	line, _ := bufio.NewReader(c).ReadString('\n')
	fmt.Print(line)
	var kept [][]byte
	for i := 0; i < 1000; i++ {
		kept = append(kept, make([]byte, 100000))
		if len(kept) > 20 {
			kept = nil
		}
	}
	runtime.GC()
	runtime.GOMAXPROCS(1)
	done := make(chan bool)
	go func() {
		for {
		}
	}()
	go func() { done <- true }()
	fmt.Println("a spinning goroutine starves nobody:", <-done)
	os.WriteFile("file", []byte("text"), 0600)
	data, _ := os.ReadFile("file")
	fmt.Println(string(data), len(os.Args))
	var nobody *int
	defer func() { fmt.Println(recover()); os.Exit(4) }()
	fmt.Println(*nobody)
}
END
if (cd "$tap_dir/go" && HOME=$tap_dir GO111MODULE=off CGO_ENABLED=0 go build -o program main.go); then
	SANDBOX_FLAGS="--ro $tap_dir/go" SCRIPT_STATUS=4 script 'a static Go program' "$tap_dir/go/program" </dev/null
else
	ok 1 'a static Go program is built'
fi
done_testing

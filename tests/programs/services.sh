#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers with their clients in one sandbox: redis over a socket of the file system, sqlite3 used by four at once.
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/script.sh

script 'redis-server over a unix socket, with redis-benchmark' /bin/sh <<'END'
cat >redis.conf <<C
port 0
unixsocket $HOME/socket
dir $HOME
appendonly yes
save ""
io-threads 2
C
redis-server redis.conf >log 2>&1 & server=$!
cli() { redis-cli -s socket "$@"; }
n=0; until [ "$(cli ping 2>&1)" = PONG ]; do n=$((n + 1)); [ $n -lt 100 ] || { cat log; exit 1; }; sleep 0.1; done
cli set key value; cli get key; cli lpush list a b c; cli lrange list 0 -1; cli incr n; cli expire n 100; cli ttl n
redis-benchmark -s socket -q -n 3000 -c 20 -t set,get,lpush,incr | tr '\r' '\n' | grep -c 'requests per second, p50'
redis-benchmark -s socket -q -n 5000 -c 10 -P 16 --threads 2 -t set | tr '\r' '\n' | grep -c 'requests per second, p50'
cli --pipe <<P | tail -n 1
$(i=0; while [ $i -lt 500 ]; do echo "SET k$i v$i"; i=$((i + 1)); done)
P
cli dbsize; cli eval 'return redis.call("get", KEYS[1])' 1 k499; (echo multi; echo incr n; echo incr n; echo exec) | cli
(timeout 1 redis-cli -s socket subscribe c | head -n 6 >heard) & sleep 0.3; cli publish c message; wait $!; cat heard
cli bgsave; n=0; until [ -s dump.rdb ] || [ $n -gt 100 ]; do n=$((n + 1)); sleep 0.05; done; [ -s dump.rdb ] && echo saved
cli bgrewriteaof >/dev/null; n=0; while cli info persistence | grep -q 'aof_rewrite_in_progress:1\|rdb_bgsave_in_progress:1'; do n=$((n + 1)); [ $n -lt 100 ] || break; sleep 0.05; done
cli info persistence | tr -d '\r' | grep 'aof_last_bgrewrite_status\|rdb_last_bgsave_status'
cli shutdown nosave; wait $server; echo "server: $?"
redis-server redis.conf --daemonize yes --pidfile "$HOME/pid" >/dev/null
n=0; until [ "$(cli get key 2>/dev/null)" = value ]; do n=$((n + 1)); [ $n -lt 100 ] || exit 1; sleep 0.1; done
cli dbsize; kill -TERM "$(cat pid)"; n=0; while [ -e pid ] && [ $n -lt 100 ]; do n=$((n + 1)); sleep 0.05; done; ls pid socket 2>&1
redis-check-aof appendonlydir/*.manifest | tail -n 1; redis-check-rdb dump.rdb | grep -c 'RDB looks OK'
END

for mode in delete wal; do
	SCRIPT_ENV="MODE=$mode" script "sqlite3 by four processes at once, $mode" /bin/sh <<'END'
sqlite3 db "pragma journal_mode=$MODE; create table t(who integer, n integer); create table sum(total integer); insert into sum values(0)"
for who in 1 2 3 4; do
	{
		echo '.timeout 60000'
		i=0
		while [ $i -lt 50 ]; do
			echo "begin immediate; insert into t values($who, $i); update sum set total = total + $i; commit;"
			i=$((i + 1))
		done
	} | sqlite3 -batch db &
done
n=0; while [ $n -lt 10 ]; do sqlite3 -cmd '.timeout 60000' db 'select (select count(*) from t) * 0, count(*) from sum'; n=$((n + 1)); done | sort -u
wait
sqlite3 db 'select who, count(*), sum(n) from t group by who; select total from sum; pragma integrity_check; pragma journal_mode'
sqlite3 db 'begin exclusive; select 1;' '.shell sqlite3 db "insert into t values(9, 9)"; echo "locked: $?"' 'commit;' 2>&1 | grep -v near
sqlite3 -cmd '.timeout 2000' db 'begin immediate; insert into t values(7, 7)' '.shell sleep 0.3' 'commit' & sleep 0.1
sqlite3 -cmd '.timeout 5000' db 'insert into t values(8, 8)'; echo $?; wait; sqlite3 db 'select count(*) from t where who > 6'
ls db*
END
done

script 'a server of python over sockets of every kind' /usr/bin/python3 <<'END'
import array, os, socket, socketserver, struct, threading
class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: self.wfile.write(line.upper())
class Threads(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): daemon_threads = True
class Forks(socketserver.ForkingMixIn, socketserver.UnixStreamServer): pass
def ask(path, n):
    s = socket.socket(socket.AF_UNIX); s.connect(path); f = s.makefile("rw")
    for i in range(n): f.write(f"line {i}\n"); f.flush(); assert f.readline() == f"LINE {i}\n"
    s.shutdown(socket.SHUT_RDWR); s.close(); return n
for name, kind in ("threads", Threads), ("forks", Forks):
    server = kind(name, Handler); t = threading.Thread(target=server.serve_forever, args=(0.05,)); t.start()
    ts = [threading.Thread(target=ask, args=(name, 50)) for _ in range(10)]; [x.start() for x in ts]; [x.join() for x in ts]
    server.shutdown(); t.join(); server.server_close(); print(name)
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM); a.send(b"one"); a.send(b"two"); print(b.recv(10), b.recv(10))
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET); a.send(b"packet"); print(b.recv(3), a.close(), b.recv(9))
s = socket.socket(socket.AF_UNIX); s.bind("\0abstract"); s.listen(); c = socket.socket(socket.AF_UNIX); c.connect("\0abstract"); d, _ = s.accept(); print(c.getpeername())
print(struct.unpack("3i", d.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] == os.getpid())
r, w = os.pipe(); socket.send_fds(c, [b"x"], [w]); m, fds, _, _ = socket.recv_fds(d, 10, 1); os.write(fds[0], b"passed"); print(m, os.read(r, 10))
if os.fork() == 0: os.close(fds[0]); d.sendall(b"from a child"); os._exit(0)
print(c.recv(100), os.wait()[1]); d.shutdown(socket.SHUT_WR); print(c.recv(1))
END
done_testing

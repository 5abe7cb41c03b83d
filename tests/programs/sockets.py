# SPDX-License-Identifier: Apache-2.0
"""Servers and clients over AF_UNIX: threads, processes, asyncio, passed files."""
import array
import asyncio
import multiprocessing.connection
import os
import socket
import socketserver
import tempfile
import threading


def threaded(path):
    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            for line in self.rfile:
                self.wfile.write(line[::-1].strip() + b"\n")

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True

    with Server(path, Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        children = []
        for i in range(6):
            pid = os.fork()
            if pid == 0:
                good = True
                with socket.socket(socket.AF_UNIX) as s:
                    s.connect(path)
                    f = s.makefile("rwb")
                    for j in range(50):
                        f.write(b"%d and %d\n" % (i, j))
                        f.flush()
                        good &= f.readline() == (b"%d and %d" % (i, j))[::-1] + b"\n"
                os._exit(0 if good else 1)
            children.append(pid)
        print("threaded", [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children])
        server.shutdown()
        thread.join()
    os.unlink(path)


async def event_loop(path):
    async def serve(reader, writer):
        while data := await reader.read(1000):
            writer.write(data.upper())
            await writer.drain()
        writer.close()

    async def client(i):
        reader, writer = await asyncio.open_unix_connection(path)
        text = f"client {i} " * 20000
        writer.write(text.encode())
        writer.write_eof()
        return (await reader.read()).decode() == text.upper()

    server = await asyncio.start_unix_server(serve, path)
    print("asyncio", await asyncio.gather(*(client(i) for i in range(4))))
    server.close()
    await server.wait_closed()


def passing():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        ours.close()
        message, files, flags, _ = socket.recv_fds(theirs, 100, 4)
        with os.fdopen(files[0], "w") as f:
            f.write("written by the child: " + message.decode())
        os._exit(len(files))
    theirs.close()
    with tempfile.TemporaryFile("w+") as f, tempfile.TemporaryFile() as other:
        socket.send_fds(ours, [b"hello"], [f.fileno(), other.fileno()])
        print("passing", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        f.seek(0)
        print(f.read())
    print(ours.recv(10))


def connections(path):
    with multiprocessing.connection.Listener(path, authkey=b"key") as listener:
        pid = os.fork()
        if pid == 0:
            with multiprocessing.connection.Client(path, authkey=b"key") as c:
                c.send({"numbers": array.array("i", range(10)), "text": "x" * 100000})
                os._exit(c.recv())
        with listener.accept() as c:
            got = c.recv()
            print("connection", sum(got["numbers"]), len(got["text"]))
            c.send(7)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


with tempfile.TemporaryDirectory() as directory:
    threaded(directory + "/t")
    asyncio.run(event_loop(directory + "/a"))
    passing()
    connections(directory + "/c")

# SPDX-License-Identifier: Apache-2.0
# What a program finds of a network of which nothing is up: `loopback: false`, and an empty network namespace.
import errno
import fcntl
import socket
import struct


def say(name, act):
    try:
        result = act()
    except OSError as error:
        result = errno.errorcode.get(error.errno, error.errno)
    print(name, result)


def listen_and_connect(family, anywhere, own):
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind((anywhere, 0))
    server.listen(1)
    socket.socket(family, socket.SOCK_STREAM).connect((own, server.getsockname()[1]))


def bind_and_send(family, anywhere, own):
    server = socket.socket(family, socket.SOCK_DGRAM)
    server.bind((anywhere, 0))
    return socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", (own, server.getsockname()[1]))


for family, anywhere, own, other in (
    (socket.AF_INET, "0.0.0.0", "127.0.0.1", "192.0.2.1"),
    (socket.AF_INET6, "::", "::1", "2001:db8::1"),
):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        for where in (anywhere, own, other):
            name = f"{family.name} {kind.name} {where}:"
            say(f"{name} bind", lambda: socket.socket(family, kind).bind((where, 0)))
            say(f"{name} connect", lambda: socket.socket(family, kind).connect((where, 9)))
            if kind == socket.SOCK_DGRAM and where != anywhere:
                say(f"{name} sendto", lambda: socket.socket(family, kind).sendto(b"x", (where, 9)))
    say(f"{family.name} listen, connect", lambda: listen_and_connect(family, anywhere, own))
    say(f"{family.name} bind, sendto", lambda: bind_and_send(family, anywhere, own))

anything = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for name, request in (
    ("flags", 0x8913),
    ("address", 0x8915),
    ("peer", 0x8917),
    ("broadcast", 0x8919),
    ("netmask", 0x891B),
    ("mtu", 0x8921),
    ("hardware", 0x8927),
    ("index", 0x8933),
):
    say(name, lambda: fcntl.ioctl(anything, request, struct.pack("16s24x", b"lo")).hex())
say("interfaces", socket.if_nameindex)
say("pair", lambda: len(socket.socketpair()))
for name in ("if_inet6", "tcp", "udp6"):
    say(name, lambda: open(f"/proc/self/net/{name}").read().count("\n"))

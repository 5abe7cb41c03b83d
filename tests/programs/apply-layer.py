#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Applies an OCI image layer, as --save-changes writes it, to a copy of the directory.

usage: apply-layer.py LAYER.tar TREE PREFIX: TREE is a copy of what the archive calls PREFIX
"""
import os
import shutil
import sys
import tarfile

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"

archive, tree, prefix = sys.argv[1:4]


def place(name):
    if name == prefix:
        return tree
    assert name.startswith(prefix + "/"), name
    return os.path.join(tree, name[len(prefix) + 1:])


def is_directory(path):
    return os.path.isdir(path) and not os.path.islink(path)


def remove(path):
    if is_directory(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def mtime_ns(member):
    text = member.pax_headers.get("mtime", "%d.000000000" % member.mtime)
    return int(text.replace(".", ""))


def hide(member):
    """A mark about what is below; one about nothing is an error."""
    directory, name = os.path.split(member.name)
    if name == OPAQUE:
        path = place(directory)
        assert os.path.lexists(path), member.name
        remove(path)
        os.mkdir(path)
    elif name.startswith(WHITEOUT):
        path = place(os.path.join(directory, name[len(WHITEOUT):]))
        assert os.path.lexists(path), member.name
        remove(path)


def put(layer, member):
    path = place(member.name)
    if not (member.isdir() and is_directory(path)):
        remove(path)
    if member.islnk():
        os.link(place(member.linkname), path, follow_symlinks=False)
        return
    if member.isdir():
        os.makedirs(path, exist_ok=True)
    elif member.issym():
        os.symlink(member.linkname, path)
    elif member.isfifo():
        os.mkfifo(path)
    else:
        with open(path, "wb") as file:
            shutil.copyfileobj(layer.extractfile(member), file)
    if not member.issym():
        os.chmod(path, member.mode)
    for key, value in member.pax_headers.items():
        if key.startswith("SCHILY.xattr."):
            os.setxattr(path, key[len("SCHILY.xattr."):],
                        value.encode("utf-8", "surrogateescape"), follow_symlinks=False)


with tarfile.open(archive) as layer:
    members = layer.getmembers()
    assert len({m.name for m in members}) == len(members), "a name comes twice"
    for m in members:
        hide(m)
    objects = [m for m in members if not os.path.basename(m.name).startswith(WHITEOUT)]
    for m in objects:
        put(layer, m)
    # Last, and from below: what is put into a directory changes its time.
    for m in reversed(objects):
        os.utime(place(m.name), ns=(mtime_ns(m), mtime_ns(m)), follow_symlinks=False)

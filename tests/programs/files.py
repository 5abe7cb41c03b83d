# SPDX-License-Identifier: Apache-2.0
"""What Python's library does with files: run in a directory that may be written, prints what came of it."""
import hashlib
import mmap
import os
import pathlib
import shutil
import tempfile
import zipfile


def listing(top):
    """Names, kinds and contents below top."""
    for directory, subdirectories, names in sorted(os.walk(top)):
        subdirectories.sort()
        for name in sorted(names):
            path = os.path.join(directory, name)
            if os.path.islink(path):
                print("  link", path, os.readlink(path))
            else:
                data = pathlib.Path(path).read_bytes()
                print("  file", path, len(data), hashlib.sha256(data).hexdigest()[:12])


shutil.copytree("dir", "copied")
shutil.copy2("numbers", "copied/numbers")
shutil.move("copied/sub", "copied/moved")
print("copytree")
listing("copied")

with tempfile.TemporaryDirectory(dir=".") as directory:
    with tempfile.NamedTemporaryFile(dir=directory) as named:
        named.write(b"data" * 1000)
        named.flush()
        print("tempfile", os.path.getsize(named.name))
    with tempfile.TemporaryFile(dir=directory) as anonymous:
        anonymous.write(b"x" * 5000)
        anonymous.seek(4990)
        print("anonymous", anonymous.read())
print("gone", os.path.exists(directory))

with open("mapped", "w+b") as file:
    file.truncate(3 * mmap.PAGESIZE)
    with mmap.mmap(file.fileno(), 0) as shared:
        shared[10:15] = b"hello"
        shared[2 * mmap.PAGESIZE] = 65
        shared.flush()
        file.seek(10)
        print("shared", file.read(5))
    file.seek(0)
    print("written", hashlib.sha256(file.read()).hexdigest()[:12])
    os.pwrite(file.fileno(), b"end", 3 * mmap.PAGESIZE)
    print("size", os.fstat(file.fileno()).st_size)

with zipfile.ZipFile("archive.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr(zipfile.ZipInfo("a.txt"), "text " * 100)
with zipfile.ZipFile("archive.zip") as archive:
    print("zip", archive.namelist(), archive.testzip())

path = pathlib.Path("a/b/c")
path.mkdir(parents=True)
(path / "file").write_text("text")
(path / "file").chmod(0o600)
(path / "link").symlink_to("file")
(path / "hard").hardlink_to(path / "file")
print("pathlib", (path / "link").read_text(), oct((path / "hard").stat().st_mode), (path / "hard").stat().st_nlink)
(path / "file").rename(path / "renamed")
(path / "link").unlink()
os.utime(path / "renamed", ns=(1_000_000_000, 2_000_000_001))
print("times", (path / "hard").stat().st_mtime_ns)
os.replace(path / "hard", "a/replaced")
print("listdir", sorted(os.listdir("a")), sorted(e.name for e in os.scandir(path)))
try:
    os.rmdir("a")
except OSError as error:
    print("rmdir", error.errno)
shutil.rmtree("a")
shutil.make_archive("made", "tar", "dir")
os.unlink("made.tar")
print("disk", shutil.disk_usage(".").total > 0)
listing(".")

"""Power cuts: what a disk holds at a moment is what its file system has handed to it, and nothing else.

A file system of its own lies in a file. What a program wrote and did not sync stays in the kernel's memory
of that file system; a copy of the file, made the moment the program was killed, is the disk after the power
went. Mounting takes root.
"""

import contextlib
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator

# Room for a lab, what a restore keeps beside it, and a copy to look at.
MEBIBYTES = 96


def can_be_played() -> bool:
    """Whether file systems can be made and mounted here."""
    return os.geteuid() == 0 and shutil.which("mkfs.ext4") is not None


def _do(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def _mounted(image: pathlib.Path, at: pathlib.Path) -> Iterator[pathlib.Path]:
    at.mkdir(parents=True, exist_ok=True)
    _do("mount", "-o", "loop", str(image), str(at))
    try:
        yield at
    finally:
        _do("umount", str(at))


def disk_of(folder: pathlib.Path, image: pathlib.Path) -> None:
    """Makes a disk with the content of a folder, all of it synced."""
    with image.open("wb") as file:
        file.truncate(MEBIBYTES << 20)
    _do("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", str(image))
    with _mounted(image, image.with_suffix(".at")) as at:
        for entry in folder.iterdir():
            shutil.copytree(entry, at / entry.name, symlinks=True)


def _copy(image: pathlib.Path, to: pathlib.Path) -> None:
    _do("cp", "--sparse=always", str(image), str(to))


@contextlib.contextmanager
def working(image: pathlib.Path, scratch: pathlib.Path) -> Iterator[pathlib.Path]:
    """A copy of that disk at work in a folder; when that is left, the power goes."""
    scratch.mkdir(parents=True)
    _copy(image, scratch / "disk")
    with _mounted(scratch / "disk", scratch / "at") as at:
        yield at
        _copy(scratch / "disk", scratch / "after")


@contextlib.contextmanager
def after(scratch: pathlib.Path) -> Iterator[pathlib.Path]:
    """The same disk when the power is back."""
    with _mounted(scratch / "after", scratch / "back") as at:
        yield at

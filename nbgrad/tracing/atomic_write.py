"""Writing files atomically: a reader finds the old content or the new, never a part.

The new content goes into a file without a name, where the system has such files, and gets
its name when it is complete: a process that is killed leaves nothing behind. A symbolic link
stays a link, and its target is replaced; a file with several names (hard links), or in a
folder where no file can be made, is written over in place.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
import sys
import tempfile
from pathlib import Path

_PREFIX = ".nbgrad-"


def write_file(path: str | os.PathLike[str], content: str | bytes) -> None:
    """Replace a file's content, or create the file.

    Parameters
    ----------
    path : path
    content : str or bytes
        Text is written as UTF-8; a lone surrogate in it becomes an escape.

    Raises
    ------
    OSError
        If it cannot be written; the file is as it was.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    target = Path(os.path.realpath(path))
    try:
        found = Path(path).stat()  # which refuses a link that leads to itself
    except FileNotFoundError:
        _replace(target, data, 0o666 & ~_umask(), exists=False)
        return
    if not stat.S_ISREG(found.st_mode):  # a pipe or a device; open() refuses a folder
        target.write_bytes(data)
    elif found.st_nlink > 1:
        _write_over(target, data)
    else:
        try:
            _replace(target, data, stat.S_IMODE(found.st_mode), exists=True)
        except PermissionError:
            _write_over(target, data)


def _replace(target: Path, data: bytes, mode: int, *, exists: bool) -> None:
    """Write a new file, and give it the name of the target when it is complete."""
    try:
        handle = os.open(target.parent, os.O_TMPFILE | os.O_WRONLY)
    except (OSError, AttributeError):  # this system, or this file system, has no such files
        _replace_named(target, data, mode)
        return
    try:
        _write_all(handle, data)
        os.fchmod(handle, mode)
        if exists:
            _link_over(handle, target)
        else:
            _link(handle, target)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        _replace_named(target, data, mode)
    finally:
        os.close(handle)


def _link(handle: int, path: Path) -> None:
    """Give a nameless file a name (see open(2), O_TMPFILE)."""
    # With a directory's handle Python calls linkat(), which follows the link in /proc.
    here = os.open(path.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{handle}", path, src_dir_fd=here, follow_symlinks=True)
    finally:
        os.close(here)


def _link_over(handle: int, target: Path) -> None:
    """Give a nameless file the name of one that exists: only a rename replaces a file."""
    temporary = target.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
    try:
        _link(handle, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _replace_named(target: Path, data: bytes, mode: int) -> None:
    """Write a file of another name beside the target, and rename it."""
    handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=target.parent)
    temporary = Path(name)
    try:
        try:
            _write_all(handle, data)
        finally:
            os.close(handle)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _write_over(target: Path, data: bytes) -> None:
    """Write over a file in place; put the old content back if that fails."""
    with target.open("r+b") as file:
        old = file.read()
        try:
            _fill(file.fileno(), data)
        except BaseException:
            _fill(file.fileno(), old)
            raise


def _fill(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write_all(handle, data)
    os.ftruncate(handle, len(data))


def _write_all(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _umask() -> int:
    if sys.platform == "emscripten":  # the first answer there would make a file nobody may read
        return 0o022
    mask = os.umask(0o077)
    os.umask(mask)
    return mask

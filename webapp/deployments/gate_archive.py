"""Unpacks a bundle's archive (.zip, .tar, .tar.gz) into memory, member by member: nothing is written, nothing swells, nothing leads out."""
from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

from webapp.engine import Problem

from .gate_names import REMEDY, clashes, fault_of_path, shown

MAX_FILE, MAX_TOTAL, MAX_FILES = 1_000_000, 20_000_000, 400
MAX_RATIO, RATIO_FROM = 200, 50_000     # how much a member may swell, asked only of those that become that large (bytes)
MAX_PACKED = 20_000_000


class _Stop(Exception):
    """The archive is not worth looking into further."""


def is_archive(name: str) -> bool:
    """Whether a file's name is that of an archive that can be unpacked."""
    return name.lower().endswith((".zip", ".tar", ".tar.gz", ".tgz"))


def unpack_archive(name: str, data: bytes, problems: list[Problem]) -> dict[str, bytes]:
    """Path -> content of every regular file; what is wrong with the archive goes to `problems`."""
    found: dict[str, bytes] = {}
    archive = shown(name)

    def bad(path: str, message: str, remedy: str = "") -> None:
        problems.append(Problem(archive, shown(path) or "file", message, remedy))

    total = count = 0
    try:
        for path, kind, packed, content in _members(name, data):
            count += 1
            if count > MAX_FILES:
                raise _Stop(f"holds more than {MAX_FILES} entries")
            if kind == "folder":
                if fault_of_path(path.rstrip("/")):
                    bad(path, fault_of_path(path.rstrip("/")), REMEDY)
                continue
            if kind != "file":
                bad(path, f"is a {kind}, not a file", "an archive holds plain files and folders only")
                continue
            fault = fault_of_path(path)
            if fault:
                bad(path, fault, REMEDY)
                continue
            if path in found:
                bad(path, "stands twice in the archive")
                continue
            body = content()
            total += len(body)
            if len(body) > MAX_FILE:
                bad(path, f"is larger than {MAX_FILE} bytes")
            elif packed is not None and len(body) > RATIO_FROM and len(body) > MAX_RATIO * max(packed, 1):
                bad(path, f"swells to more than {MAX_RATIO} times its packed size")
            else:
                found[path] = body
            if total > MAX_TOTAL:
                raise _Stop(f"unpacks to more than {MAX_TOTAL} bytes")
    except _Stop as stop:
        bad("", str(stop))
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError, OverflowError, UnicodeError) as error:
        bad("", f"cannot be unpacked: {type(error).__name__}: {str(error)[:200]}")
    problems += clashes(found)
    return found


def _members(name: str, data: bytes) -> Iterator[tuple]:
    """(path, kind, packed size or None, reader) of each member."""
    if len(data) > MAX_PACKED:
        raise _Stop(f"is larger than {MAX_PACKED} bytes")
    if name.lower().endswith(".zip"):
        yield from _zip(data)
        return
    if name.lower().endswith((".gz", ".tgz")):
        packed = len(data)
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            data = stream.read(MAX_TOTAL + 2 * MAX_FILE)
        if len(data) > MAX_TOTAL + MAX_FILE:
            raise _Stop(f"unpacks to more than {MAX_TOTAL} bytes")
        if len(data) > 20 * RATIO_FROM and len(data) > MAX_RATIO * packed:
            raise _Stop(f"swells to more than {MAX_RATIO} times its packed size")
    yield from _tar(data)


def _zip(data: bytes) -> Iterator[tuple]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            raw = info.orig_filename        # as written: zipfile itself cuts at a NUL and turns backslashes
            if info.flag_bits & 0x1:
                raise _Stop(f"{shown(raw)} is encrypted")
            kind = "folder" if raw.endswith("/") else _kind_of(mode) if stat.S_IFMT(mode) else "file"

            def content(info=info) -> bytes:
                with archive.open(info) as stream:
                    return stream.read(MAX_FILE + 1)

            yield raw, kind, info.compress_size, content


def _kind_of(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    return "symbolic link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "device or pipe"


def _tar(data: bytes) -> Iterator[tuple]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            kind = "folder" if member.isdir() else "symbolic link" if member.issym() else "hard link" if member.islnk() else "file" if member.isreg() else "device or pipe"
            if member.issparse():
                kind = "file with holes"

            def content(member=member) -> bytes:
                return archive.extractfile(member).read(MAX_FILE + 1)

            yield member.name, kind, None, content

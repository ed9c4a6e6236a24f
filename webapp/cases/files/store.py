"""Where files lie: by the SHA-256 of their content, outside the database. Written whole or not at all, never changed."""
from __future__ import annotations

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

SHA256 = re.compile(r"[0-9a-f]{64}")
GRACE = 24 * 3600       # seconds, by the file system's own clock, in which a file that no row names yet is left alone


class StoreDamaged(Exception):
    """A file is missing or is not what its hash says."""


class Store(Protocol):
    """What keeps files' content."""

    def put(self, data: bytes) -> str: ...
    def read(self, sha256: str) -> bytes: ...


class DiskStore:
    """Files under `folder`/aa/bb/<sha256>. `put` returns only when the content is on the disk: whoever kills the process loses nothing that was acknowledged."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a content lies. ValueError for anything but 64 hexadecimal digits."""
        if not SHA256.fullmatch(sha256):
            raise ValueError("no SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, data: bytes) -> str:
        """Keep a content; returns its SHA-256. The same content is kept once, whoever brings it, however many at once. OSError when the disk refuses."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        with self._locked(fcntl.LOCK_SH):
            if not self._touch(path, len(data)):
                self._write(path, data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content. StoreDamaged when it is missing or has been changed."""
        try:
            data = self.path(sha256).read_bytes()
        except OSError as error:
            raise StoreDamaged(f"{sha256}: {error.strerror}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreDamaged(f"{sha256}: has been changed")
        return data

    def remove_unnamed(self, named: Callable[[list[str]], set[str]], grace: float = GRACE) -> int:
        """Remove what no row names and nobody has brought for `grace` seconds, and what a crash left half written. `named` says which of some hashes are in use.

        Nobody can bring a content while it is being removed; one that is brought again has become young.
        """
        removed = 0
        for folder in sorted(p for p in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]") if p.is_dir()):
            with self._locked(fcntl.LOCK_EX) as now:
                old = [p for p in folder.iterdir() if now - p.stat().st_mtime > grace]
                hashes = [p.name for p in old if SHA256.fullmatch(p.name)]
                kept = named(hashes) if hashes else set()
                for path in old:
                    if path.name not in kept:
                        path.unlink(missing_ok=True)
                        removed += 1
        return removed

    # -- the disk ----------------------------------------------------------------------------------------------------
    def _touch(self, path: Path, size: int) -> bool:
        """Whether the content is there already; if so it becomes young again."""
        try:
            if path.stat().st_size != size:
                return False
            os.utime(path)
            return True
        except FileNotFoundError:
            return False

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        for folder in (path.parent, path.parent.parent, self.folder):
            _sync_folder(folder)

    @contextmanager
    def _locked(self, how: int) -> Iterator[float]:
        """Bringers share the lock, the remover has it alone. Gives the file system's time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / ".lock", "a+b") as lock:
            fcntl.flock(lock, how)
            os.utime(lock.fileno())
            yield os.fstat(lock.fileno()).st_mtime


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class MemoryStore:
    """For scenarios and tests: gone with the process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = bytes(data)
        return sha256

    def read(self, sha256: str) -> bytes:
        if sha256 not in self.kept:
            raise StoreDamaged(f"{sha256}: missing")
        return self.kept[sha256]

    def remove_unnamed(self, named: Callable[[list[str]], set[str]], grace: float = 0) -> int:
        gone = set(self.kept) - named(list(self.kept))
        for sha256 in gone:
            del self.kept[sha256]
        return len(gone)

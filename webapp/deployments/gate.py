"""The gate: judges a procedure's folder, an archive or a single file in a bounded child process, and says every problem at once. Nothing of it is run here."""
from __future__ import annotations

import base64
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from webapp.engine import Problem

from .bundle import Bundle

SECONDS = 10            # of processor time for one judgement
PATIENCE = 60.0         # seconds to wait for it on a busy machine
MAX_ANSWER = 60_000_000
MAX_TOLD = 500          # problems that are passed on


@dataclass(frozen=True)
class Verdict:
    """What came of it: every problem; and the bundle, complete with what it builds on, where a whole one was judged and is sound."""

    problems: list[Problem] = field(default_factory=list)
    bundle: Bundle | None = None

    @property
    def sound(self) -> bool:
        return not self.problems


def surroundings(content: Path) -> tuple[dict[str, bytes], list[str]]:
    """The unit directories and calendar layers of a content folder, for `Gate`."""
    places = content / "processes" / "directories", content / "processes" / "national" / "calendars"
    return {p.stem: p.read_bytes() for p in sorted(places[0].glob("*.toml"))}, [p.stem for p in sorted(places[1].glob("*.toml"))]


class Gate:
    """Keeps one child ready; use as a context manager. Each judgement runs in a fork of it, which dies when it takes too long or too much."""

    def __init__(self, content: Path, directories: dict[str, bytes] | None = None, calendars: list[str] | None = None, further: tuple[str, ...] = (),
                 seconds: int = SECONDS, patience: float = PATIENCE):
        """`content`: what procedures build on; directories and calendars are its own unless given. `further`: judges of other floors, "module:function"."""
        own = surroundings(content) if directories is None or calendars is None else ({}, [])
        directories, calendars = own[0] if directories is None else directories, own[1] if calendars is None else calendars
        self._request = {"content": str(content), "further": further, "seconds": seconds, "calendars": list(calendars),
                         "directories": {k: base64.b64encode(v).decode() for k, v in directories.items()}}
        self._seconds, self._patience = seconds, patience
        self._child: subprocess.Popen | None = None

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, *args) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.stdin.close()
            child.stdout.close()
            child.wait()

    def judge(self, path: Path | str) -> Verdict:
        """Judge a folder, an archive, a file, or a bundled procedure by its name. Never raises for what is there."""
        name = os.path.basename(str(path)) or str(path)
        try:
            answer = self._ask(str(path))
        except _Dead as dead:
            self.close()
            return Verdict([Problem(name, "file", str(dead), "make it smaller and simpler")])
        if "died" in answer:
            return Verdict([Problem(name, "file", self._cause(answer["died"]), "make it smaller and simpler")])
        if "failed" in answer:
            return Verdict([Problem(name, "file", f"could not be judged: {answer['failed']}", "make it smaller and simpler")])
        problems = [Problem(*map(str, each[:4]), line=each[4]) for each in answer["problems"][:MAX_TOLD]]
        bundle = answer.get("bundle")
        return Verdict(problems, {k: base64.b64decode(v) for k, v in bundle.items()} if bundle is not None and not problems else None)

    def _cause(self, code: int) -> str:
        if -code in (signal.SIGXCPU, signal.SIGKILL):
            return f"takes longer than {self._seconds} seconds to judge"
        if code == 3:
            return "takes more memory to judge than it may"
        return f"could not be judged (the judging process ended with {code})"

    def _ask(self, path: str) -> dict:
        if self._child is None or self._child.poll() is not None:
            self.close()
            environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath, "LANG": "C.UTF-8"}
            self._child = subprocess.Popen([sys.executable, "-m", "webapp.deployments.gate_child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                           env=environment, start_new_session=True)
        try:
            self._child.stdin.write(json.dumps({**self._request, "path": path}).encode("ascii") + b"\n")
            self._child.stdin.flush()
        except OSError as error:
            raise _Dead(f"could not be judged: {error.strerror}") from None
        return json.loads(self._line(time.monotonic() + self._patience))

    def _line(self, until: float) -> bytes:
        parts, size = [], 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            while True:
                left = until - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise _Dead(f"takes longer than {self._patience:g} seconds to judge")
                part = os.read(self._child.stdout.fileno(), 1 << 16)
                if not part:
                    raise _Dead("could not be judged: the judging process has ended")
                parts.append(part)
                size += len(part)
                if size > MAX_ANSWER:
                    raise _Dead("has more wrong with it than can be said")
                if part.endswith(b"\n"):
                    return b"".join(parts)


class _Dead(Exception):
    """The child gave no answer."""


def judge(path: Path | str, content: Path, further: tuple[str, ...] = ()) -> Verdict:
    """Judge one path against a content folder: `Gate` for a single use."""
    with Gate(content, further=further) as gate:
        return gate.judge(path)

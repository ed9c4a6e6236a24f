"""The child that judges: reads requests (one JSON document a line), forks for each, bounds the fork, and answers in one line. Started by gate.py only."""
from __future__ import annotations

import base64
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 1_000_000_000      # bytes of address space


def main() -> None:
    """Serve until standard input ends."""
    import lxml.etree  # noqa: F401  loaded once, before any fork

    from webapp.deployments import gate_judge  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        for module in request["further"]:
            __import__(module.partition(":")[0])
        child = os.fork()
        if child == 0:
            _judge(request)
        _, status = os.waitpid(child, 0)
        if status:
            _write({"died": os.waitstatus_to_exitcode(status)})


def _judge(request: dict[str, Any]) -> None:
    """In the fork: never returns."""
    try:
        _bound(request["seconds"])
        _write(_answer(request))
        os._exit(0)
    except MemoryError:
        os._exit(3)
    except BaseException as error:
        try:
            _write({"failed": f"{type(error).__name__}: {str(error)[:300]}"})
            os._exit(0)
        finally:
            os._exit(4)


def _bound(seconds: int) -> None:
    """Processor time, memory, and nothing written, run or connected to."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_watch)


def _watch(event: str, args: tuple) -> None:
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
                 "os.remove", "os.rename", "os.mkdir", "os.symlink", "os.link", "ftplib.connect", "urllib.Request"):
        raise PermissionError(f"{event} is not for the gate")


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from webapp.deployments.gate import MAX_TOLD
    from webapp.deployments.gate_judge import Surroundings, judge_bundle, judge_file
    from webapp.deployments.gate_lines import line_of
    from webapp.deployments.gate_sources import read_source

    problems: list = []
    kind, files = read_source(Path(request["path"]), Path(request["content"]), problems)
    around = Surroundings({k: base64.b64decode(v) for k, v in request["directories"].items()}, frozenset(request["calendars"]), tuple(request["further"]))
    if kind == "bundle" and files:
        problems += judge_bundle(files, around)
    else:
        problems += [p for name, data in files.items() for p in judge_file(name, data)]
    told = [[p.file, p.element, str(p.message), p.remedy, line_of(p.file, files.get(p.file, b""), p.element, str(p.message))] for p in problems[:MAX_TOLD]]
    bundle = {k: base64.b64encode(v).decode() for k, v in files.items()} if kind == "bundle" and not problems else None
    return {"problems": told, "bundle": bundle}


def _write(answer: dict[str, Any]) -> None:
    data = json.dumps(answer).encode("ascii") + b"\n"
    while data:
        data = data[os.write(1, data):]


if __name__ == "__main__":
    main()

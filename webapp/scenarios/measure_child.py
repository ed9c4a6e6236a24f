"""The child that measures coverage: a packed bundle on standard input, the result as JSON on standard output. Started by measuring.py only."""
from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from webapp.deployments.bundle import unpack

from .coverage import measure
from .sandbox import Sandbox

SECONDS = 600               # of processor time
MEMORY = 2_000_000_000      # bytes of address space


def main() -> None:
    os.nice(10)             # cases go first
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found = measure(Sandbox(Path(sys.argv[1]), unpack(sys.stdin.buffer.read())))
    json.dump(found.to_json(), sys.stdout)


if __name__ == "__main__":
    main()

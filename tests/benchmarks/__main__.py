"""`python -m tests.benchmarks [--quick] [--only abcdef] [--json FILE]`: measures and prints; exits 0 whether bounds are met or not."""
from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys
import time
from pathlib import Path

from . import a_engine, b_http, c_sweep, d_lists, e_bytes, f_calendar
from .places import database_kinds, temporary_folder
from .results import Results, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions and small databases, under a minute: for trying out, not for judging")
    parser.add_argument("--only", default="abcdef", help="which parts, by letter")
    parser.add_argument("--json", type=Path, help="write the results there too")
    asked = parser.parse_args()
    for noisy in ("spiff", "duban"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    results, begun = Results(), time.perf_counter()
    with temporary_folder() as folder, database_kinds(folder, results.note) as kinds:
        parts = {"a": lambda: a_engine.measure(results, kinds[0], asked.quick), "b": lambda: b_http.measure(results, kinds[0], asked.quick),
                 "c": lambda: c_sweep.measure(results, kinds, asked.quick), "d": lambda: d_lists.measure(results, kinds, asked.quick),
                 "e": lambda: e_bytes.measure(results, kinds, asked.quick), "f": lambda: f_calendar.measure(results, kinds, asked.quick)}
        for letter, part in parts.items():
            if letter in asked.only:
                at = time.perf_counter()
                part()
                results.note(f"({letter}) took {time.perf_counter() - at:.0f} s")
    print(table(results))
    if asked.json:
        about = {"python": platform.python_version(), "machine": f"{platform.machine()}, {os.cpu_count()} cores", "quick": asked.quick,
                 "seconds": round(time.perf_counter() - begun)}
        asked.json.write_text(json.dumps({**about, **results.as_json()}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"written to {asked.json}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

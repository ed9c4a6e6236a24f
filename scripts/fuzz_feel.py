"""Throws random expressions at FEEL: by grammar and by mutation of known ones. Each must give a value that JSON can hold, or a FeelError, and soon.

    python scripts/fuzz_feel.py [NUMBER] [--seed SEED] [--slow SECONDS]

Prints what broke that rule, the slowest ones, and how many were run; exits 1 when anything broke it. Not part of the tests: a million takes long.
"""
from __future__ import annotations

import argparse
import json
import random
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.unit.test_feel_hostile import EXPRESSIONS  # noqa: E402
from webapp.feel import FeelError, parse, parse_unary, to_plain  # noqa: E402
from webapp.feel.builtins import FUNCTIONS  # noqa: E402

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
CONTEXT = {"a": 1, "b": "text", "c": {"d": [1, 2, {"e": None}], "f": date(2026, 3, 2)}, "l": list(range(50)), "s": "汉字 a" * 50, "t": True, "n": None, "big": 10**30}
NAMES = [*CONTEXT, "c.d", "c.d[3].e", "c.f", "x", "item", "__class__", "?"]
ATOMS = ["0", "1", "-1", "2.5", "1e30", "10 ** 300", '""', '"a"', '"\\u4e2d"', "null", "true", "false", '@"P1D"', '@"2026-03-02"', '@"P1Y2M"', '@"10:00:00"', '@"2026-03-02T10:00:00@Asia/Shanghai"',
         "[]", "{}", "[1..3]", "(1..3]", "[1, 2, 3]", '{k: 1, "j k": [2]}', '"(a+)+$"', '"[a-z]{2,9}"', '"%s{0}"']
INFIX = [" + ", " - ", " * ", " / ", " ** ", " = ", " != ", " < ", " >= ", " and ", " or ", " in ", " instance of "]
BITS = ["(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "-", "not(", "if ", " then ", " else ", "for x in ", " return ", "some x in ", " satisfies ", " between ", '"', "\\", "@", "\0", "\u202e", "\ud800", "/*", "//",
        "function(x) ", " external ", "\n", "**", "9" * 40, "e99", "＋", "ﬀ"]


def grown(r: random.Random, depth: int) -> str:
    """An expression by the grammar."""
    if depth <= 0 or r.random() < 0.1:
        return r.choice(NAMES if r.random() < 0.5 else ATOMS)
    part = [grown(r, depth - r.randint(1, 3)) for _ in range(3)]
    match r.randrange(12):
        case 0 | 1:
            return f"{part[0]}{r.choice(INFIX)}{part[1]}"
        case 2:
            return f"if {part[0]} then {part[1]} else {part[2]}"
        case 3:
            return f"{r.choice(['for', 'some', 'every'])} x in {part[0]} {r.choice(['return', 'satisfies'])} {part[1]}"
        case 4:
            return f"for x in {part[0]}, y in {part[1]} return {part[2]}"
        case 5:
            return f"({part[0]})[{part[1]}]"
        case 6:
            return "{" + f"k: {part[0]}, m: {part[1]}" + "}." + r.choice(["k", "m", "z"])
        case 7:
            return f"[{', '.join(part)}]"
        case 8:
            return f"({part[0]}) between ({part[1]}) and ({part[2]})"
        case 9:
            return f"-({part[0]})"
        case _:
            return f"{r.choice(CALLS)}({', '.join(part[:r.randint(0, 3)])})"


CALLS = sorted(FUNCTIONS)


def mutated(r: random.Random, pool: list[str]) -> str:
    """A known expression with a few bits cut, doubled, swapped or put in."""
    text = r.choice(pool)[:4_000]
    for _ in range(r.randint(1, 5)):
        at, to = sorted((r.randint(0, len(text)), r.randint(0, len(text))))
        match r.randrange(5):
            case 0:
                text = text[:at] + text[to:]
            case 1:
                text = text[:at] + r.choice(BITS) + text[at:]
            case 2:
                text = text[:to] + text[at:to][:400] + text[to:]
            case 3:
                text = text[:at] + r.choice(ATOMS + NAMES) + text[at:]
            case _:
                other = r.choice(pool)[:4_000]
                text = text[:at] + other[r.randint(0, len(other)):]
    return text[:4_100]


def tried(text: str) -> str | None:
    """What is wrong with how an expression was answered; None where nothing is."""
    for of in (lambda: json.dumps(to_plain(parse.__wrapped__(text).evaluate(CONTEXT, now=NOW)), allow_nan=False), lambda: parse_unary.__wrapped__(text).matches("a", CONTEXT, now=NOW)):
        try:
            answer = of()
        except FeelError:
            continue
        except BaseException as error:
            return f"{type(error).__name__}: {error}"
        if isinstance(answer, str) and any(word in answer for word in ("<class", "built-in", "<function", "object at 0x")):
            return f"answered {answer[:100]}"
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=0.1, help="seconds of processor time from which an expression is said to be slow")
    args = parser.parse_args()
    r, pool, found, slow, began = random.Random(args.seed), list(EXPRESSIONS), 0, [], time.monotonic()  # noqa: S311
    for count in range(1, args.number + 1):
        text = grown(r, r.randint(2, 9)) if count % 2 else mutated(r, pool)
        if count % 4 == 1:
            pool[r.randrange(len(pool))] = text
        start = time.process_time()
        wrong = tried(text)
        took = time.process_time() - start
        if wrong:
            found += 1
            print(f"{wrong}\n    {ascii(text)}", flush=True)
        if took > args.slow:
            slow = sorted([*slow, (took, text)], reverse=True)[:10]
        if count % 50_000 == 0:
            print(f"{count} run, {found} findings, {len(slow)} slow, {time.monotonic() - began:.0f} s", flush=True)
    for took, text in slow:
        print(f"{took * 1000:.0f} ms: {ascii(text)[:300]}")
    print(f"{args.number} expressions, seed {args.seed}: {found} findings, slowest {max([0.0, *(t for t, _ in slow)]) * 1000:.0f} ms")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

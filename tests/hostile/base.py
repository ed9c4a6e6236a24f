"""A sound little procedure to spoil: `spoil` changes one place of one file, once for harm and once for a benign twin."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.shapes.bundles import shape

FORMS = {"handle": ("text", "decision"), "review": ("decision",), "withdraw": ("reason",), "remark": ("text",)}
MANIFEST = """
[actions.withdraw]
by = [{role = "citizen"}]
message = "withdraw"
[actions.remark]
by = [{role = "clerk", unit = "office"}]
effects = [{name = "notify", with = '{role: "clerk", unit: "office", kind: "remark"}'}]
[[actions.remark.refuse]]
when = 'case.status = "closed"'
code = "closed"
zh = "已办结"
[[checks]]
task = "handle"
when = 'answers.handle.text = "" and answers.handle.decision = "reply"'
field = "text"
code = "text_wanted"
zh = "请填写"
"""
MAIN = """
    start s
    task handle clerk office starts=handle ends=handle effect.set={seen: answers.handle.text}
    timer late handle handle overdue
    end told_off effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
    sub body
    start bs
    task review approver office
    end be
    bs -> review
    review -> be
    close
    message gone body withdraw
    gate again
    decide asking extension
    end left effect.tell={kind: "withdrawn"} effect.close={outcome: "withdrawn"}
    end done effect.tell={kind: "replied"} effect.close={outcome: "replied"}
    s -> handle
    late -> told_off
    handle -> asking
    asking -> body
    gone -> left
    body -> again
    again -> handle if answers.review.decision = "rework" and round < 3
    again -> done else
"""
SIDE = """
    start side_s
    task review approver office
    end side_e
    side_s -> review
    review -> side_e
"""
Bundle = dict[str, bytes]
Change = tuple[bytes, bytes] | Callable[[Bundle], None]


@dataclass(frozen=True)
class Pair:
    """One hostile change and its benign twin; `says` must stand in a problem of `file`."""

    file: str
    hostile: Change
    twin: Change
    says: str


@cache
def _base() -> tuple[tuple[str, bytes], ...]:
    return tuple(shape(MANIFEST, {"handle": "5 wd"}, FORMS, main=MAIN, side=SIDE).items())


def base() -> Bundle:
    """The sound bundle, new each time."""
    return dict(_base())


def spoil(pair: Pair, twin: bool) -> Bundle:
    """The bundle with the pair's hostile or benign change."""
    bundle, change = base(), pair.twin if twin else pair.hostile
    if callable(change):
        change(bundle)
    else:
        assert change[0] in bundle[pair.file], (pair.file, change[0])
        bundle[pair.file] = bundle[pair.file].replace(*change, 1)
    return bundle


def write(bundle: Bundle, folder: Path) -> Path:
    """The bundle as a procedure's folder."""
    for name, data in bundle.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder

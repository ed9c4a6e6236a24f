"""Which unit a task's `unit` word means on a given case, and the wall around the reported unit."""
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webapp.engine import Refusal
from webapp.permissions import within

if TYPE_CHECKING:
    from .case_work import CaseWork

_CO = re.compile(r"(?:one_up\()*co\)*")
_CALL = re.compile(r"(\w+)\((.+)\)")


def resolve_unit(work: CaseWork, word: str, item: str | None = None) -> str:
    """The unit's code. RuntimeError when the case has none such: a fault of the definition. Refusal `respondent` when it is walled off."""
    code = _resolve(work, word.strip(), item)
    if code is None or code not in work.directory:
        raise RuntimeError(f"no unit is known for '{word}' on case {work.case.number}")
    refuse_respondent(work, code)
    return code


def _resolve(work: CaseWork, word: str, item: str | None) -> str | None:
    case = work.case
    match word:
        case "office":
            return case.office
        case "assigned":
            return case.assigned
        case "lead":
            return case.lead
        case "co":
            return item
        case "supervising":
            return _resolve(work, work.manifest.supervision.get("unit", "office"), item)
    if word.startswith("vars."):
        return work.state["vars"].get(word.removeprefix("vars."))
    call = _CALL.fullmatch(word)
    if call and call[1] == "one_up":
        inner = _resolve(work, call[2], item)
        above = work.directory.one_up(inner) if inner else None
        return above.code if above else inner
    return word


def units_named(work: CaseWork, word: str) -> list[str]:
    """The units that a word means now, none of them walled off; empty where the case has none such (yet). `co` means each of them."""
    items = work.case.co or [] if _CO.fullmatch(word) else [None]
    found = dict.fromkeys(_resolve(work, word, item) for item in items)
    return [code for code in found if isinstance(code, str) and code in work.directory and not within(code, work.case.respondent)]


def refuse_respondent(work: CaseWork, code: str | None, field: str | None = None) -> None:
    """Refuse a unit that is the reported one or lies below it."""
    if code and within(code, work.case.respondent):
        raise respondent_refusal(field)


def respondent_refusal(field: str | None = None) -> Refusal:
    return Refusal("respondent", "被反映的单位及其下级单位不能办理此件", "The reported unit and the units below it cannot handle this case", field)

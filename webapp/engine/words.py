"""The closed lists that diagrams, tables and manifests draw from (the shared vocabulary of all procedures); what is not listed is a slip of the pen."""
from __future__ import annotations

import re

ROLES = frozenset("intake dispatcher clerk unit_head approver supervisor revisitor leader policy admin auditor citizen".split())
OUTCOMES = frozenset("""replied rejected redirected merged withdrawn supplement_timeout uncooperative litigation settled unverifiable discipline unlawful by_law
final_reply answered published""".split())
TOLD = frozenset("""filed accepted rejected redirected supplement_wanted dispatched merged extended progress interim replied rate_wanted closed
withdrawn""".split())
TYPES = frozenset("consult help complaint report suggestion service".split())
CHANNELS = frozenset("""web qr letter email enterprise_link foreign_investor city phone window wechat grid city_mgmt four_governance video warning hotline_12345
province other_platform""".split())
EFFECTS = frozenset("""assign entrust dispatch respondent set tell notify close reopen round merge extend open supervise supervised send ledger rectify
pause resume""".split())
SEND = frozenset({"message", "to"})                     # what `effect.send` may say: a key slipped would send it to the main instance
UNIT_WORDS = frozenset("office assigned lead co citizen supervising".split())
UNIT_REMEDY = "office, assigned, lead, co, citizen, supervising, one_up(…), vars.NAME, or a unit's code"
PROPERTIES = frozenset("en article role unit task form starts ends each deadline moment ends_with holds decision".split())
OPENED_BY = frozenset({"clock", "hand"})                # a supervision

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)                  # of a task, a form, a decision, a deadline, an action
UNIT_CODE = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*", re.ASCII)
MOMENT = re.compile(r"yellow|last_day|overdue|(?:overdue )?every [1-9][0-9]{0,2} ?(?:wd|d|w)", re.ASCII)
ONE_UP = re.compile(r"one_up\((.{1,200})\)", re.ASCII)


def is_unit_word(text: str) -> bool:
    """Whether a `unit` is one of the words, `vars.NAME`, `one_up(…)` of one, or at least looks like a unit's code."""
    for _ in range(6):
        above = ONE_UP.fullmatch(text)
        if above is None:
            break
        text = above[1]
    return text in UNIT_WORDS or (text.startswith("vars.") and NAME.fullmatch(text[5:]) is not None) or is_unit_code(text)


def is_unit_code(text: str) -> bool:
    """Whether a text is written like a unit's code; whether there is such a unit, a directory says."""
    return text not in UNIT_WORDS and len(text) <= 200 and UNIT_CODE.fullmatch(text) is not None


def unit_code_in(text: str) -> str | None:
    """The unit's code that a `unit` names itself, inside `one_up(…)` too; None where it is a word."""
    while (above := ONE_UP.fullmatch(text)) is not None:
        text = above[1]
    return text if is_unit_code(text) else None

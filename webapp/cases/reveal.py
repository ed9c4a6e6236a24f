"""Who the claimant is: masked until somebody on the case says why they must know, which the ledger keeps."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from webapp.models import Case, LedgerEntry
from webapp.permissions import Person, may_see

from .case_work import CaseWork
from .do_task import check_wall
from .environment import Environment
from .errors import Invalid, NotFound, refuse

OPEN_FOR = timedelta(minutes=30)        # local: how long a stated reason holds
SHORTEST = 4                            # characters of a reason
WITHHELD = "****"
MASKED = ("claimant_name", "claimant_phone", "claimant_email", "claimant_id_number", "claimant_address")


def reveal(env: Environment, case_id: int, reason: str, person: Person) -> None:
    """Enter in the ledger that the person sees the claimant's data now, and why.

    NotFound, Refusal `confidential` (the claimant asked for it and the person's units did not receive the case), Invalid without a reason. The door commits.
    """
    work = CaseWork.open(env, case_id, person)
    check_wall(work)
    if not may_see(person, case_id):
        raise NotFound()
    if not may_reveal(work.case, person):
        raise refuse("confidential", "留言人要求保密，只有受理机关可以查看其信息", "The writer asked for confidentiality; only the receiving office may see who it is")
    reason = " ".join(str(reason or "").split())
    if len(reason) < SHORTEST:
        raise Invalid([("reason", "required", "请写明查看的理由", "Say why you need to see it")])
    work.ledger.unit = next((h.unit for h in person.holdings), None)
    work.ledger.write("revealed", {"reason": reason[:500]})
    work.flush()


def may_reveal(case: Case, person: Person) -> bool:
    """Whether the person may ask to see who the claimant is, given that they may see the case."""
    return not case.confidential or any(h.unit == case.office for h in person.holdings)


def revealed_at(entries: Iterable[LedgerEntry], person: Person, now: datetime) -> datetime | None:
    """When the person last gave a reason that still holds, or None."""
    found = [e.at for e in entries if e.kind == "revealed" and e.actor == person.login and e.at > now - OPEN_FOR]
    return max(found, default=None)


def shown(case: Case, person: Person, content: dict[str, Any]) -> dict[str, Any]:
    """What the citizen wrote as the person sees it unrevealed: the claimant's data masked (张**, 138****01), or nothing of them where they are not to know."""
    if may_reveal(case, person):
        return {key: mask(key, value) if key in MASKED else value for key, value in content.items()}
    return {key: WITHHELD if key.startswith("claimant_") and key != "claimant_kind" and value else value for key, value in content.items()}


def mask(key: str, value: Any) -> Any:
    """One value masked, so that it can be told apart but not used."""
    text = str(value or "")
    if not text:
        return value
    if key == "claimant_name":
        return text[0] + "**"
    if key == "claimant_email":
        name, at, domain = text.partition("@")
        return f"{name[:1]}***{at}{domain}"
    if key == "claimant_phone" and len(text) >= 7:
        return f"{text[:3]}****{text[-2:]}"
    return text[:1] + "****"

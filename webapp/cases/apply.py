"""Carries out, on the rows of a case, what the engine's nodes had as effects."""
from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from webapp.domain.clock import local_date
from webapp.engine import Effect, Outcome, Refusal
from webapp.models import Case, Message, Outbox, StaffNotice, Supervision, db
from webapp.permissions import within

from .clocks import as_date
from .record import LedgerWriter
from .resolve import refuse_respondent, resolve_unit, respondent_refusal, units_named

if TYPE_CHECKING:
    from webapp.engine.manifest import Manifest

    from .case_work import CaseWork


def apply_effects(work: CaseWork, outcome: Outcome) -> None:
    """Every effect of the outcome, in order; then what ended with them."""
    for effect in outcome.effects:
        HANDLERS[effect.name](work, effect.data, effect)
    for instance, process in outcome.cancelled:
        row = next((s for s in work.supervisions if s.instance == instance), None)
        if row is not None:
            row.status, row.closed_at = "withdrawn", work.now
            work.ledger.write("supervision_withdrawn", {"trigger": row.trigger}, actor="system")
        else:
            work.ledger.write(f"{process}_cancelled", {}, actor="system")


def _assign(work: CaseWork, data: dict, effect: Effect) -> None:
    refuse_respondent(work, data.get("unit"), "unit")
    work.case.assigned = data.get("unit")
    if data.get("unit"):
        work.show_to(data["unit"], "assigned")


def _entrust(work: CaseWork, data: dict, effect: Effect) -> None:
    if data.get("unit"):
        refuse_respondent(work, data["unit"], "unit")
        work.show_to(data["unit"], "entrusted")
        _notice(work, data["unit"], data.get("role", "approver"), data.get("kind", "entrusted"), {})


def _dispatch(work: CaseWork, data: dict, effect: Effect) -> None:
    lead, co = data.get("lead"), list(dict.fromkeys(data.get("co") or []))
    refuse_respondent(work, lead, "lead_unit")
    for code in co:
        refuse_respondent(work, code, "co_units")
    if lead in co:
        raise Refusal("lead_twice", "牵头单位不能同时是协办单位", "The lead unit cannot assist itself", "co_units")
    work.case.lead, work.case.co = lead, co
    for code, relation in [(lead, "lead"), *((c, "co") for c in co)]:
        if code:
            work.show_to(code, relation)


def _respondent(work: CaseWork, data: dict, effect: Effect) -> None:
    code, case = data["unit"], work.case
    if any(within(unit, code) for unit in (case.office, case.assigned, case.lead, *(case.co or []))):
        raise respondent_refusal("respondent")
    case.respondent = code
    show_to_supervisors(work)           # it may be another body now


def show_to_supervisors(work: CaseWork) -> None:
    """Who supervises the handling sees the case from the beginning: how else could they order supervision by hand."""
    for code in units_named(work, "supervising"):
        work.show_to(code, "supervising")


def _tell(work: CaseWork, data: dict, effect: Effect) -> None:
    tell(work, str(data.get("kind")), {k: v for k, v in data.items() if k != "kind" and v is not None})


def tell(work: CaseWork, kind: str, data: dict[str, Any]) -> None:
    """Tell the citizen: on the case's public page, and by mail where an address was left. A date in a year not announced yet is marked."""
    due = as_date(data.get("due"))
    if due is not None and work.calendar.provisional_between(local_date(work.now), due):
        data = {**data, "provisional": True}
    work.told.append(kind)
    work.new_rows.append(Message(case_id=work.case.id, kind=kind, at=work.now, data=data))
    address = work.case.email
    if address:
        work.new_rows.append(Outbox(case_id=work.case.id, channel="mail", payload={"to": address, "kind": kind, "number": work.case.number, **data},
                                    next_at=work.now, created_at=work.now, state="waiting", attempts=0))


def _notify(work: CaseWork, data: dict, effect: Effect) -> None:
    code = resolve_unit(work, str(data.get("unit", "assigned")))
    _notice(work, code, str(data.get("role", "clerk")), str(data.get("kind", "notice")), {k: v for k, v in data.items() if k not in ("unit", "role", "kind")})


def _notice(work: CaseWork, code: str, role: str, kind: str, data: dict[str, Any]) -> None:
    work.new_rows.append(StaffNotice(case_id=work.case.id, unit_id=work.env.registry.unit_id(code), role=role, kind=kind, at=work.now, data=data))


def _rectify(work: CaseWork, data: dict, effect: Effect) -> None:
    """A notice to the unit told to put something right: it names neither case nor complainant, and no row leads back to them."""
    unit_id = work.env.registry.unit_id(str(data.get("unit")))
    if unit_id is None:
        raise Refusal("unknown_unit", "没有这个单位", "There is no such unit", "unit")
    work.new_rows.append(StaffNotice(case_id=None, unit_id=unit_id, role="unit_head", kind="rectification", at=work.now, data={"text": str(data.get("text", ""))}))


def _close(work: CaseWork, data: dict, effect: Effect) -> None:
    case = work.case
    case.status, case.outcome, case.closed_at = "closed", data.get("outcome"), work.now
    work.ledger.write("closed", {"outcome": case.outcome})
    if "archive" not in work.deployed.definition.tasks():       # else a person does it
        work.ledger.write("archive", {"entries": case.ledger_seq}, actor="system")


def _reopen(work: CaseWork, data: dict, effect: Effect) -> None:
    work.case.status, work.case.outcome, work.case.closed_at = "open", None, None
    work.ledger.write("reopened", data)


def _merge(work: CaseWork, data: dict, effect: Effect) -> None:
    target = find_merge_target(work.case, str(data.get("case")))
    if target is None or (target.status == "closed" and target.closed_at < recent_since(work)):
        raise Refusal("unknown_case", "没有这个编号的可并件案件", "There is no case of that number to merge into", "case")
    work.case.merged_into = target.number
    writer = LedgerWriter(target, work.env.ledger_key, work.now, work.ledger.actor, work.ledger.unit)
    writer.write("merged_here", {"case": work.case.number})
    work.ledger.rows += writer.rows


def recent_since(work: CaseWork) -> datetime:
    """From when on a closed case still takes a repeat: as the manifest says, else 90 days (local)."""
    return work.now - timedelta(days=recent_days(work.manifest))


def recent_days(manifest: Manifest) -> int:
    return manifest.raw.get("duplicates", {}).get("days", 90)


def find_merge_target(case: Case, number: str) -> Case | None:
    """The case of that number (or the one it was itself merged into), locked; None when it cannot take this one."""
    for _ in range(20):
        target = db.session.scalar(select(Case).where(Case.number == number).with_for_update())
        if target is None or target.id == case.id or target.procedure != case.procedure:
            return None
        if target.merged_into is None:
            return target
        number = target.merged_into
    return None


def _extend(work: CaseWork, data: dict, effect: Effect) -> None:
    deadline = work.clocks.latest(data["deadline"])
    event = deadline.events[-1]
    work.ledger.write("extended", {"deadline": data["deadline"], "old": event.get("old"), "due": event.get("due"), "article": deadline.article,
                                   "provisional": deadline.provisional or None})


def _pause(work: CaseWork, data: dict, effect: Effect) -> None:
    deadline = work.clocks.latest(data["deadline"])
    work.ledger.write("paused", {"deadline": data["deadline"], "text": data.get("reason"), "article": deadline.article})


def _resume(work: CaseWork, data: dict, effect: Effect) -> None:
    deadline = work.clocks.latest(data["deadline"])
    work.ledger.write("resumed", {"deadline": data["deadline"], "text": data.get("reason"), "due": str(deadline.due), "article": deadline.article,
                                  "provisional": deadline.provisional or None})


def _supervise(work: CaseWork, data: dict, effect: Effect) -> None:
    deadline = work.clocks.latest(data["deadline"]) if data.get("deadline") else None
    unit = data.get("unit") or work.case.lead or work.case.assigned or work.case.office
    again = any(s.status == "open" for s in work.supervisions)
    row = Supervision(case_id=work.case.id, instance=data["instance"], trigger=data.get("trigger", ""), mode=data.get("mode") or "", unit=unit,
                      deadline=data.get("deadline"), deadline_n=deadline.n if deadline else None, status="open", opened_at=work.now)
    work.supervisions.append(row)
    work.new_rows.append(row)
    work.ledger.write("supervision_opened", {"trigger": row.trigger, "mode": row.mode, "unit": unit, "deadline": row.deadline, "again": again})
    if deadline is None:        # of a limit that was missed the unit is told by the reminders
        _notice(work, unit, "unit_head", "supervised", {"text": data.get("instruction")})


def _supervised(work: CaseWork, data: dict, effect: Effect) -> None:
    row = next((s for s in work.supervisions if s.instance == effect.instance), None)
    if row is not None:
        row.status, row.closed_at = "done", work.now


def _ledger(work: CaseWork, data: dict, effect: Effect) -> None:
    work.ledger.write(str(data.pop("kind", "note")), data)


def _nothing(work: CaseWork, data: dict, effect: Effect) -> None:
    """The engine keeps this itself."""


HANDLERS = {
    "assign": _assign, "entrust": _entrust, "dispatch": _dispatch, "respondent": _respondent, "tell": _tell, "notify": _notify, "close": _close,
    "reopen": _reopen, "merge": _merge, "extend": _extend, "supervise": _supervise, "supervised": _supervised, "ledger": _ledger, "round": _nothing, "rectify": _rectify,
    "pause": _pause, "resume": _resume,
}

"""A deadline's proof as one document: every day from its start to its due date, why it counts or not, by which rule, and all that happened to it.

Every door renders this one. While the deadline runs it is computed by the calendar as it is now, and says so where the stored date rests on another version;
once it has ended, by the version with which it did: what holds is what was counted then.
"""
from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from webapp.deployments.registry import Deployed
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.counting_rules import rules_of
from webapp.domain.deadlines import Deadline
from webapp.domain.trace import day_json
from webapp.models import Case, DeadlineRow, db
from webapp.permissions import Actor, Citizen, Person, visible_cases

from .environment import Environment
from .errors import NotFound
from .proof_history import History

START = {"why": "start", "label": "开始当日", "label_en": "The starting day"}


def prove_deadline(env: Environment, actor: Actor, number: str, name: str, n: int | None = None) -> dict[str, Any]:
    """The proof of a case's `n`-th deadline of that name (the last one unless given), JSON-safe. NotFound where the actor may not know of it.

    A person sees what `visible_cases` gives; a citizen the case of their code, with unit and role in place of people's names.
    """
    case = db.session.scalar(_may_know(actor).where(Case.number == number))
    if case is None:
        raise NotFound()
    rows = db.session.scalars(select(DeadlineRow).where(DeadlineRow.case_id == case.id, DeadlineRow.name == name).order_by(DeadlineRow.n)).all()
    row = next((r for r in reversed(rows) if n in (None, r.n)), None)
    if row is None:
        raise NotFound()
    deployed = env.registry.deployed(case.deployment_id)
    deadline = Deadline.from_json(row.doc)
    names = not isinstance(actor, Citizen)
    events = History(env.registry, deployed, case.id, deadline, names).events()
    calendar = env.registry.calendar_of_version(row.calendar, deadline.calendar_version) if deadline.ended else env.registry.calendar(row.calendar)
    return {**_document(env, case, deployed, deadline, calendar, events), "numbers": [r.n for r in rows], "names": names}


def _may_know(actor: Actor):
    if isinstance(actor, Person):
        return visible_cases(actor)
    return select(Case).where(Case.id == actor.case_id) if isinstance(actor, Citizen) else select(Case)


def _document(env: Environment, case: Case, deployed: Deployed, deadline: Deadline, calendar: Calendar, events: list[dict]) -> dict[str, Any]:
    manifest, now = deployed.manifest, env.now()
    legs = deadline.legs(calendar)
    computed = legs[-1].due if deadline.due else None          # none while it stands still, nor where it ended so
    days = days_of(deadline, events, calendar)
    entry = manifest.deadlines.get(deadline.name, {})
    asking = next((a for a in manifest.actions.values() if a.deadline == deadline.name and a.opens), None)
    first = deadline.events[0]
    years = sorted({int(day["date"][:4]) for day in days if day["provisional"]})
    return {
        "case": case.number, "title": case.title, "procedure": manifest.id, "procedure_name": _both(manifest.title), "document": _both(manifest.document),
        "deadline": deadline.name, "n": deadline.n, "name": _both(entry, deadline.name), "at": now.isoformat(), "today": local_date(now).isoformat(),
        "status": deadline.status(now), "light": deadline.light(now, calendar), "days_left": deadline.days_left(now, calendar),
        "span": first["span"], "until": first["until"], "urgent": bool(first["until"] and entry.get("urgent_by_date")), "article": deadline.article, "local": bool(deadline.local),
        "says": _says(deployed, deadline), "started_at": first["at"], "start": first["on"], "due": _day(computed), "original_due": deadline.original_due.isoformat(),
        "recorded_due": _day(deadline.due), "ended_at": deadline.events[-1]["at"] if deadline.ended else None, "total": sum(leg.total for leg in legs),
        "extensions": deadline.extensions, "provisional": bool(years), "provisional_years": years, "agrees": computed == deadline.due,
        "calendar": {"id": calendar.id, "layers": [{"id": each.id, "zh": each.name_zh, "en": each.name_en} for each in calendar.layers], "version": calendar.version,
                     "recorded_version": deadline.calendar_version, "changed": calendar.version != deadline.calendar_version},
        "rules": [rule.to_json() for rule in rules_of(deadline, asking.article if asking else "")],
        "days": days, "history": events,
    }


def _both(entry: dict[str, Any], otherwise: str = "") -> dict[str, str]:
    zh = entry.get("zh") or otherwise
    return {"zh": zh, "en": entry.get("en") or zh}


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def days_of(deadline: Deadline, events: Sequence[dict], calendar: Calendar) -> list[dict[str, Any]]:
    """The starting day, then every day to the last; `event` is the number in the history of the extension or pause that a day is owed to."""
    extended = [i for i, event in enumerate(events) if event["kind"] == "extended"]
    paused = [(i, event["on"]) for i, event in enumerate(events) if event["kind"] == "paused"]
    start = {"date": deadline.started_on.isoformat(), "counted": False, "number": 0, **START, "basis": "《民法典》第二百零一条", "basis_en": "Civil Code Art.201",
             "provisional": calendar.provisional(deadline.started_on), "extension": 0, "event": 0}
    found = [start]
    for day in deadline.trace(calendar):
        event = extended[day.extension - 1] if day.extension else None
        if day.why == "paused":
            event = max((i for i, on in paused if on < day.date.isoformat()), default=None)
        found.append({**day_json(day), "extension": day.extension, "event": event})
    return found


def _says(deployed: Deployed, deadline: Deadline) -> list[dict[str, str]]:
    """What the document says of this deadline: our paraphrase of each article that it cites and that names the deadline."""
    cited = {part.split()[-1] for part in deadline.article.split(";") if part.strip()}
    wanted = f"deadline:{deadline.name}"
    return [{"article": row["id"], "zh": row["zh"], "en": row["en"]} for row in _paraphrases(deployed.bundle.get("articles.toml", b""))
            if row["id"] in cited and wanted in (row.get("by") or ())]


@lru_cache(maxsize=32)
def _paraphrases(source: bytes) -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(source.decode("utf-8")).get("articles", []))

"""The demonstration's living example: stories told in working days before now, played through the same use cases, all in the order of time."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import exists, select

from webapp.cases.clocks import same_time_after
from webapp.cases.do_task import complete_task
from webapp.cases.environment import Environment
from webapp.cases.file_case import file_case
from webapp.cases.fire_moments import fire_case, next_moment
from webapp.cases.gather_reminders import gather_reminders, next_message
from webapp.cases.take_action import take_action
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date, start_of_day
from webapp.domain.spans import Span
from webapp.models import Case, Task, db
from webapp.permissions import Actor, Citizen, find_person

from .acting import consultation_for
from .read import plain
from .sandbox import StoryClock
from .vocabulary import TASKS


@dataclass(order=True)
class Act:
    """Something that happens at a time: a filing (`step` None) or a step of the story `story`."""

    at: datetime
    story: int
    number: int
    entry: dict[str, Any]


def is_empty() -> bool:
    """Whether no case has ever been filed here."""
    return not db.session.scalar(select(exists().where(Case.id.is_not(None))))


def play(env: Environment, folder: Path) -> int:
    """Play `demo.yaml` of every procedure below `folder` (processes/) up to now. Returns how many cases there are then. Commits as it goes."""
    now, acts = env.now(), []
    for path in sorted(folder.glob("*/demo.yaml")):
        raw = plain(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))
        deployed = env.registry.active(raw["procedure"], now)
        calendar = env.registry.calendar(deployed.manifest.calendar)
        for story in raw["cases"]:
            acts += _schedule(story, len(acts), raw["procedure"], calendar, now)
    clock, cases = StoryClock(), {}
    past = replace(env, clock=clock)
    for act in sorted(acts):
        _pass_time(past, clock, act.at)
        _do(past, act, cases)
    _pass_time(past, clock, now)
    return len(cases)


def _schedule(story: dict, index: int, procedure: str, calendar: Calendar, now: datetime) -> list[Act]:
    """The acts of one story that lie before now. A step's `day` counts working days from the filing, its `at` is the time of day."""
    first = _working_days_before(calendar, now, int(story["days_ago"]))
    filing = {"day": 0, "at": story.get("at", "09:10"), "file": story["file"], "procedure": procedure, "consultation": _window(story["file"].get("consultation"), now)}
    acts = []
    for number, entry in enumerate([filing, *story.get("steps", [])]):
        hours, minutes = (int(x) for x in str(entry["at"]).split(":"))
        moment = same_time_after(first, Span(int(entry["day"]), "wd"), calendar) + timedelta(hours=hours, minutes=minutes)
        if moment < now - timedelta(minutes=1):
            acts.append(Act(moment, index, number, entry))
        else:
            break
    return acts


def _window(consultation: dict | None, now: datetime) -> dict | None:
    """A consultation whose `opens` and `closes` are days from now, with dates."""
    return consultation and {**consultation, **{end: (local_date(now) + timedelta(days=int(consultation[end]))).isoformat() for end in ("opens", "closes")}}


def _working_days_before(calendar: Calendar, now: datetime, n: int) -> datetime:
    """00:00 of the day that lies n working days before today, as aware UTC; a working day itself."""
    day = local_date(now)
    while n > 0 or not calendar.is_working(day):
        day -= timedelta(days=1)
        n -= calendar.is_working(day)
    return start_of_day(day)


def _pass_time(env: Environment, clock: StoryClock, to: datetime) -> None:
    """Moments fire and, in the mornings, people get their messages, each at its time."""
    while True:
        found, morning = next_moment(to), next_message(to)
        db.session.rollback()
        if found is not None and (morning is None or found[0] <= morning[0]):
            clock.move(found[0])
            fire_case(env, found[1])
        elif morning is not None:
            clock.move(morning[0])
            gather_reminders(env, morning[1])
        else:
            break
        db.session.commit()
        db.session.remove()
    clock.move(to)
    db.session.remove()


def _do(env: Environment, act: Act, cases: dict[int, int]) -> None:
    entry = act.entry
    if "file" in entry:
        receipt, _ = file_case(env, entry["procedure"], entry["file"], consultation=consultation_for(env, entry["procedure"], entry["consultation"]))
        cases[act.story] = receipt.case_id
    else:
        case_id = cases[act.story]
        actor: Actor | None = Citizen(case_id) if entry["as"] == "citizen" else find_person(login=entry["as"])
        task = None
        if entry["do"] in TASKS:
            task = db.session.scalar(select(Task.id).where(Task.case_id == case_id, Task.name == entry["do"], Task.state == "open").order_by(Task.id).limit(1))
        if task is not None:
            complete_task(env, task, entry.get("with") or {}, actor)
        else:
            take_action(env, case_id, entry["do"], entry.get("with") or {}, actor)
    db.session.commit()
    db.session.remove()

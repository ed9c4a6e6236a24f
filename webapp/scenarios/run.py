"""Runs a scenario in the order of time: every step is its own transaction, saved and read back, and fires what was due before it."""
from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from webapp.cases.apply_change import apply_whole
from webapp.cases.calendar_changes import approve, enter_change
from webapp.cases.clocks import as_date, same_time_after
from webapp.cases.do_task import complete_task
from webapp.cases.environment import Environment
from webapp.cases.errors import NotFound
from webapp.cases.file_case import file_case
from webapp.cases.fire_moments import fire_case, next_moment
from webapp.cases.take_action import take_action
from webapp.domain.clock import SHANGHAI, local_date
from webapp.domain.notice_rows import ChangedDay
from webapp.domain.spans import Span
from webapp.engine import Refusal, Watch
from webapp.models import CalendarLayer, db
from webapp.permissions import Actor, Citizen, System, find_person

from .acting import as_written, consultation_for, in_words, refuse_what_is_not_open, task_for
from .check import check_against
from .expectations import compare
from .model import STEP_TIME, Scenario, Step, Story
from .sandbox import Sandbox, StoryClock
from .source import absolute
from .vocabulary import TASKS

FINAL = "end"
IN_EVERY_SAMPLE, IN_NO_SAMPLE = 0, 99      # case numbers are drawn by lot; a scenario is not


@dataclass
class Failure:
    """An expectation that did not hold: the step (1-based, 0 for the filing, `$NAME 2` for an earlier case's, or `end`), when, what."""

    step: int | str
    at: str
    key: str
    expected: Any
    found: Any


class StepWatch(Watch, Protocol):
    """Sees what the engine passes, and whether the step that did so was committed."""

    def keep(self) -> None: ...
    def drop(self) -> None: ...


@dataclass
class _Thread:
    """A story under way: `at` is when its last step was, `next` the number of the next one (0: the filing)."""

    story: Story
    order: int
    at: datetime
    next: int = 0
    case_id: int = 0

    @property
    def done(self) -> bool:
        return self.next > len(self.story.steps)


class ScenarioRun:
    """One run. `numbers` maps an earlier case's alias to (case id, number)."""

    def __init__(self, env: Environment, clock: StoryClock, scenario: Scenario, watch: StepWatch | None = None):
        self.env, self.clock, self.scenario, self.watch = env if watch is None else replace(env, watch=watch), clock, scenario, watch
        self.numbers: dict[str, tuple[int, str]] = {}
        self.failures: list[Failure] = []

    def run(self) -> list[Failure]:
        """Play all stories, interleaved by time; the first failure ends it."""
        threads = [_Thread(story, order, absolute(story.at)) for order, story in enumerate(self.scenario.stories)]
        main = threads[-1]
        while not self.failures and (waiting := [t for t in threads if not t.done]):
            self._step(min(waiting, key=lambda t: (self._when(t), t.order)))
        if not self.failures:
            self._compare(main, self.scenario.expect, FINAL)
        return self.failures

    def _when(self, thread: _Thread) -> datetime:
        if thread.next == 0:
            return thread.at
        text = thread.story.steps[thread.next - 1].at
        match = STEP_TIME.fullmatch(text)
        if match is None:
            return absolute(text)
        n, unit = int(match[1]), match[2]
        if unit in ("m", "h"):
            return thread.at + (timedelta(minutes=n) if unit == "m" else timedelta(hours=n))
        if unit in ("d", "w"):
            return thread.at + timedelta(days=n if unit == "d" else 7 * n)
        calendar = self.env.registry.calendar(self.env.registry.active(self.scenario.procedure, thread.at).manifest.calendar)
        return same_time_after(thread.at, Span(n, "wd"), calendar)

    def _move(self, to: datetime) -> None:
        """Let time pass: every moment that comes before `to` fires at its own time, over all cases."""
        while (due := next_moment(to)) is not None:
            self.clock.move(due[0])
            db.session.rollback()
            if not fire_case(self.env, due[1]):
                raise RuntimeError("a moment that is due does not fire")
            self._commit()
            db.session.remove()
        self.clock.move(to)
        db.session.remove()

    def _step(self, thread: _Thread) -> None:
        when, index = self._when(thread), thread.next
        number = index if thread.story is self.scenario.main else f"${thread.story.alias} {index}"
        thread.at, thread.next = when, index + 1
        if not self._pass_time(number, when):
            return
        if index == 0:
            self._carry_out(number, "file", None, lambda: self._file(thread))
            return
        step = thread.story.steps[index - 1]
        if step.calendar is not None:
            self._carry_out(number, "the calendar is amended", None if step.do else step.refused, lambda: self._amend(step.calendar))
        if step.do is not None and not self.failures:
            self._carry_out(number, f"{step.actor} does {step.do}", step.refused, lambda: self._act(thread, step))
        if not self.failures and self._pass_time(number, when):     # what the step itself brought due
            self._compare(thread, step.expect, number)

    def _pass_time(self, number: int | str, to: datetime) -> bool:
        """Whether all that comes before `to` fired. A definition that breaks while time passes is a failure of the scenario, not of the runner."""
        try:
            self._move(to)
            return True
        except Exception as error:
            self._roll_back()
            self._fail(number, "time", "moments fire", f"{type(error).__name__}: {error}")
            return False

    def _carry_out(self, number: int | str, what: str, refused: str | None, act) -> None:
        """Do something in a transaction of its own. `refused`: a piece of the refusal that is expected."""
        refusal: str | None = None
        try:
            act()
            self._commit()
        except Refusal as error:
            self._roll_back()
            refusal = in_words(error)
        except NotFound:
            self._roll_back()
            refusal = "not_found, forbidden: 没有此件，或不由您办理 / There is no such case for this person"
        except Exception as error:      # likewise
            self._roll_back()
            self._fail(number, "do", what, f"{type(error).__name__}: {error}")
            return
        finally:
            db.session.remove()
        if refused is None and refusal is not None:
            self._fail(number, "do", what, f"refused: {refusal}")
        elif refused is not None and (refusal is None or refused not in refusal):
            self._fail(number, "refused", refused, refusal)

    def _commit(self) -> None:
        db.session.commit()
        if self.watch is not None:
            self.watch.keep()

    def _roll_back(self) -> None:
        db.session.rollback()
        if self.watch is not None:
            self.watch.drop()

    def _file(self, thread: _Thread) -> None:
        deployed = self.env.registry.active(self.scenario.procedure, self.clock.now())
        form = deployed.forms[deployed.manifest.filing.get("form", "file")]
        given = as_written(form, self._named(thread.story.file), "claimant_")
        receipt, _ = file_case(self.env, self.scenario.procedure, given, sample=IN_EVERY_SAMPLE if thread.story.sample else IN_NO_SAMPLE,
                               consultation=consultation_for(self.env, self.scenario.procedure, given.get("consultation")))
        thread.case_id = receipt.case_id
        if thread.story.alias is not None:
            self.numbers[thread.story.alias] = (receipt.case_id, receipt.number)

    def _amend(self, entry: dict) -> None:
        days = [ChangedDay(as_date(day), working) for key, working in (("add", False), ("remove", True)) for day in entry.get(key) or []]
        change = enter_change(self.env, System(), entry["layer"], days, None, entry.get("basis") or "—", local_date(self.env.now()))
        approve(self.env, System(), change.id, None)
        db.session.commit()
        apply_whole(self.env, change)

    def _act(self, thread: _Thread, step: Step) -> None:
        case_id = self.numbers[step.case.lstrip("$")][0] if step.case else thread.case_id
        actor = self._actor(step.actor, case_id)
        deployed = self.env.registry.active(self.scenario.procedure, self.clock.now())
        task = task_for(case_id, step.do, actor) if step.do in TASKS else None
        data = self._named(step.data)
        if task is not None:
            node = next(n for n in deployed.definition.tasks()[step.do] if n.id == task.node)
            complete_task(self.env, task.id, as_written(deployed.forms[node.form], data), actor)
        elif step.do in deployed.manifest.actions or step.do not in TASKS:
            action = deployed.manifest.actions.get(step.do)
            take_action(self.env, case_id, step.do, data if action is None else as_written(deployed.forms[action.form], data), actor)
        else:
            refuse_what_is_not_open(self.env, case_id, actor)

    def _actor(self, text: str, case_id: int) -> Actor:
        if text == "citizen":
            return Citizen(case_id)
        if text == "system":
            return System()
        person = find_person(login=text)
        if person is None:
            raise Refusal("unknown_account", f"没有“{text}”这个账号", f"There is no account '{text}'")
        return person

    def _named(self, value: Any) -> Any:
        """Values with `$NAME` replaced by that case's number."""
        if isinstance(value, str) and value.startswith("$") and value[1:] in self.numbers:
            return self.numbers[value[1:]][1]
        if isinstance(value, dict):
            return {k: self._named(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._named(v) for v in value]
        return value

    def _compare(self, thread: _Thread, expect: dict[str, Any], step: int | str) -> None:
        for key, expected, found in compare(self.env, thread.case_id, self._named(expect)):
            self._fail(step, key, expected, found)
        db.session.remove()

    def _fail(self, step: int | str, key: str, expected: Any, found: Any) -> None:
        at = self.clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        self.failures.append(Failure(step, at, key, expected, found))


def run_scenario(sandbox: Sandbox, scenario: Scenario, watch: StepWatch | None = None) -> list[Failure]:
    """Run one scenario; ScenarioError when it names what the procedure does not know. `watch` sees what the engine passes."""
    with sandbox.fresh() as (env, clock):
        layers = set(db.session.scalars(select(CalendarLayer.id)))
        check_against(scenario, sandbox.deployed, env.registry.directory(sandbox.deployed.manifest.directory), layers)
        db.session.remove()
        return ScenarioRun(env, clock, scenario, watch).run()

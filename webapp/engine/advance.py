"""The engine: one function, `advance(definition, state, command, world) -> Outcome`. No I/O, no clock; after an exception nothing is kept."""
from __future__ import annotations

from typing import Any

from webapp.feel import to_plain

from .commands import Act, Command, Complete, Effect, Fire, Outcome, Release, Start, Withdraw, World
from .definition import Definition
from .problems import Refusal
from .run import InstanceRun

MAIN = "main"
MAX_INSTANCES = 50      # opened by one command; more is a definition that opens itself


def new_state() -> dict[str, Any]:
    """The state of a case before its first command."""
    return {"v": 1, "n": 0, "inst": {}, "answers": {}, "vars": {}, "count": {}, "round": 1}


def advance(definition: Definition, state: dict[str, Any], command: Command, world: World) -> Outcome:
    """Carry out one command on a case. `state` is not changed; the new one is in the outcome.

    Raises Refusal when the command may not be carried out now, RuntimeError when the definition fails; in both cases nothing has happened.
    """
    return Advance(definition, state, world).carry_out(command)


class Advance:
    """One command under way: the instances it has touched and the facts it has changed."""

    def __init__(self, definition: Definition, state: dict[str, Any], world: World):
        self.definition, self.world = definition, world
        self.state = {**state, "inst": dict(state["inst"]), "answers": dict(state["answers"]), "vars": dict(state["vars"]), "count": dict(state["count"])}
        self.case = dict(world.case)
        self.runs: dict[str, InstanceRun] = {}
        self.outcome = Outcome(self.state)
        self.queue: list[tuple[str, dict]] = []
        self._deadlines: dict | None = None

    # -- commands ------------------------------------------------------------------------------------------------
    def carry_out(self, command: Command) -> Outcome:
        match command:
            case Start():
                self.open(self.definition.manifest.process, {}, main=True)
            case Complete(instance, task_id, answers):
                self.run(instance).complete(task_id, answers)
            case Act(name, data):
                self.act(name, data)
            case Fire(instance, task_id):
                self.run(instance).fire(task_id)
            case Release(item):
                self.run(MAIN).release(item)
            case Withdraw(deadline):
                self.withdraw_supervision(deadline)
        self._settle()
        return self._finish()

    def act(self, name: str, data: dict[str, Any]) -> None:
        action = self.definition.manifest.actions[name]
        for rule in action.refuse:
            if self.evaluate(rule.when, None, {"request": data}) is True:
                raise Refusal(rule.code, rule.zh, rule.en, rule.field)
        self.count(name)
        request = {**data, "deadline": action.deadline} if action.deadline else dict(data)
        if action.deadline and action.deadline in self.definition.manifest.extensions and action.opens:
            self.world.clocks.judge(action.deadline, data.get("days"), data.get("until"), self.caps(action.deadline))
        for effect, expression in action.effects:
            value = self.evaluate(expression, None, {"request": data})
            if value is not None:
                self.effect(effect, value, None, MAIN)
        if action.opens:
            self._settle()      # what the effects send goes to those that were there before
            self.open(action.opens, request)
        if action.deadline and self.definition.manifest.deadlines.get(action.deadline, {}).get("lapses"):
            self.world.clocks.cancel(action.deadline)       # what was asked for within the window closes it
            self._deadlines = None
        if action.message and not self.send(action.message):
            raise Refusal("not_now", "此件目前不能这样办理", "This cannot be done with the case as it stands")

    def caps(self, deadline: str) -> dict[str, Any]:
        """What the extension decision says of a deadline: count, total, until, original, article, local."""
        entry = self.definition.manifest.extensions.get(deadline)
        if entry is None:
            return {}
        scope = self.scope(None)
        found = self.definition.decisions[entry["decision"]].evaluate({**scope, "deadline": deadline}, functions=self.functions(), now=self.world.now, watch=self.world.watch)
        return to_plain(found) or {}

    def limit(self, deadline: str) -> dict[str, Any]:
        """What the limit decision says of a deadline: span or until, article, local. RuntimeError when it says nothing."""
        decision = self.definition.decisions[self.definition.manifest.limits]
        found = decision.evaluate({**self.scope(None), "deadline": deadline}, functions=self.functions(), now=self.world.now, watch=self.world.watch)
        if not found or not (found.get("span") or found.get("until")):
            raise RuntimeError(f"the decision '{self.definition.manifest.limits}' gives no limit for '{deadline}'")
        return found

    # -- instances -----------------------------------------------------------------------------------------------
    def run(self, instance: str) -> InstanceRun:
        found = self.runs.get(instance)
        if found is None:
            if instance not in self.state["inst"]:
                raise Refusal("gone", "这项工作已经结束", "This has already ended")
            found = self.runs[instance] = InstanceRun(self, instance)
        return found

    def open(self, process: str, request: dict[str, Any], main: bool = False) -> str:
        if process not in self.definition.processes:
            raise RuntimeError(f"there is no process '{process}'")
        if len(self.outcome.opened) >= MAX_INSTANCES:
            raise RuntimeError(f"'{process}' is opened without end")
        if main and MAIN in self.state["inst"] and not self.run_is_over(MAIN):
            raise RuntimeError(f"'{process}' cannot begin anew: the main instance still runs")
        instance = MAIN if main else f"s{self.next_id()}"
        self.state["inst"][instance] = {"p": process, "q": to_plain(request), "r": {}, "a": {}, "w": None}
        self.outcome.opened.append((instance, process))
        self.runs[instance] = InstanceRun(self, instance)
        self.runs[instance].begin()
        return instance

    def send(self, message: str, to: str | None = None) -> bool:
        """A message to the main instance, or to every side instance of the process `to`; whether anybody waited for it."""
        wanted = [MAIN] if to is None else [name for name, entry in self.state["inst"].items() if entry["p"] == to and name != MAIN]
        heard = [self.run(name).send(message) for name in wanted if name in self.state["inst"] and not self.run(name).over]
        return any(heard)

    def next_id(self) -> int:
        self.state["n"] += 1
        return self.state["n"]

    # -- effects and facts ---------------------------------------------------------------------------------------
    def effect(self, name: str, data: dict[str, Any], node, instance: str) -> None:
        """Carry out what the engine itself must know of an effect, and record it for the store."""
        data = to_plain(data)
        if not isinstance(data, dict):
            raise RuntimeError(f"effect.{name} at '{node.id if node else instance}' is not a context")
        record = True
        match name:
            case "assign":
                self.case["assigned"] = data.get("unit")
            case "dispatch":
                self.case["lead"], self.case["co"] = data.get("lead"), data.get("co") or []
            case "respondent":
                if not data.get("unit"):
                    return
                self.case["respondent"] = data["unit"]
            case "set":
                self.state["vars"].update(data)
                record = False
            case "close":
                self.case.update(status="closed", outcome=data.get("outcome"))
                self.world.clocks.cancel_all()
                self._deadlines = None
            case "reopen":
                self.case.update(status="open", outcome=None)
            case "round":
                self.state["round"] += 1
                self.end_with_round(instance)
            case "extend":
                self.world.clocks.extend(data["deadline"], data.get("days"), data.get("until"), self.caps(data["deadline"]))
                self._deadlines = None
                if self.scope(None)["deadlines"][data["deadline"]]["status"] == "running":
                    self.withdraw_supervision(data["deadline"])
            case "pause" | "resume":
                getattr(self.world.clocks, name)(data["deadline"], data.get("reason") or "")
                self._deadlines = None
            case "open" | "send":
                self.queue.append((name, data))
                record = False
            case "supervise":
                for unit in data.pop("units", None) or [data.get("unit")]:
                    each = {**data, "unit": unit, "instance": f"s{self.next_id()}"}
                    self.queue.append(("supervise", each))
                    self.outcome.effects.append(Effect(name, each, node, instance))
                record = False
        if record:
            self.outcome.effects.append(Effect(name, data, node, instance))

    def count(self, name: str) -> None:
        self.state["count"][name] = self.state["count"].get(name, 0) + 1

    def begin_deadline(self, name: str, scope: str) -> None:
        found = self.limit(name)
        self.world.clocks.begin(name, found.get("span"), found.get("until"), found.get("article") or "", bool(found.get("local")), scope)
        self._deadlines = None

    def end_deadline(self, name: str, instance: str) -> None:
        self.world.clocks.end(name, instance)
        self._deadlines = None

    # -- expressions ---------------------------------------------------------------------------------------------
    def scope(self, run: InstanceRun | None, more: dict | None = None) -> dict[str, Any]:
        if self._deadlines is None:
            self._deadlines = self.world.clocks.view()
        state = self.state
        names = {
            "case": self.case, "answers": state["answers"], "request": {}, "deadlines": self._deadlines, "vars": state["vars"], "result": {},
            "params": self.definition.manifest.params, "count": state["count"], "open": self.world.open_tasks, "round": state["round"],
            "today": self.world.today, "now": self.world.now,
        }
        if run is not None:
            own = run.instance["a"]
            if own:
                names["answers"] = {**state["answers"], **own}
            names["request"], names["result"] = run.instance["q"], run.instance["r"]
        if more:
            names.update(more)
        return names

    def functions(self) -> dict[str, Any]:
        return {**self.world.functions, "limit span": lambda name: self.limit(str(name)).get("span")}

    def evaluate(self, expression, run: InstanceRun | None, more: dict | None = None) -> Any:
        functions = self.functions() if expression.functions else {}
        return expression.evaluate(self.scope(run, more), functions=functions, now=self.world.now)

    # -- the end of a command ------------------------------------------------------------------------------------
    def _settle(self) -> None:
        """Carry out what effects have queued, until nothing is left."""
        while self.queue:
            name, data = self.queue.pop(0)
            if name == "send":
                self.send(data["message"], data.get("to"))
            elif name == "open":
                main = bool(data.pop("main", False))
                self.open(data.pop("process", None) or (self.definition.manifest.process if main else ""), data, main)
            else:
                self._open_supervision(data)

    def _open_supervision(self, data: dict[str, Any]) -> None:
        process = self.definition.manifest.supervision.get("process")
        if not process:
            raise RuntimeError("the manifest names no supervision process")
        instance = data["instance"]
        self.state["inst"][instance] = {"p": process, "q": {k: v for k, v in data.items() if k != "instance"}, "r": {}, "a": {}, "w": None}
        self.outcome.opened.append((instance, process))
        self.runs[instance] = InstanceRun(self, instance)
        self.runs[instance].begin()

    def withdraw_supervision(self, deadline: str) -> None:
        """End the supervisions that the clock opened over a deadline which now runs again."""
        process = self.definition.manifest.supervision.get("process")
        for instance, entry in list(self.state["inst"].items()):
            if entry["p"] == process and entry["q"].get("deadline") == deadline and not self.run(instance).over:
                self.close_instance(instance)
                self.outcome.cancelled.append((instance, process))

    def end_with_round(self, but: str) -> None:
        """End the side instances that belong to the handling which is now over (an invitation to rate it that nobody took up)."""
        for instance, entry in list(self.state["inst"].items()):
            if instance not in (MAIN, but) and "round" in self.ends_with(entry) and not self.run(instance).over:
                self.close_instance(instance)
                self.outcome.cancelled.append((instance, entry["p"]))

    def ends_with(self, entry: dict[str, Any]) -> list[str]:
        return self.definition.process_properties.get(entry["p"], {}).get("ends_with", "").split()

    def close_instance(self, instance: str) -> None:
        """End a side instance at once (a supervision withdrawn, an extension that ends with its case)."""
        self.run(instance).cancel()

    def _finish(self) -> Outcome:
        closed = MAIN not in self.state["inst"] or self.run_is_over(MAIN) or self.case.get("status") == "closed"
        for instance, entry in list(self.state["inst"].items()):
            ends_with = self.ends_with(entry)
            if instance != MAIN and not self.run_is_over(instance) and ((closed and "main" in ends_with) or ("deadline" in ends_with and self._has_ended(entry["q"].get("deadline")))):
                self.close_instance(instance)
                self.outcome.cancelled.append((instance, entry["p"]))
        for instance, run in self.runs.items():
            over, tree = run.dump()
            if over:
                self.state["inst"].pop(instance, None)
                self.outcome.main_ended |= instance == MAIN
            else:
                entry = self.state["inst"][instance]
                self.state["inst"][instance] = {**entry, "w": tree, "a": self._kept(entry["a"])}
            self.outcome.tasks[instance] = [] if over else run.open_tasks()
            self.outcome.moments[instance] = [] if over else run.moments()
        self.state["answers"] = self._kept(self.state["answers"])
        return self.outcome

    def _has_ended(self, deadline: str | None) -> bool:
        found = self.world.clocks.view().get(deadline) if deadline else None
        return found is not None and found["status"] in ("met", "late", "cancelled")

    def run_is_over(self, instance: str) -> bool:
        run = self.runs.get(instance)
        return run is not None and run.over

    def _kept(self, answers: dict) -> dict:
        wanted = self.definition.kept_answers
        kept = {task: {k: v for k, v in given.items() if (task, k) in wanted} for task, given in answers.items()}
        return {task: given for task, given in kept.items() if given}

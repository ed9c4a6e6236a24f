"""One process instance under way: the script engine SpiffWorkflow calls, and the hooks through which nodes start deadlines and have effects."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.util.task import TaskState

from webapp.feel import parse, to_plain

from .commands import Moment, OpenTask
from .definition import Node
from .problems import Refusal
from .specs import CaseWorkflow, EachUnit, NoScripts
from .state import dump_tree, load_workflow, rename

if TYPE_CHECKING:
    from .advance import Advance

RUNNING = ("running", "missed", "paused")


class InstanceRun(NoScripts):
    """A live instance inside one `Advance`. SpiffWorkflow knows it as its script engine."""

    def __init__(self, advance: Advance, name: str):
        self.advance, self.name = advance, name
        self.firing: Any = None
        self.held: str | None = None        # the condition that held last, of the gateway at hand
        self.over = False
        self.workflow: CaseWorkflow | None = None
        tree = self.instance["w"]
        if tree is not None:
            self.workflow = load_workflow(advance.definition, self.instance["p"], tree, self)

    @property
    def instance(self) -> dict[str, Any]:
        return self.advance.state["inst"][self.name]

    # -- commands ------------------------------------------------------------------------------------------------
    def begin(self) -> None:
        definition, process = self.advance.definition, self.instance["p"]
        self.workflow = CaseWorkflow(definition.processes[process], definition.subprocesses[process], script_engine=self)
        self._pump()

    def complete(self, task_id: str, answers: dict[str, Any]) -> None:
        task = self._find(task_id)
        if task is None or task._state != TaskState.READY:
            raise Refusal("stale", "这项任务已经办结或已撤销", "This task has been completed or withdrawn already")
        node = self.node(task)
        target = self.advance.state["answers"] if self.name == "main" else self._own_answers()
        target[node.task] = answers
        self._check(node)
        self.advance.count(node.task)
        task.run()
        self._pump()

    def _own_answers(self) -> dict[str, Any]:
        entry = {**self.instance, "a": dict(self.instance["a"])}
        self.advance.state["inst"][self.name] = entry
        return entry["a"]

    def _check(self, node: Node) -> None:
        found = [rule for rule in self.advance.definition.manifest.checks if rule.task == node.task and self.advance.evaluate(rule.when, self) is True]
        if found:
            first = found[0]
            raise Refusal(first.code, first.zh, first.en, first.field, [(r.field, r.code, r.zh, r.en) for r in found if r.field])

    def fire(self, task_id: str) -> None:
        task = self._find(task_id)
        if task is None or task._state != TaskState.WAITING:
            return      # what it waited for has gone; a doubled wake-up finds nothing to do
        self.firing = task.id
        task.task_spec._update(task)
        self.firing = None
        self._pump()

    def send(self, message: str) -> bool:
        event = BpmnEvent(MessageEventDefinition(message))
        caught = self.workflow.event_manager.catch(event, internal=False)
        self._pump()
        return caught > 0

    def release(self, item: str) -> None:
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            for task in list(workflow.tasks.values()):
                if isinstance(task.task_spec, EachUnit) and task._state == TaskState.STARTED:
                    for child in task.children:
                        if child.internal_data.get("item") == item and child._state == TaskState.READY:
                            child.cancel()
                            if task.task_spec.children_complete(task):
                                task._set_state(TaskState.READY)
                            self._pump()
                            return
        raise Refusal("not_open", "该单位没有待办的协办任务", "That unit has no assisting task open", "unit")

    def cancel(self) -> None:
        self.workflow.cancel()
        self.advance.world.clocks.keep_scopes(set(), self.name)
        self.over = True

    def _pump(self) -> None:
        self.workflow.pump()
        live = {t.id for w in (self.workflow, *self.workflow.subprocesses.values()) for t in w.tasks.values() if t.has_state(TaskState.READY | TaskState.STARTED)}
        self.advance.world.clocks.keep_scopes(live, self.name)
        self.advance._deadlines = None
        self.over = self.workflow.completed

    def _find(self, task_id: str):
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None

    # -- what SpiffWorkflow asks ---------------------------------------------------------------------------------
    def node(self, task) -> Node | None:
        spec_id = getattr(task.task_spec, "bpmn_id", None)
        return self.advance.definition.node(task.workflow.spec.name, spec_id) if spec_id else None

    def evaluate(self, task, expression, external_context=None):
        item = task.internal_data.get("item")
        found = self.advance.evaluate(parse(expression), self, {"item": item} if item is not None else None) is True
        self.held = expression if found else None
        return found

    def each(self, task) -> list:
        node = self.advance.definition.node(task.workflow.spec.name, task.task_spec.name)
        found = self.advance.evaluate(node.each, self)
        return [to_plain(item) for item in found] if isinstance(found, list) else ([] if found is None else [to_plain(found)])

    def decide(self, decision: str) -> None:
        advance = self.advance
        value = advance.definition.decisions[decision].evaluate(advance.scope(self), functions=advance.functions(), now=advance.world.now, watch=advance.world.watch)
        entry = self.instance
        advance.state["inst"][self.name] = {**entry, "r": {**entry["r"], decision: to_plain(value)}}

    def reached(self, task) -> None:
        node = self.node(task)
        if node is not None and node.kind == "userTask":
            rename(task, f"t{self.advance.next_id()}")
            for deadline in node.starts:
                self.advance.begin_deadline(deadline, f"{self.name}:{task.id}")

    def updated(self, task) -> None:
        if isinstance(task.task_spec, SubWorkflowTask) and task.id not in task.workflow.top_workflow.subprocesses:
            rename(task, f"t{self.advance.next_id()}")
            node = self.node(task)
            for deadline in node.starts if node else ():
                self.advance.begin_deadline(deadline, f"{self.name}:{task.id}")

    def completed(self, task) -> None:
        node = self.node(task)
        if node is None:
            return
        whole = isinstance(task.task_spec, EachUnit)        # its instances say for themselves what was done; there may be none
        if not whole:
            self.advance.outcome.passed.append(node.id)
        watch, held, self.held = self.advance.world.watch, self.held, None
        if watch is not None and task.task_spec.name == node.id:       # not one of several instances
            watch.passed(node, held)
        for deadline in node.ends:
            self.advance.end_deadline(deadline, self.name)
        if node.effects and not whole:
            more = {"item": task.internal_data["item"]} if "item" in task.internal_data else None
            for name, expression in node.effects:
                data = self.advance.evaluate(expression, self, more)
                if data is not None:        # null: this time the node has no such effect
                    self.advance.effect(name, data, node, self.name)

    def cancelled(self, task) -> None:
        """Deadlines of what is cancelled end with their scope (see _pump)."""

    # -- what is left --------------------------------------------------------------------------------------------
    def dump(self) -> tuple[bool, dict[str, Any] | None]:
        if self.over:
            return True, None
        for task in list(self.workflow.event_manager.tasks.values()):
            if not isinstance(task.id, str):
                rename(task, f"t{self.advance.next_id()}")
        return False, dump_tree(self.workflow)

    def _all(self, state: int):
        for workflow in (self.workflow, *self.workflow.subprocesses.values()):
            yield from (t for t in workflow.tasks.values() if t._state == state)

    def open_tasks(self) -> list[OpenTask]:
        found = []
        for task in self._all(TaskState.READY):
            node = self.node(task)
            if node is not None and node.kind == "userTask":
                found.append(OpenTask(task.id, self.name, node, task.internal_data.get("item"), self._deadline(task, node)))
        return found

    def _deadline(self, task, node: Node) -> str | None:
        """The deadline that a task is under: of those of its node, and of the calls around its process, the nearest that runs."""
        names, workflow = [*node.under], task.workflow
        while workflow is not self.workflow:
            host = self._find(workflow.parent_task_id)
            around = self.node(host)
            if around is not None and around.kind == "callActivity":     # what is around a sub-process, the nodes in it name themselves
                names += around.under
            workflow = host.workflow
        known = self.advance.scope(None)["deadlines"]
        return next((name for name in names if known.get(name, {}).get("status") in RUNNING), names[0] if names else None)

    def moments(self) -> list[Moment]:
        found = []
        for task in self.workflow.event_manager.tasks.values():
            node = self.node(task)
            if node is not None and node.moment and task._state == TaskState.WAITING:
                found.append(Moment(task.id, self.name, node.deadline, node.moment, node))
        return found

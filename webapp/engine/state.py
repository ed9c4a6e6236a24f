"""One process instance as a compact, pruned document, and back. Finished history is dropped: the ledger tells the way, not the engine."""
from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs import CaseWorkflow, EachUnit

VERSION = 1
NAMED = TaskState.WAITING | TaskState.READY | TaskState.STARTED     # tasks that rows may point at keep their ids


def rename(task: Task, new_id: str) -> None:
    """Give a task the id that rows know it by."""
    workflow, old = task.workflow, task.id
    del workflow.tasks[old]
    workflow.tasks[new_id] = task
    task.id = new_id
    for child in task._children:
        workflow.tasks[child]._parent = new_id
    if task._parent is not None:
        siblings = workflow.tasks[task._parent]._children
        siblings[siblings.index(old)] = new_id
    top = workflow.top_workflow
    if old in top.event_manager.tasks:
        top.event_manager.tasks[new_id] = top.event_manager.tasks.pop(old)
    if old in top.subprocesses:
        subprocess = top.subprocesses.pop(old)
        subprocess.parent_task_id = new_id
        top.subprocesses[new_id] = subprocess


def dump_tree(workflow) -> dict[str, Any]:
    """The live part of a (sub-)workflow: rows `[spec, state, parent row, id or null, item?]`, and nested trees by row."""
    tasks = workflow.tasks
    waiting_joins = {t.task_spec.name for t in tasks.values() if isinstance(t.task_spec, Join) and t._state == TaskState.WAITING}
    live: dict[Any, bool] = {}

    def is_live(task: Task) -> bool:
        known = live.get(task.id)
        if known is None:
            known = not task.has_state(TaskState.FINISHED_MASK) or _arrived(task)
            for child in task._children:        # every child is visited: `live` must know them all
                known = is_live(tasks[child]) or known
            live[task.id] = known
        return known

    def _arrived(task: Task) -> bool:
        spec = task.task_spec
        return (isinstance(spec, Join) and not isinstance(spec, _EndJoin) and task._state == TaskState.CANCELLED
                and spec.name in waiting_joins and not task._children)

    rows: list[list] = []
    nested: dict[str, Any] = {}

    def emit(task: Task, parent: int, forced: bool = False) -> None:
        children = [tasks[c] for c in task._children]
        finished = task.has_state(TaskState.FINISHED_MASK)
        split = finished and isinstance(task.task_spec, BoundaryEventSplit) and any(
            not c.has_state(TaskState.FINISHED_MASK) or any(not tasks[g].has_state(TaskState.FINISHED_MASK) and isinstance(tasks[g].task_spec, Join)
                                                            for g in c._children) for c in children)
        joins = finished and any(isinstance(c.task_spec, Join) and not isinstance(c.task_spec, _EndJoin) and is_live(c) for c in children)
        index = parent
        if parent < 0 or not finished or split or joins or forced or _arrived(task):
            index = len(rows)
            row = [task.task_spec.name, task._state, parent, task.id if isinstance(task.id, str) and task.has_state(NAMED) else None]
            if "item" in task.internal_data:
                row.append(task.internal_data["item"])
            rows.append(row)
            subprocess = workflow.top_workflow.subprocesses.get(task.id)
            if subprocess is not None and not finished:
                nested[str(index)] = dump_tree(subprocess)
        for child in children:
            if split or is_live(child):
                emit(child, index, forced=split)

    is_live(workflow.task_tree)
    emit(workflow.task_tree, -1)
    return {"t": rows, "s": nested} if nested else {"t": rows}


def load_workflow(definition, process: str, tree: dict[str, Any], run) -> CaseWorkflow:
    """Rebuild an instance from `dump_tree`'s document on the definition's shared specs."""
    workflow = CaseWorkflow(definition.processes[process], definition.subprocesses[process], script_engine=run, deserializing=True)
    _load_into(workflow, tree)
    return workflow


def _load_into(workflow, tree: dict[str, Any]) -> None:
    specs, built = workflow.spec.task_specs, []
    top = workflow.top_workflow
    for number, (name, state, parent, task_id, *item) in enumerate(tree["t"]):
        task = Task.__new__(Task)
        task.id = task_id if task_id is not None else number
        task.workflow, task.task_spec, task._state = workflow, specs[name], state
        task._parent, task._children = None, []
        task.triggered, task.thread_id, task.data, task.internal_data, task.last_state_change = False, 0, {}, {}, 0.0
        workflow.tasks[task.id] = task
        built.append(task)
        if parent >= 0:
            above = built[parent]
            task._parent = above.id
            above._children.append(task.id)
            if isinstance(above.task_spec, EachUnit) and above.task_spec.task_spec == name:
                task.triggered = True
        else:
            workflow.task_tree = task
        if item:
            task.internal_data["item"] = item[0]
        if isinstance(task.task_spec, EachUnit):
            task.internal_data["merged"] = []
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    for index, inner in tree.get("s", {}).items():
        host = built[int(index)]
        spec: SubWorkflowTask = host.task_spec
        subprocess = BpmnSubWorkflow(top.subprocess_specs[spec.spec], parent_task_id=host.id, top_workflow=top, deserializing=True)
        top.subprocesses[host.id] = subprocess
        subprocess.completed_event.connect(spec._on_subworkflow_completed, host)
        _load_into(subprocess, inner)

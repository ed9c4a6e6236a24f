"""The other side of the comparison: the same diagram on SpiffWorkflow as its documentation uses it, nothing of ours in between.

The stock engine reads neither FEEL nor our moments. Its definition is derived mechanically from the deployed diagram: conditions become Python over
the task data, moments become dates far ahead, a list named by `each` becomes a list in the task data. Nothing else is changed, left out or added.
"""
from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from webapp.deployments.bundle import Bundle
from webapp.engine.settle import settle

from .story import Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
WORDS = {"=": "==", "null": "None", "true": "True", "false": "False"}
TOKENS = re.compile(r'"[^"]*"|answers\.(\w+)\.(\w+)|(!=|<=|>=|=|\bnull\b|\btrue\b|\bfalse\b)')
PARAMS = re.compile(r"\bparams\.(\w+)")
ASSISTING = "count(vars.assisting)", "len(co_units)"      # whom the diagram asks for assistance: here the list that the story gives
FAR = '"9999-12-31T00:00:00+00:00"'


def python_of(feel: str, params: Mapping[str, Any]) -> str:
    """A diagram's condition as Python over the task data, where each task's answers lie under its name; figures of the manifest stand as such."""
    feel = PARAMS.sub(lambda m: json.dumps(params[m[1]]), feel).replace(*ASSISTING)
    return TOKENS.sub(lambda m: f'{m[1]}.get("{m[2]}")' if m[1] else WORDS.get(m[3], m[0]), feel)


def stock_diagrams(bundle: Bundle, process: str) -> list[bytes]:
    """The bundle's diagram of `process` and those that it calls, as the stock engine can run them."""
    params = tomllib.loads(bundle["procedure.toml"].decode()).get("params", {})
    roots = [etree.fromstring(bundle[n], etree.XMLParser(resolve_entities=False, no_network=True)) for n in sorted(bundle) if n.endswith(".bpmn")]
    wanted, found = [process], []
    for name in wanted:
        root = next(r for r in roots if r.find(f".//{{{BPMN}}}process[@id='{name}']") is not None)
        settle(root, params)
        found.append(_as_stock(root, params))
        wanted += [called for call in root.iter(f"{{{BPMN}}}callActivity") if (called := call.get("calledElement")) not in wanted]
    return found


def _as_stock(root: etree._Element, params: Mapping[str, Any]) -> bytes:
    for condition in root.iter(f"{{{BPMN}}}conditionExpression"):
        condition.text = python_of(condition.text, params)
    for date in root.iter(f"{{{BPMN}}}timeDate"):
        date.text = FAR
    for multi in root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics"):
        for child in list(multi):
            multi.remove(child)
        etree.SubElement(multi, f"{{{BPMN}}}loopDataInputRef").text = "co_units"
        etree.SubElement(multi, f"{{{BPMN}}}inputDataItem", id="co_unit", name="co_unit")
    return etree.tostring(root)


class StockEngine:
    """One definition, and cases kept as text between steps: specification and workflow, whole, as the documentation's serializer writes them."""

    def __init__(self, bundle: Bundle, process: str):
        parser = SpiffBpmnParser()
        for diagram in stock_diagrams(bundle, process):
            parser.add_bpmn_str(diagram)
        self.spec, self.subprocesses = parser.get_spec(process), parser.get_subprocess_specs(process)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self.script_engine = PythonScriptEngine(environment=TaskDataEnvironment())

    def start(self) -> str:
        workflow = BpmnWorkflow(self.spec, self.subprocesses, script_engine=self.script_engine)
        workflow.do_engine_steps()
        return self.serializer.serialize_json(workflow)

    def ready(self, text: str) -> list[str]:
        """The names of the tasks that wait for people."""
        workflow = self.serializer.deserialize_json(text)
        return sorted(t.task_spec.bpmn_id for t in workflow.get_tasks(state=TaskState.READY, manual=True))

    def complete(self, text: str, task_name: str, data: dict[str, Any], item: str | None = None) -> str:
        """Load, complete one task, run on to the next people, write: a step of the documentation's way."""
        workflow = self.serializer.deserialize_json(text)
        workflow.script_engine = self.script_engine
        ready = [t for t in workflow.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.bpmn_id == task_name]
        task = ready[0] if item is None else next(t for t in ready if t.data.get("co_unit") == item)
        task.data.update(data)
        task.run()
        workflow.do_engine_steps()
        return self.serializer.serialize_json(workflow)


def stock_data(step: Step) -> dict[str, Any]:
    """A step's answers as task data: under the task's name, and the list of the multi-instance task where the condition's engine looks for it."""
    data: dict[str, Any] = {step.task: dict(step.answers)}
    if "co_units" in step.answers:
        data["co_units"] = list(step.answers["co_units"])
    if step.task == "handle":
        data["co_units"] = []       # all have answered by then: nobody is asked again when the result comes back
    return data

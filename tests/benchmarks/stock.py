"""The other side of the comparison: the same diagram on SpiffWorkflow as its documentation uses it, nothing of ours in between.

The stock engine reads neither FEEL nor our moments. Its definition is derived mechanically from the deployed diagram: conditions become Python over
the task data, moments become dates far ahead, a list named by `each` becomes a list in the task data. Nothing else is changed, left out or added.
"""
from __future__ import annotations

import re
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from webapp.deployments.bundle import Bundle

from .story import Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
WORDS = {"=": "==", "null": "None", "true": "True", "false": "False"}
TOKENS = re.compile(r'"[^"]*"|answers\.(\w+)\.(\w+)|(!=|<=|>=|=|\bnull\b|\btrue\b|\bfalse\b)')
FAR = '"9999-12-31T00:00:00+00:00"'


def python_of(feel: str) -> str:
    """A diagram's condition as Python over the task data, where each task's answers lie under its name."""
    return TOKENS.sub(lambda m: f'{m[1]}.get("{m[2]}")' if m[1] else WORDS.get(m[3], m[0]), feel)


def stock_diagram(bundle: Bundle, process: str) -> bytes:
    """The bundle's diagram of `process` as the stock engine can run it."""
    for name in sorted(n for n in bundle if n.endswith(".bpmn")):
        root = etree.fromstring(bundle[name], etree.XMLParser(resolve_entities=False, no_network=True))
        if root.find(f".//{{{BPMN}}}process[@id='{process}']") is not None:
            break
    else:
        raise LookupError(process)
    for condition in root.iter(f"{{{BPMN}}}conditionExpression"):
        condition.text = python_of(condition.text)
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
        parser.add_bpmn_str(stock_diagram(bundle, process))
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
    return data

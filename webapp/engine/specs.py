"""What of SpiffWorkflow is replaced: timers woken by rows, multi-instance over a FEEL list, decisions, and the script engine (closed FEEL)."""
from __future__ import annotations

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.event_parsers import SpiffBoundaryEventParser
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser, UserTaskParser
from SpiffWorkflow.spiff.specs.defaults import ParallelMultiInstanceTask, UserTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState


class InterruptingMoment(TimerEventDefinition):
    """Fires when the running command says that this very task's moment has come."""

    def has_fired(self, my_task):
        return my_task.workflow.top_workflow.script_engine.firing == my_task.id


class RepeatableMoment(CycleTimerEventDefinition):
    """A non-interrupting moment: stays waiting, and starts its branch anew each time it is woken."""

    def has_fired(self, my_task):
        return False

    def update_task(self, my_task):
        run = my_task.workflow.top_workflow.script_engine
        if run.firing != my_task.id:
            return
        run.firing = None
        run.completed(my_task)
        for output in my_task.task_spec.outputs:
            if not isinstance(output, BoundaryEventJoin):
                child = my_task._add_child(output, TaskState.FUTURE)
                child.task_spec._update(child)

    def reset(self, my_task):
        pass


class EachUnit(ParallelMultiInstanceTask):
    """One instance for each element of the FEEL list `each`; complete when every instance is finished, cancelled ones too."""

    def create_children(self, my_task):
        run = my_task.workflow.top_workflow.script_engine
        for item in run.each(my_task):
            self.create_child(my_task, item)

    def children_complete(self, my_task):
        return all(child.has_state(TaskState.FINISHED_MASK) for child in self._instances(my_task))

    def check_completion_condition(self, my_task):
        return False


class DecisionTask(SpiffBpmnTask):
    """Evaluates one of the definition's own decision tables; the result is seen as `result.DECISION`."""

    def __init__(self, wf_spec, name, decision="", **kwargs):
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task):
        my_task.workflow.top_workflow.script_engine.decide(self.decision)
        return True


class _UserTaskParser(UserTaskParser):
    PARALLEL_MI_CLASS = EachUnit


class _BoundaryParser(SpiffBoundaryEventParser):
    def parse_timer_event(self, event):
        kind = RepeatableMoment if self.node.get("cancelActivity") == "false" else InterruptingMoment
        return kind(self.node.get("id"), "")


class _DecisionParser(SpiffTaskParser):
    def create_task(self):
        decision = self.parse_extensions(self.node).get("calledDecisionId") or ""
        return self.spec_class(self.spec, self.bpmn_id, decision=decision.strip(), **self.bpmn_attributes)


class _ProcessParser(SpiffProcessParser):
    def __init__(self, *args, **kwargs):
        """What is deployed is run, whatever `isExecutable` says: bpmn-js draws a new diagram with `false`."""
        super().__init__(*args, **kwargs)
        self.process_executable = True

    def get_position(self, node_id):
        """All alike: the library tries a gateway's flows from the top of the picture down; ours are tried in the order of the file."""
        return {"x": 0.0, "y": 0.0}


class DefinitionParser(SpiffBpmnParser):
    """SpiffWorkflow's parser with the parts above; script and service tasks never get this far (xml.py refuses them)."""

    PROCESS_PARSER_CLASS = _ProcessParser

    OVERRIDE_PARSER_CLASSES = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("userTask"): (_UserTaskParser, UserTask),
        full_tag("boundaryEvent"): (_BoundaryParser, BoundaryEvent),
        full_tag("businessRuleTask"): (_DecisionParser, DecisionTask),
    }

    def get_subprocess_specs(self, name, specs=None, require_call_activity_specs=True):
        """As the library does it; but what need not be here need not be here for a sub-process either, which the library forgets."""
        used = {} if specs is None else specs
        for task_spec in self.get_spec(name).task_specs.values():
            if isinstance(task_spec, SubWorkflowTask) and task_spec.spec not in used:
                used[task_spec.spec] = self.get_spec(task_spec.spec, required=require_call_activity_specs)
                if used[task_spec.spec] is not None:
                    self.get_subprocess_specs(task_spec.spec, used, require_call_activity_specs)
        return used

    def _find_dependencies(self, process):     # decisions are ours and checked by the compiler, not by the library
        BpmnParser._find_dependencies(self, process)


class NoScripts(PythonScriptEngine):
    """Refuses every host-language door of the library."""

    def execute(self, task, script, external_context=None):
        raise RuntimeError("scripts are not allowed")

    def call_service(self, *args, **kwargs):
        raise RuntimeError("service calls are not allowed")


class CaseWorkflow(BpmnWorkflow):
    """A process instance that runs its automatic steps from the flat list of tasks, within a budget."""

    MAX_STEPS = 2_000

    def __init__(self, spec, subprocess_specs=None, script_engine=None, **kwargs):
        self._BpmnWorkflow__script_engine = script_engine     # the library sets it last, but its first task already asks for it
        super().__init__(spec, subprocess_specs, script_engine, **kwargs)

    def pump(self) -> None:
        """Run automatic tasks until only people and moments are waited for. RuntimeError past the budget (an automatic loop)."""
        left = self.MAX_STEPS
        while True:
            ready = [t for w in (self, *self.subprocesses.values()) for t in w.tasks.values()
                     if t._state == TaskState.READY and not t.task_spec.manual]
            if not ready:
                return
            for task in ready:
                if task._state == TaskState.READY and task.id in task.workflow.tasks:
                    left -= 1
                    if left < 0:
                        raise RuntimeError(f"automatic steps without end near '{task.task_spec.name}'")
                    task.run()

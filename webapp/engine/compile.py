"""Compiles a bundle of files (manifest, diagrams, tables) into a Definition, or says everything that is wrong with it."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.spiff.parser.process import VALIDATOR

from webapp.feel import Expression, FeelError, check, parse

from .articles import Articles
from .decisions import DecisionProblems, compile_decisions, compile_what_can
from .definition import Definition, Node
from .lint import check_structure
from .loops import check_loops
from .manifest import Manifest, Who, read_manifest
from .problems import DefinitionError, Problem
from .references import check_decisions, check_manifest, check_node, check_processes
from .scope import FUNCTIONS, known_names
from .settle import settle
from .specs import DefinitionParser, EachUnit
from .words import EFFECTS, ROLES
from .xml import Element, ProcessXml, parse_xml, read_processes


def compile_definition(files: Mapping[str, bytes], form_fields: Mapping[str, set[str]] | None = None, *, stored: bool = False) -> Definition:
    """Compile `files` (name -> content: procedure.toml, *.bpmn, *.dmn). `form_fields`: form name -> its field keys, to check `answers.*` by.

    Raises DefinitionError with every problem found. `stored`: the files passed the gate of their day, so only what stops them from being run is one.
    """
    problems: list[Problem] = []
    manifest = read_manifest(files.get("procedure.toml", b""), problems, stored)
    files = dict(files)
    roots, processes = _read_diagrams(files, problems, manifest.params if manifest is not None else None, stored)
    decisions = _read_decisions(files, problems, stored)
    compiler = _Compiler(manifest, roots, processes, decisions, problems, form_fields or {})
    if manifest is None or (problems and not stored):
        nodes = compiler.look(whole=manifest is not None and decisions is not None and len(roots) == sum(f.endswith(".bpmn") for f in files))
        raise DefinitionError(list(dict.fromkeys(problems)), flat(nodes))
    return compiler.build(files, stored)


def flat(nodes: Mapping[str, Mapping[str, Node]]) -> list[Node]:
    """The nodes of all levels."""
    return [node for level in nodes.values() for node in level.values()]


def check_diagram(name: str, data: bytes) -> list[Problem]:
    """Every problem of a diagram that can be told without the manifest, tables and forms around it."""
    problems: list[Problem] = []
    roots, processes = _read_diagrams({name: data}, problems)
    compiler = _Compiler(None, roots, processes, None, problems, {})
    compiler.look(whole=False)
    if not problems:
        compiler.parse(complete=False)
    return list(dict.fromkeys(problems))


def check_manifest_alone(data: bytes) -> list[Problem]:
    """Every problem of a manifest that can be told without the diagrams, tables and forms that it names."""
    problems: list[Problem] = []
    manifest = read_manifest(data, problems)
    if manifest is not None:
        _Compiler(manifest, {}, [], None, problems, {}).look(whole=False)
    return list(dict.fromkeys(problems))


def _read_diagrams(files: dict[str, bytes], problems: list[Problem], params: Mapping[str, Any] | None = None, stored: bool = False) -> tuple[dict, list[ProcessXml]]:
    """The diagrams of `files`, without the ways that `params` rule out; `files` then holds them so."""
    roots, processes = {}, []
    for name in sorted(f for f in files if f.endswith(".bpmn")):
        try:
            roots[name] = parse_xml(files[name], name, stored)
            if params is not None and settle(roots[name], params):
                files[name] = etree.tostring(roots[name])
        except ValueError as error:
            problems.append(Problem(name, "file", str(error), stops=True))
            continue
        processes += read_processes(roots[name], name, problems, stored)
    for process in processes:
        check_structure(process, problems)
    check_loops(processes, problems)
    return roots, processes


def _read_decisions(files: Mapping[str, bytes], problems: list[Problem], stored: bool = False):
    tables = {f: files[f] for f in files if f.endswith(".dmn")}
    if stored:
        return compile_what_can(tables)[0].decisions        # one that is missing stops only what asks it
    try:
        return compile_decisions(tables)
    except DecisionProblems as error:
        problems += [Problem(*p) if isinstance(p, tuple) else Problem(p.file, p.element, p.message) for p in error.problems]
        return None


class _Compiler:
    """Holds the files of one definition against each other. What is None (manifest, decisions) is not known, so nothing is said to be missing from it."""

    def __init__(self, manifest: Manifest | None, roots, processes: list[ProcessXml], decisions, problems, form_fields):
        self.manifest, self.roots, self.processes, self.decisions = manifest, roots, processes, decisions
        self.problems, self.form_fields = problems, form_fields
        self.tasks: dict[str, set[str] | None] = {}
        self.expressions: list[tuple[str, str, Expression]] = []
        self.elements = {(p.id, e.id): e for p in processes for e in p.elements.values()}
        self.articles = Articles(manifest, self.elements.values())

    def look(self, whole: bool) -> dict[str, dict[str, Node]]:
        """Every problem of what the files say. `whole`: all of them could be read, so that what they name must be there."""
        nodes: dict[str, dict[str, Node]] = {}
        for process in self.processes:
            for element in process.elements.values():
                node = self._node(element)
                nodes.setdefault(element.parent, {})[element.id] = node
                if node.kind == "userTask":
                    fields = self.form_fields.get(node.form)
                    self.tasks[node.task] = (self.tasks.get(node.task) or set()) | set(fields) if fields is not None else None
            for flow in process.flows.values():
                if flow.condition is not None:
                    self._feel(flow.condition, flow.file, flow.id)
        check_processes(self.processes, self.problems, whole)
        if self.manifest is not None:
            self._manifest_expressions(whole)
            check_manifest(self.manifest, self.processes, self.decisions, self.tasks, self.problems, whole)
        self._check_names(whole)
        return nodes

    def build(self, files: Mapping[str, bytes], stored: bool = False) -> Definition:
        nodes = self.look(whole=True)
        if stored:
            self.problems[:] = [p for p in self.problems if p.stops] + self._missing()
        if self.problems:
            raise DefinitionError(list(dict.fromkeys(self.problems)), flat(nodes))
        specs, subs = self.parse()
        if self.problems:
            raise DefinitionError(self.problems)
        kept = {(p[1], p[2]) for _, _, e in self.expressions for p in e.paths if p[0] == "answers" and len(p) > 2}
        for decision in self.decisions.values():
            kept |= {(p[1], p[2]) for p in decision.paths if p[0] == "answers" and len(p) > 2}
        return Definition(self.manifest, specs, subs, nodes, self.decisions, frozenset(kept),
                          {p.id: (p.file, files[p.file]) for p in self.processes}, {p.id: p.properties for p in self.processes})

    def _missing(self) -> list[Problem]:
        """What a run asks for by name and would not find: the main process, decisions."""
        manifest = self.manifest
        asked = [("procedure.toml", "limits", manifest.limits), *(("procedure.toml", f"extensions.{n}", e["decision"]) for n, e in manifest.extensions.items())]
        asked += [(e.file, e.id, e.properties.get("decision", "")) for e in self.elements.values() if e.kind == "businessRuleTask"]
        found = [Problem(file, where, f"there is no decision '{name}'") for file, where, name in asked if name not in self.decisions]
        return found + ([] if manifest.process in {p.id for p in self.processes} else [Problem("procedure.toml", "process", f"there is no process '{manifest.process}'")])

    def _feel(self, text: str, file: str, element: str) -> Expression:
        try:
            expression = parse(text)
        except FeelError as error:
            self.problems.append(Problem(file, element, f"expression '{text[:200]}' does not parse: {error}", stops=True))
            return parse("null")
        self.expressions.append((file, element, expression))
        return expression

    def _node(self, e: Element) -> Node:
        p = e.properties
        task = p.get("task", e.id)
        who = self.manifest.who.get(task) if self.manifest is not None else None
        if e.kind == "userTask":
            if who is None:
                role, unit = p.get("role") or e.lane.get("role", ""), p.get("unit") or e.lane.get("unit", "")
                if not role and self.manifest is not None:
                    self.problems.append(Problem(e.file, e.id, "nobody is named for this task", "give its lane `role` and `unit`, or name it in the manifest's [who]"))
                elif role and role not in ROLES:
                    self.problems.append(Problem(e.file, e.id, f"unknown role '{role}'", f"one of {', '.join(sorted(ROLES))}"))
                who = Who(role, unit or ("citizen" if role == "citizen" else "office"))
        effects = []
        for name, text in e.effects:
            if name not in EFFECTS:
                self.problems.append(Problem(e.file, e.id, f"unknown effect '{name}'", f"one of {', '.join(sorted(EFFECTS))}", stops=True))
            effects.append((name, self._feel(text or "{}", e.file, e.id)))
        if e.kind == "boundaryEvent" and e.timer is not None and not (p.get("deadline") and p.get("moment")):
            self.problems.append(Problem(e.file, e.id, "a timer names its `deadline` and `moment`"))
        check_node(e, self.manifest, self.decisions, self.problems)
        each = self._feel(p["each"], e.file, e.id) if "each" in p else None
        if e.multi and each is None:
            self.problems.append(Problem(e.file, e.id, "a multi-instance task names its list in `each`", stops=True))
        return Node(e.id, e.process, e.kind, e.name, p.get("en", e.name), task, p.get("form", task), who, self.articles.of(e), tuple(p.get("starts", "").split()),
                    tuple(p.get("ends", "").split()), tuple(effects), p.get("moment"), p.get("deadline"), e.interrupting, each, e.file, self._under(e))

    def _under(self, element: Element | None) -> tuple[str, ...]:
        """The deadlines that an element is under within its process: its own, then those of the sub-processes around it."""
        found: list[str] = []
        while element is not None:
            found += element.properties.get("ends", "").split() or element.properties.get("starts", "").split()
            element = self.elements.get((element.process, element.parent))
        return tuple(dict.fromkeys(found))

    def _manifest_expressions(self, whole: bool) -> None:
        for action in self.manifest.actions.values():
            where = f"actions.{action.name}"
            self.expressions += [("procedure.toml", f"{where}.effects", expression) for _, expression in action.effects]
            self.expressions += [("procedure.toml", f"{where}.refuse", r.when) for r in action.refuse]
        self.expressions += [("procedure.toml", f"checks ({r.task})", r.when) for r in self.manifest.checks]

    def _check_names(self, whole: bool) -> None:
        manifest = self.manifest
        names = known_names(self.tasks, set(manifest.deadlines) if whole else None, set(self.decisions) if whole else None)
        for file, element, expression in self.expressions:
            self.problems += [Problem(file, element, f"{said} in '{expression.text[:200]}'", "see Expressions in docs/modelling.md")
                              for said in check(expression, names, FUNCTIONS)]
        if self.decisions:
            check_decisions(self.decisions, names, FUNCTIONS, self.problems)

    def parse(self, complete: bool = True) -> tuple[dict, dict]:
        """The engine library's specs of every process. `complete`: every called process is here."""
        parser = DefinitionParser(validator=VALIDATOR)
        specs, subs = {}, {}
        try:
            for name, root in self.roots.items():
                parser.add_bpmn_xml(root, name)
            for process in self.processes:
                specs[process.id] = parser.get_spec(process.id)
                subs[process.id] = parser.get_subprocess_specs(process.id, require_call_activity_specs=complete)
        except ValidationException as error:
            self.problems.append(Problem(str(getattr(error, "file_name", "") or "bpmn"), str(getattr(error, "id", "") or "diagram"), str(error)))
        except RecursionError:
            self.problems.append(Problem("bpmn", "diagram", "nested or chained too deep"))
        except Exception as error:      # the library meets what it did not expect: a fault of the diagram, never of the caller
            self.problems.append(Problem("bpmn", "diagram", f"cannot be read by the engine: {type(error).__name__}: {str(error)[:300]}"))
        for spec in {id(s): s for s in [*specs.values(), *(s for level in subs.values() for s in level.values())]}.values():
            if spec is not None:        # a called process that is not here
                _prepare(spec)
        return specs, subs


def _prepare(spec: BpmnProcessSpec) -> None:
    """Connect once, for every case that will share this spec, the hooks through which a run sees nodes being reached and completed."""
    for task_spec in spec.task_specs.values():
        task_spec.ready_event.connect(_on_ready)
        task_spec.update_event.connect(_on_update)
        task_spec.completed_event.connect(_on_completed)
        task_spec.cancelled_event.connect(_on_cancelled)
        if isinstance(task_spec, MultiInstanceTask):
            assert isinstance(task_spec, EachUnit)   # sequential ones are refused by check_structure
            child = spec.task_specs[task_spec.task_spec]
            if not child.completed_event.is_connected(task_spec.merge_child):
                child.completed_event.connect(task_spec.merge_child)


def _on_ready(workflow, task):
    workflow.script_engine.reached(task)


def _on_update(workflow, task):
    workflow.script_engine.updated(task)


def _on_completed(workflow, task):
    workflow.script_engine.completed(task)


def _on_cancelled(workflow, task):
    workflow.script_engine.cancelled(task)

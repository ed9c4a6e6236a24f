"""A problem is told with its line."""
from __future__ import annotations

import pytest

from webapp.deployments.bundle import flatten
from webapp.deployments.gate import Gate
from webapp.deployments.gate_lines import line_of
from webapp.settings import ROOT

MANIFEST = b"""id = "x"
[who.approve]
unit = "office"
role = "aprover"

[[scope]]
id = "a"
[[scope]]
id = "b"
[actions.recuse]
by = [
    {role = "clerk", unit = "lead"},
    {role = "clrk", unit = "lead"},
]
"""


@pytest.mark.parametrize(("name", "data", "element", "message", "line"), [
    ("procedure.toml", MANIFEST, "who.approve.role", "unknown role 'aprover' is not one of clerk", 4),
    ("procedure.toml", MANIFEST, "actions.recuse.by.role", "unknown role 'clrk' is not one of clerk", 13),
    ("procedure.toml", MANIFEST, "actions.recuse", "there is no form 'recuse'", 10),
    ("procedure.toml", MANIFEST, "nowhere.at.all", "is missing", None),
    ("procedure.toml", b"[a", "file", "not readable as TOML (at line 1, column 3)", 1),
    ("main.bpmn", b'<a>\n<task id="handle"\n name="x"/></a>', "handle", "unknown deadline", 2),
    ("file.form.json", b'{"components": [\n{"key": "title"},\n{"key": "text"}]}', "text", "an unknown type", 3),
    ("main.bpmn", b"", "handle", "unknown deadline", None), ("main.bpmn", b"\xff\xfe\n", "handle", "x", None),
])
def test_where_a_problem_lies(name, data, element, message, line):
    assert line_of(name, data, element, message) == line


def test_the_gate_says_the_line(tmp_path):
    folder = tmp_path / "some.procedure"
    for path, data in flatten(ROOT, "dali-ducha").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    manifest = folder / "procedure.toml"
    text = manifest.read_text()
    number = next(n for n, line in enumerate(text.splitlines(), 1) if 'role = "approver"' in line)
    manifest.write_text(text.replace('role = "approver"', 'role = "aprover"', 1))
    gate = Gate(ROOT)
    try:
        found = gate.judge(folder)
    finally:
        gate.close()
    assert [(p.file, p.line) for p in found.problems if "aprover" in p.message] == [("procedure.toml", number)]

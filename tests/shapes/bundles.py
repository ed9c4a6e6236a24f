"""Bundles of made-up procedures: a manifest, drawn processes, a limit table and forms, all from a few lines."""
from __future__ import annotations

import json
from pathlib import Path

from tests.shapes.drawing import draw
from webapp.deployments.bundle import flatten
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import run_scenario
from webapp.scenarios.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = """
id = "shape"
process = "main"
title = {zh = "样例", en = "Shape"}
document = {zh = "样例", en = "Shape", issued = 2026-01-01}
calendar = "national"
directory = "dali"
office = "dali/inspection"
number = "SH"
limits = "limit"
[filing]
form = "file"
[supervision]
process = "supervision"
unit = "office"
modes = ["network"]
[[supervision.trigger]]
id = "sh-s-1"
article = "Art.1"
by = ["clock", "hand"]
zh = "逾期"
en = "late"
"""


def limits(**spans: str) -> bytes:
    """The limit decision: deadline -> span; `extension` gives count and total where a pair is named so."""
    rules = "".join(f'<rule id="r{i}"><inputEntry id="i{i}"><text>"{name}"</text></inputEntry><outputEntry id="o{i}"><text>"{span}"</text></outputEntry>'
                    f'<outputEntry id="a{i}"><text>"Art.{i}"</text></outputEntry><outputEntry id="l{i}"><text>false</text></outputEntry></rule>'
                    for i, (name, span) in enumerate(spans.items(), 1))
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:x">
<decision id="limit" name="limit"><decisionTable id="t" hitPolicy="UNIQUE"><input id="i"><inputExpression id="e" typeRef="string"><text>deadline</text></inputExpression></input>
<output id="o" name="span" typeRef="string"/><output id="a" name="article" typeRef="string"/><output id="l" name="local" typeRef="boolean"/>{rules}</decisionTable></decision>
<decision id="extension" name="extension"><literalExpression id="x"><text>{{count: 2, total: "20 wd", article: "Art.9", local: true}}</text></literalExpression></decision>
</definitions>""".encode()


def form(*fields: str) -> bytes:
    """A form-js schema with text fields; `days` is a number, `co_units`, `lead_unit`, `unit` name units."""
    components = []
    for key in fields:
        kind = {"days": "number", "co_units": "taglist", "lead_unit": "select", "unit": "select"}.get(key, "textfield")
        component = {"type": kind, "key": key, "id": f"f_{key}", "label": key}
        if kind in ("select", "taglist"):
            component |= {"valuesKey": "units", "properties": {"entity": "units" if kind == "taglist" else "unit"}}
        components.append(component)
    return json.dumps({"type": "default", "id": "form", "components": components}).encode()


def shape(manifest: str, spans: dict[str, str], forms: dict[str, tuple[str, ...]], **processes: str) -> dict[str, bytes]:
    """A bundle; the shared supervision, extension and their forms come along unless drawn here."""
    shared = flatten(ROOT, "dali-ducha")
    deadlines = "".join(f'[deadlines.{name}]\nzh = "{name}"\nen = "{name}"\n' for name in spans)
    bundle = {"procedure.toml": (MANIFEST + deadlines + manifest).encode(), "limits.dmn": limits(**spans),
              "supervision.bpmn": shared["supervision.bpmn"], "forms/supervise.form.json": shared["forms/supervise.form.json"],
              "forms/file.form.json": form("title", "text", "channel", "type")}
    for name, text in processes.items():
        head, _, rest = text.strip().partition("\n")
        properties = dict(pair.split("=", 1) for pair in head[1:].split(";")) if head.startswith("!") else {}
        bundle[f"{name}.bpmn"] = draw(name, rest if properties else text, **{k.strip(): v.strip() for k, v in properties.items()})
    bundle |= {f"forms/{name}.form.json": form(*fields) for name, fields in forms.items()}
    return bundle


def play(bundle: dict[str, bytes], steps: str, at: str = "2026-03-02 09:00") -> list:
    """Run a scenario of these steps (YAML list) on the bundle; returns the failures."""
    text = f"scenario: s\nprocedure: shape\nat: {at}\nfile: {{title: t, text: x}}\nsteps:\n{steps}"
    return run_scenario(Sandbox(ROOT, bundle), read_scenario(text.encode()))

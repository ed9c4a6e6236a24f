"""Only deployed data is changed, and the run follows: no Python knows this procedure."""
from __future__ import annotations

from pathlib import Path

from lxml import etree

from webapp.deployments.bundle import flatten
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import run_scenario
from webapp.scenarios.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
NS = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "s": "http://spiffworkflow.org/bpmn/schema/1.0/core"}
DIAGRAM, LIMITS = "dali-ducha.bpmn", "limits.dmn"
OPENING = """scenario: changed
procedure: dali-ducha
at: 2026-03-02 09:00
file: {channel: web, type: complaint, category: dc-2, title: 路灯不亮, text: 小区门口路灯坏了一个月, claimant: {kind: person, name: 李四}}
steps:
- {at: +1h, as: dali/inspection.supervisor, do: screen, with: {decision: assign, unit: dali/xiangyun}}
- {at: +1h, as: dali/xiangyun.intake, do: receive}
- {at: +1h, as: dali/xiangyun.intake, do: compare, with: {decision: new}}
- {at: +1h, as: dali/xiangyun.dispatcher, do: dispatch, with: {lead_unit: dali/xiangyun/housing}}
"""
HANDLED = "- {at: +1h, as: dali/xiangyun/housing.clerk, do: handle, with: {decision: reply, text: 已修好}, expect: {open: [%s]}}\n"


def play(bundle: dict[str, bytes], steps: str) -> list:
    return run_scenario(Sandbox(ROOT, bundle), read_scenario((OPENING + steps).encode()))


def changed(edit) -> dict[str, bytes]:
    bundle = flatten(ROOT, "dali-ducha")
    root = etree.fromstring(bundle[DIAGRAM])
    edit(root)
    return bundle | {DIAGRAM: etree.tostring(root)}


def by_id(root, name: str):
    return next(e for e in root.iter() if e.get("id") == name)


def flow(root, source: str, target: str):
    return next(f for f in root.iter(f"{{{NS['b']}}}sequenceFlow") if f.get("sourceRef") == source and f.get("targetRef") == target)


def remove(element) -> None:
    element.getparent().remove(element)


def unlink(root, name: str) -> None:
    """Take a flow out, with what names it in its nodes and in the picture."""
    for element in list(root.iter()):
        if element.tag in (f"{{{NS['b']}}}incoming", f"{{{NS['b']}}}outgoing") and element.text == name:
            remove(element)
        elif element.get("id") == name or element.get("bpmnElement") == name:
            remove(element)


def test_unchanged_the_result_is_reviewed():
    assert play(flatten(ROOT, "dali-ducha"), HANDLED % "review") == []


def test_without_review_the_reply_goes_straight_to_the_citizen():
    def drop_review(root):
        into = next(f for f in root.iter(f"{{{NS['b']}}}sequenceFlow") if f.get("targetRef") == "review")
        into.set("targetRef", "feedback")
        for name in ("review", "reviewed"):
            for f in [f for f in root.iter(f"{{{NS['b']}}}sequenceFlow") if name in (f.get("sourceRef"), f.get("targetRef"))]:
                unlink(root, f.get("id"))
            for ref in [e for e in root.iter(f"{{{NS['b']}}}flowNodeRef") if e.text == name]:
                remove(ref)
            unlink(root, name)
    assert play(changed(drop_review), HANDLED % "feedback") == []


def test_an_approval_added_before_feedback():
    def add_approval(root):
        review = by_id(root, "review")
        work = review.getparent()
        out = next(f for f in root.iter(f"{{{NS['b']}}}sequenceFlow") if f.get("targetRef") == "feedback")
        extra = etree.SubElement(work, f"{{{NS['b']}}}userTask", id="principal_approval", name="领导审批")
        properties = etree.SubElement(etree.SubElement(extra, f"{{{NS['b']}}}extensionElements"), f"{{{NS['s']}}}properties")
        for name, value in (("role", "leader"), ("unit", "assigned"), ("form", "review")):
            etree.SubElement(properties, f"{{{NS['s']}}}property", name=name, value=value)
        out.set("targetRef", "principal_approval")
        etree.SubElement(work, f"{{{NS['b']}}}sequenceFlow", id="added_flow", sourceRef="principal_approval", targetRef="feedback")
        for incoming in [e for e in by_id(root, "feedback") if e.tag == f"{{{NS['b']}}}incoming"]:
            remove(incoming)
    assert play(changed(add_approval), HANDLED % "review" + """
- {at: +1h, as: dali/xiangyun.approver, do: review, with: {decision: pass}, expect: {open: [principal_approval], assigned: {principal_approval: dali/xiangyun}}}
- {at: +1h, as: dali/xiangyun.approver, do: principal_approval, with: {decision: pass}, refused: forbidden}
- {at: +1h, as: dali/xiangyun.leader, do: principal_approval, with: {decision: pass}, expect: {open: [feedback]}}
""") == []


def test_ten_days_instead_of_fifteen():
    bundle = flatten(ROOT, "dali-ducha")
    bundle[LIMITS] = bundle[LIMITS].replace(b'"15 wd"', b'"10 wd"')
    assert play(bundle, "- {at: +1h, expect: {deadlines: {handle: {due: 2026-03-16}}}}") == []
    assert play(flatten(ROOT, "dali-ducha"), "- {at: +1h, expect: {deadlines: {handle: {due: 2026-03-23}}}}") == []


def test_a_lane_given_to_another_role():
    def swap(root):
        lane = next(e for e in root.iter(f"{{{NS['b']}}}lane") if any(r.text == "review" for r in e.iter(f"{{{NS['b']}}}flowNodeRef")))
        next(p for p in lane.iter(f"{{{NS['s']}}}property") if p.get("name") == "role").set("value", "unit_head")
    assert play(changed(swap), HANDLED % "review" + """
- {at: +1h, as: dali/xiangyun.approver, do: review, with: {decision: pass}, refused: forbidden}
- {at: +1h, as: dali/xiangyun.unit_head, do: review, with: {decision: pass}, expect: {open: [feedback]}}
""") == []


TWICE = """
- {at: +1h, as: dali/xiangyun/housing.clerk, do: request_extension, with: {days: 5, reason: 复杂}}
- {at: +1h, as: dali/xiangyun.approver, do: approve_extension, with: {decision: approve}}
- {at: +1h, as: dali/xiangyun/housing.clerk, do: request_extension, with: {days: 5, reason: 仍复杂}%s}
"""


def test_a_second_extension_allowed():
    bundle = flatten(ROOT, "dali-ducha")
    root = etree.fromstring(bundle[LIMITS])
    decision = by_id(root, "extension")
    once = next(e for e in decision.iter("{*}text") if e.text == "1")
    once.text = "2"
    assert play(flatten(ROOT, "dali-ducha"), TWICE % ", refused: extension_count") == []
    assert play(bundle | {LIMITS: etree.tostring(root)}, TWICE % ", expect: {open: [handle, approve_extension]}") == []


DISTRICT = """scenario: another law
procedure: district-ducha
at: 2026-03-02 09:00
file: {channel: web, type: %s, category: qx-2, title: 拖欠工资, text: 工地拖欠工资两个月, claimant: {kind: person, name: 李四}}
steps:
- {at: +1h, as: district/service.intake, do: accept, with: {decision: accept, unit: %s}, expect: {deadlines: {handle: {due: %s, basis: %s}}}}
"""
BY_LAW = """<rule id="by_law_1"><inputEntry id="by_law_1_i1"><text>"qx-2"</text></inputEntry><inputEntry id="by_law_1_i2"><text>"report"</text></inputEntry>
<outputEntry id="by_law_1_o1"><text>"60 wd"</text></outputEntry><outputEntry id="by_law_1_o2"><text>"劳动保障监察条例第十七条"</text></outputEntry></rule>"""


def in_district(bundle: dict[str, bytes], *facts: str) -> list:
    return run_scenario(Sandbox(ROOT, bundle), read_scenario((DISTRICT % facts).encode()))


def test_another_laws_limit_is_a_row_that_an_admin_fills_in():
    plain = flatten(ROOT, "district-ducha")
    root = etree.fromstring(plain[LIMITS])
    by_id(root, "by_law_table").append(etree.fromstring(BY_LAW.replace("<rule ", '<rule xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" ')))
    filled = plain | {LIMITS: etree.tostring(root)}
    assert in_district(plain, "report", "district/urban", "2026-03-11", "Art.12(1)") == []
    assert in_district(filled, "report", "district/urban", "2026-05-28", "Art.12(5)") == []
    assert in_district(filled, "report", "district/town-a/village-1", "2026-05-28", "劳动保障监察条例第十七条") == []
    assert in_district(filled, "complaint", "district/urban", "2026-03-11", "Art.12(1)") == []

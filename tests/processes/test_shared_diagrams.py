"""What a diagram that several procedures share can do: be called, be under the caller's deadline, cite the caller's article, and lack the ways that parameters rule out."""
from __future__ import annotations

import pytest
from lxml import etree

from tests.shapes.bundles import ROOT, play, shape
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.registry import build
from webapp.engine import DefinitionError
from webapp.feel import settled
from webapp.models import LedgerEntry, Task, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox

FORMS = {"dispatch": ("lead_unit", "co_units"), "handle": ("text", "decision"), "assist": ("text",), "review": ("decision",), "feedback": ("text",)}
MAIN = """
    start s
    task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: answers.dispatch.co_units}
    sub work starts=handle
    start ws
    call together co_handling article="Art.7; Art.8"
    task feedback clerk lead ends=handle
    end we
    ws -> together
    together -> feedback
    feedback -> we
    close
    timer late work handle overdue
    end supervised effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
    end done effect.close={outcome: "replied"}
    s -> dispatch
    dispatch -> work
    work -> done
    late -> supervised
"""
TOGETHER = """
    start cs
    fork both
    task handle clerk lead
    task assist clerk co each=case.co
    end handled
    end assisted
    cs -> both
    both -> handle
    both -> assist
    handle -> handled
    assist -> assisted
"""
DISPATCH = "- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market%s}}\n"


def after(bundle: dict[str, bytes], steps: str, look):
    """What `look()` finds in the database after the steps."""
    text = f"scenario: s\nprocedure: shape\nat: 2026-03-02 09:00\nfile: {{title: t, text: x}}\nsteps:\n{steps}"
    with Sandbox(ROOT, bundle).fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(text.encode())).run() == []
        return look()


def deadlines_of_tasks() -> dict[str, str | None]:
    return {t.name: t.deadline for t in db.session.query(Task).filter(Task.state == "open")}


def passed() -> set[str]:
    return {node for entry in db.session.query(LedgerEntry) for node in (entry.data or {}).get("passed", [])}


def test_a_task_in_a_called_process_is_under_the_deadline_around_the_call():
    bundle = shape("", {"handle": "5 wd"}, FORMS, main=MAIN, co_handling=TOGETHER)
    assert after(bundle, DISPATCH % ", co_units: [dali/transport]", deadlines_of_tasks) == {"handle": "handle", "assist": "handle"}
    assert play(bundle, DISPATCH % "" + """
- {at: 2026-03-10 00:01, expect: {open: [handle, supervise], deadlines: {handle: {status: missed, due: 2026-03-09}}, supervisions: [{trigger: sh-s-1}]}}
- {at: +9h, as: dali/market.clerk, do: handle, with: {text: x}, expect: {open: [feedback, supervise]}}
- {at: +1h, as: dali/market.clerk, do: feedback, with: {text: x}, expect: {deadlines: {handle: {status: late}}}}
""") == []


def test_a_deadline_of_a_node_inside_a_called_process_and_one_of_the_call():
    bundle = shape(
        "", {"handle": "5 wd", "sign": "1 wd", "interim": "3 wd"}, FORMS | {"sign": ("text",)},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            call together co_handling starts=interim ends=interim
            timer late together interim overdue
            end told effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "interim"}
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> together
            together -> done
            late -> told
        """,
        co_handling="""
            start cs
            task sign clerk lead starts=sign ends=sign
            timer unsigned sign sign overdue
            end urged effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "sign"}
            sub working starts=handle ends=handle
            start ws
            task handle clerk lead
            task review approver office
            end we
            ws -> handle
            handle -> review
            review -> we
            close
            end ce
            cs -> sign
            unsigned -> urged
            sign -> working
            working -> ce
        """,
    )
    assert after(bundle, DISPATCH % "", deadlines_of_tasks) == {"sign": "sign"}
    signed = DISPATCH % "" + "- {at: +1h, as: dali/market.clerk, do: sign, with: {text: x}}\n"
    assert after(bundle, signed, deadlines_of_tasks) == {"handle": "handle"}
    assert play(bundle, DISPATCH % "" + """
- {at: 2026-03-04 00:01, expect: {open: [sign, supervise], deadlines: {sign: {status: missed}, interim: {status: running, due: 2026-03-05}, handle: null}}}
- {at: +9h, as: dali/market.clerk, do: sign, with: {text: x}, expect: {deadlines: {sign: {status: late}, handle: {due: 2026-03-11}}}}
- {at: 2026-03-06 00:01, expect: {open: [handle, supervise, supervise], deadlines: {interim: {status: missed}}}}
- {at: +9h, as: dali/market.clerk, do: handle, with: {text: x}, expect: {open: [review, supervise, supervise]}}
- {at: +1h, as: dali/inspection.approver, do: review, with: {decision: pass}, expect: {status: closed, deadlines: {handle: {status: met}, interim: {status: late}}}}
""") == []


def test_nobody_assisted_where_there_was_no_assisting_unit():
    bundle = shape("", {"handle": "5 wd"}, FORMS, main=MAIN, co_handling=TOGETHER)
    alone = DISPATCH % "" + "- {at: +1h, as: dali/market.clerk, do: handle, with: {text: x}}\n"
    assert after(bundle, alone, passed) >= {"handle", "together"}
    assert "assist" not in after(bundle, alone, passed)
    helped = DISPATCH % ", co_units: [dali/transport]" + "- {at: +1h, as: dali/transport.clerk, do: assist, with: {text: x}}\n"
    assert "assist" in after(bundle, helped, passed)


def test_an_effect_of_several_instances_is_had_once_by_each():
    collected = TOGETHER.replace("each=case.co", "each=case.co effect.set={said: append(if vars.said = null then [] else vars.said, item)}")
    told = MAIN.replace("ends=handle", "ends=handle effect.ledger={kind: \"said\", said: vars.said}")
    steps = DISPATCH % ", co_units: [dali/transport, dali/education]" + """
- {at: +1h, as: dali/transport.clerk, do: assist, with: {text: x}}
- {at: +1h, as: dali/education.clerk, do: assist, with: {text: x}}
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: x}}
- {at: +1h, as: dali/market.clerk, do: feedback, with: {text: x}}
"""
    bundle = shape("", {"handle": "5 wd"}, FORMS, main=told, co_handling=collected)
    assert after(bundle, steps, lambda: db.session.query(LedgerEntry).filter(LedgerEntry.kind == "said").one().data["said"]) == ["dali/transport", "dali/education"]


def test_tasks_of_a_called_process_cite_what_the_call_cites():
    definition = build(shape("", {"handle": "5 wd"}, FORMS, main=MAIN, co_handling=TOGETHER)).definition
    assert definition.node("co_handling", "handle").articles == ("Art.7", "Art.8")


def test_the_main_process_begins_anew_without_being_named():
    again = MAIN.replace("feedback clerk lead ends=handle", "feedback clerk lead ends=handle effect.open={process: \"checking\"}")
    checking = """
        start ks
        task review approver office
        end ke effect.reopen={} effect.round={} effect.open={main: true}
        ks -> review
        review -> ke
    """
    assert play(shape("", {"handle": "5 wd"}, FORMS, main=again, co_handling=TOGETHER, checking=checking), DISPATCH % "" + """
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: x}}
- {at: +1h, as: dali/market.clerk, do: feedback, with: {text: x}, expect: {open: [review], status: closed}}
- {at: +1h, as: dali/inspection.approver, do: review, with: {decision: x}, expect: {open: [dispatch], status: open, round: 2}}
""") == []


# -- ways that parameters rule out ----------------------------------------------------------------------------------
SIGNED = """
    start xs
    gate signs
    task sign unit_head lead
    call more deeper
    task approve approver office
    end xe effect.close={outcome: "replied"}
    xs -> signs
    signs -> sign if params.signed = true and case.lead != null
    signs -> approve else
    sign -> more
    more -> approve
    approve -> xe
"""
DEEPER = """
    start ds
    task look approver office
    end de
    ds -> look
    look -> de
"""


def test_a_way_that_parameters_rule_out_needs_nothing_that_lies_behind_it():
    without = build(shape("", {"handle": "5 wd"}, {"approve": ("decision",)}, main=SIGNED)).definition
    assert set(without.tasks()) == {"approve", "supervise"}       # no form, no called process, nobody to sign
    assert set(without.nodes["main"]) == {"xs", "signs", "approve", "xe"}
    drawn = etree.fromstring(without.diagrams["main"][1])
    assert not {e.get(key) for e in drawn.iter() for key in ("id", "bpmnElement", "sourceRef", "targetRef")} & {"sign", "more", "f_signs_sign"}
    forms = {"approve": ("decision",), "sign": ("text",), "look": ("text",)}
    with_it = build(shape("[params]\nsigned = true\n", {"handle": "5 wd"}, forms, main=SIGNED, deeper=DEEPER)).definition
    assert {"sign", "look"} <= set(with_it.tasks())


def test_a_way_that_is_not_ruled_out_must_be_whole():
    with pytest.raises(DefinitionError, match="deeper"):
        build(shape("[params]\nsigned = true\n", {"handle": "5 wd"}, {"approve": ("decision",), "sign": ("text",)}, main=SIGNED))


def test_what_was_never_reached_is_still_said():
    with pytest.raises(DefinitionError, match="lost"):
        build(shape("", {"handle": "5 wd"}, {"approve": ("decision",), "lost": ("text",)}, main=SIGNED + "    task lost approver office\n    lost -> xe\n"))


@pytest.mark.parametrize(("text", "comes_to"), [
    ("params.a = 1", True), ("params.a = 2", False), ("params.none = true", False), ("answers.x.y = 1", None),
    ("params.a = 1 and answers.x.y = 1", None), ("params.a = 2 and answers.x.y = 1", False), ("answers.x.y = 1 and params.a = 2", False),
    ("params.a = 1 or answers.x.y = 1", True), ("params.a = 2 or answers.x.y = 1", None), ("not(params.a = 1)", None), ("true", None), ("params.a =", None), ("", None),
])
def test_what_is_settled_by_parameters(text, comes_to):
    assert settled(text, {"params": {"a": 1}}) is comes_to


# -- the procedures that are deployed -------------------------------------------------------------------------------
@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_units_that_assist_do_so_in_the_shared_diagram(procedure):
    definition = build(flatten(ROOT, procedure)).definition
    assert {node.process for name in ("handle", "assist") for node in definition.tasks().get(name, [])} <= {"co_handling"}


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_a_step_has_an_id_of_its_own(procedure):
    """The ledger names the nodes that were passed by their ids alone, and the pictures are ticked by it."""
    nodes = [node.id for level in build(flatten(ROOT, procedure)).definition.nodes.values() for node in level.values()]
    assert sorted({each for each in nodes if nodes.count(each) > 1}) == []


def test_an_own_diagram_stands_in_for_a_shared_one_only_where_the_law_has_another_shape():
    shared = {path.name for path in (ROOT / "processes" / "national").glob("*.bpmn")}
    own = {str(path.relative_to(ROOT / "processes")) for path in (ROOT / "processes").glob("*/*.bpmn") if path.parent.name != "national" and path.name in shared}
    assert own == {"liaoning-12345/coordination.bpmn"}      # the list of competences comes first (docs/modelling.md, What is drawn once)

"""Every element the dialect allows, each in a small process: call activities, decisions, gateways, terminate, messages, moments."""
from __future__ import annotations

import pytest

from tests.shapes.bundles import play, shape
from webapp.engine import DefinitionError
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

HANDLE = "lead_unit", "co_units"
FORMS = {"dispatch": HANDLE, "handle": ("text", "decision"), "assist": ("text",), "review": ("decision",), "withdraw": ("reason",)}
WITHDRAW = '[actions.withdraw]\nby = [{role = "citizen"}]\nmessage = "withdraw"\n'


def test_a_called_process_with_parallel_helpers_and_withdrawal_out_of_it():
    parts = dict(
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: answers.dispatch.co_units}
            sub body
            start bs
            call working co_handling
            task review approver office
            end be
            bs -> working
            working -> review
            review -> be
            close
            message withdrawn body withdraw
            end gone effect.close={outcome: "withdrawn"}
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> body
            withdrawn -> gone
            body -> done
        """,
        co_handling="""
            start cs
            fork both
            task handle clerk lead
            task assist clerk co each=case.co
            fork joined
            end ce
            cs -> both
            both -> handle
            both -> assist
            handle -> joined
            assist -> joined
            joined -> ce
        """,
    )
    bundle = shape(WITHDRAW, {"handle": "5 wd"}, FORMS, **parts)
    begin = "- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market, co_units: [dali/transport, dali/education]}, expect: {open: [handle, assist, assist]}}\n"
    assert play(bundle, begin + """
- {at: +1h, as: dali/transport.clerk, do: assist, with: {text: a}, expect: {open: [handle, assist]}}
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: b}, expect: {open: [assist]}}
- {at: +1h, as: dali/education.clerk, do: assist, with: {text: c}, expect: {open: [review]}}
- {at: +1h, as: dali/inspection.approver, do: review, with: {decision: pass}, expect: {open: [], status: closed, outcome: replied}}
""") == []
    assert play(bundle, begin + """
- {at: +1h, as: dali/transport.clerk, do: assist, with: {text: a}}
- {at: +1h, as: citizen, do: withdraw, with: {reason: 解决了}, expect: {open: [], status: closed, outcome: withdrawn}}
- {at: +1h, as: citizen, do: withdraw, refused: closed}
""") == []


def test_a_decision_chooses_the_way():
    bundle = shape(
        "", {"handle": "5 wd"}, FORMS,
        main="""
            start s
            task handle clerk office
            decide asking extension
            gate often
            task review approver office
            end a effect.close={outcome: "replied"}
            end b effect.close={outcome: "settled"}
            s -> handle
            handle -> asking
            asking -> often
            often -> review if result.extension.count > 1
            often -> a else
            review -> b
        """,
    )
    assert play(bundle, """
- {at: +1h, as: dali/inspection.clerk, do: handle, with: {text: x}, expect: {open: [review]}}
- {at: +1h, as: dali/inspection.approver, do: review, with: {decision: x}, expect: {outcome: settled}}
""") == []


def test_terminate_ends_what_else_waits():
    bundle = shape(
        "", {"handle": "5 wd"}, FORMS,
        main="""
            start s
            fork both
            task handle clerk office
            task review approver office
            end over terminate effect.close={outcome: "settled"}
            end quiet
            s -> both
            both -> handle
            both -> review
            handle -> over
            review -> quiet
        """,
    )
    assert play(bundle, """
- {at: +1h, expect: {open: [handle, review]}}
- {at: +1h, as: dali/inspection.clerk, do: handle, with: {text: x}, expect: {open: [], status: closed, outcome: settled}}
""") == []


def test_moments_on_a_deadline_s_way():
    """Yellow, the last day, overdue, and each working day after: once each at 00:00, by the calendar."""
    bundle = shape(
        "", {"handle": "5 wd"}, FORMS,
        main="""
            start s
            task handle clerk office starts=handle ends=handle
            timer early handle handle yellow
            end e1 effect.ledger={kind: "yellow"}
            timer last handle handle last_day
            end e2 effect.ledger={kind: "last"}
            timer late handle handle overdue
            end e3 effect.ledger={kind: "late"}
            timer again handle handle overdue every 1 wd
            end e4 effect.ledger={kind: "again"}
            end done effect.close={outcome: "replied"}
            s -> handle
            early -> e1
            last -> e2
            late -> e3
            again -> e4
            handle -> done
        """,
    )
    # filed on Monday 2 March 2026: due on Monday 9 March; yellow on the 4th of 5 days, Friday
    assert play(bundle, """
- {at: 2026-03-05 23:59, expect: {ledger: [filed], deadlines: {handle: {due: 2026-03-09, light: green}}}}
- {at: 2026-03-06 00:00, expect: {ledger: [filed, yellow], deadlines: {handle: {light: yellow}}}}
- {at: 2026-03-09 00:00, expect: {ledger: [yellow, last]}}
- {at: 2026-03-09 23:59, expect: {deadlines: {handle: {status: running}}}}
- {at: 2026-03-10 00:00, expect: {ledger: [last, late], deadlines: {handle: {status: missed, light: red}}}}
- {at: 2026-03-13 12:00, expect: {ledger: [late, again, again, again]}}
- {at: +1h, as: dali/inspection.clerk, do: handle, with: {text: x}, expect: {status: closed, deadlines: {handle: {status: late}}}}
""") == []


FAULTS = {
    "a plain task": ("main", "task handle clerk office", "<bpmn:task id='plain'/>", "not allowed"),
    "an unknown role": ("main", "task handle king office", "", "unknown role"),
    "an unknown name": ("main", 'task handle clerk office effect.set={a: answers.nothing.x}', "", "answers.nothing"),
    "an unknown effect": ("main", "task handle clerk office effect.explode={}", "", "unknown effect"),
    "an unknown deadline": ("main", "task handle clerk office starts=never", "", "unknown deadline"),
    "a condition that does not parse": ("main", "task handle clerk office effect.set={a: 1 +}", "", "does not parse"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_named_with_file_and_element(fault):
    _, line, raw, words = FAULTS[fault]
    bundle = shape("", {"handle": "5 wd"}, FORMS, main=f"""
        start s
        {line}
        end done
        s -> handle
        handle -> done
    """)
    if raw:
        bundle["main.bpmn"] = bundle["main.bpmn"].replace(b"</bpmn:process>", raw.encode() + b"</bpmn:process>")
    with pytest.raises(DefinitionError) as caught:
        Sandbox(ROOT, bundle)
    found = [p for p in caught.value.problems if words in p.message]
    assert found and found[0].file == "main.bpmn" and found[0].element


STRUCTURE = {
    "dead end": ("start s\ntask handle clerk office\ns -> handle", "never reach an end"),
    "unreachable": ("start s\ntask handle clerk office\nend done\nend other\ntask review approver office\ns -> handle\nhandle -> done\nreview -> other", "cannot be reached"),
    "no start": ("task handle clerk office\nend done\nhandle -> done", "exactly one start"),
    "no default": ("start s\ngate g\nend a\nend b\ns -> g\ng -> a if round = 1\ng -> b if round = 2", "needs a default"),
    "loop without a person": ("start s\ngate g\nthrow t\nend a\ns -> g\ng -> t if round = 1\ng -> a else\nt -> g", "no person stands in"),
    "waiting after a repeatable moment": ("start s\ntask handle clerk office starts=handle\ntimer late handle handle overdue\ntask review approver office\nend a\nend b\n"
                                          "s -> handle\nhandle -> a\nlate -> review\nreview -> b", "nothing may wait"),
    "dangling flow": ("start s\ntask handle clerk office\nend done\ns -> handle\nhandle -> done\nhandle -> nowhere", "does not exist"),
}


@pytest.mark.parametrize("fault", STRUCTURE, ids=str)
def test_a_structural_fault_is_refused(fault):
    drawn, words = STRUCTURE[fault]
    with pytest.raises(DefinitionError, match=words):
        Sandbox(ROOT, shape("", {"handle": "5 wd"}, FORMS, main=drawn))

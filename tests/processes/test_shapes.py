"""Shapes that the first procedure does not have, run as procedures of their own: the engine is made for all of them."""
from __future__ import annotations

from tests.shapes.bundles import play, shape

HANDLE = "lead_unit", "co_units"


def test_two_extensions_with_weekly_reports():
    bundle = shape(
        """
[extensions.handle]
decision = "extension"
[actions.request_extension]
by = [{role = "clerk", unit = "lead"}]
opens = "extension"
deadline = "handle"
""",
        {"handle": "5 wd", "progress": "7 d"},
        {"dispatch": HANDLE, "handle": ("text",), "request_extension": ("days",), "approve_extension": ("decision",), "progress_report": ("text",)},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            task handle clerk lead starts=handle ends=handle
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> handle
            handle -> done
        """,
        extension="""
            !ends_with=main
            start xs
            task approve_extension approver office
            gate approved
            end granted effect.extend={deadline: request.deadline, days: request.days} effect.open={process: "reporting", number: deadlines.handle.extensions}
            end refused
            xs -> approve_extension
            approve_extension -> approved
            approved -> granted if answers.approve_extension.decision = "approve"
            approved -> refused else
        """,
        reporting="""
            !ends_with=main
            start rs
            task progress_report clerk lead starts=progress ends=progress
            timer late progress_report progress overdue
            end supervised effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "progress"}
            gate again
            end over
            rs -> progress_report
            late -> supervised
            progress_report -> again
            again -> over if deadlines.handle.extensions > request.number
            again -> progress_report else
        """,
    )
    assert play(bundle, """
- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market}, expect: {deadlines: {handle: {due: 2026-03-09}}}}
- {at: +1h, as: dali/market.clerk, do: request_extension, with: {days: 5}, expect: {open: [handle, approve_extension]}}
- {at: +1h, as: dali/inspection.approver, do: approve_extension, with: {decision: approve}, expect: {open: [handle, progress_report], deadlines: {handle: {due: 2026-03-16, extensions: 1}, progress: {due: 2026-03-09}}}}
- {at: 2026-03-05 10:00, as: dali/market.clerk, do: progress_report, with: {text: 进展}, expect: {open: [handle, progress_report], deadlines: {progress: {due: 2026-03-12, status: running}}}}
- {at: 2026-03-13 00:01, expect: {open: [handle, progress_report, supervise], supervisions: [{trigger: sh-s-1, status: open}]}}
- {at: 2026-03-13 09:00, as: dali/market.clerk, do: request_extension, with: {days: 5}}
- {at: +1h, as: dali/inspection.approver, do: approve_extension, with: {decision: approve}, expect: {deadlines: {handle: {due: 2026-03-23, extensions: 2}}, open: [handle, progress_report, progress_report, supervise]}}
- {at: +1h, as: dali/market.clerk, do: progress_report, with: {text: 进展}, expect: {open: [handle, progress_report, supervise]}}
- {at: +1h, as: dali/market.clerk, do: request_extension, with: {days: 1}, refused: extension_count}
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: 办结}, expect: {open: [supervise], status: closed, deadlines: {progress: {status: cancelled}}}}
""") == []


def test_return_level_by_level():
    bundle = shape(
        """
[actions.request_return]
by = [{role = "clerk", unit = "lead"}]
form = "request_return"
opens = "return_case"
deadline = "return_window"
[[actions.request_return.refuse]]
when = 'deadlines.return_window = null or deadlines.return_window.status != "running"'
code = "window"
zh = "退回期限已过"
en = "too late"
""",
        {"return_window": "1 wd", "handle": "3 wd"},
        {"dispatch": HANDLE, "handle": ("text",), "request_return": ("reason",), "approve_return": ("decision", "unit", "reason")},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            sub work starts="return_window handle"
            start ws
            task handle clerk lead ends=handle
            end we
            ws -> handle
            handle -> we
            close
            message redispatch work redispatch
            throw sent effect.dispatch={lead: vars.to, co: []} effect.round={}
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> work
            work -> done
            redispatch -> sent
            sent -> work
        """,
        return_case="""
            !ends_with=main;holds=handle
            start rs
            throw first effect.set={level: one up(case.lead)}
            task approve_return approver vars.level
            gate decided
            throw up effect.set={level: one up(vars.level)}
            end again effect.set={to: answers.approve_return.unit} effect.send={message: "redispatch"}
            end refused
            rs -> first
            first -> approve_return
            approve_return -> decided
            decided -> again if answers.approve_return.decision = "redispatch"
            decided -> up if answers.approve_return.decision = "forward"
            decided -> refused else
            up -> approve_return
        """,
    ) | {}
    bundle["procedure.toml"] = bundle["procedure.toml"].replace(b'"dali"', b'"district"').replace(b"dali/inspection", b"district/service")
    assert play(bundle, """
- {at: +1h, as: district/service.dispatcher, do: dispatch, with: {lead_unit: district/town-a/village-1}, expect: {open: [handle], deadlines: {return_window: {due: 2026-03-03, status: running}, handle: {due: 2026-03-05}}}}
- {at: +1h, as: district/town-a/village-1.clerk, do: request_return, with: {reason: 不属本村}, expect: {open: [approve_return], assigned: {approve_return: district/town-a}, deadlines: {handle: {status: running}}}}
- {at: +1h, as: district/town-a.approver, do: approve_return, with: {decision: forward}, expect: {open: [approve_return], assigned: {approve_return: district/service}}}
- {at: +1h, as: district/service.approver, do: approve_return, with: {decision: refuse, reason: 属本村}, expect: {open: [handle], deadlines: {handle: {due: 2026-03-05}}, round: 1}}
- {at: 2026-03-03 09:00, as: district/town-a/village-1.clerk, do: request_return, with: {reason: 再请}, expect: {open: [approve_return]}}
- {at: +1h, as: district/town-a.approver, do: approve_return, with: {decision: redispatch, unit: district/town-b}, expect: {open: [handle], assigned: {handle: district/town-b}, round: 2, deadlines: {handle: {due: 2026-03-06}, return_window: {due: 2026-03-04}}}}
- {at: 2026-03-05 09:00, as: district/town-b.clerk, do: request_return, with: {reason: 晚了}, refused: window}
- {at: +1h, as: district/town-b.clerk, do: handle, with: {text: 办结}, expect: {open: [], status: closed, deadlines: {return_window: {status: cancelled}, handle: {status: met}}}}
""") == []


def test_redo_twice_then_a_formal_letter():
    bundle = shape(
        "", {"handle": "7 wd", "letter": "5 wd"},
        {"dispatch": HANDLE, "handle": ("text",), "revisit": ("decision", "rating"), "formal_letter": ("text",), "review_letter": ("decision",)},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            task handle clerk lead starts=handle ends=handle
            task revisit revisitor office
            gate content
            throw again effect.round={}
            task formal_letter clerk lead starts=letter ends=letter
            task review_letter approver office
            gate good
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> handle
            handle -> revisit
            revisit -> content
            content -> formal_letter if answers.revisit.rating = "dissatisfied" and round >= 3
            content -> again if answers.revisit.rating = "dissatisfied"
            content -> done else
            again -> handle
            formal_letter -> review_letter
            review_letter -> good
            good -> formal_letter if answers.review_letter.decision = "rework"
            good -> done else
        """,
    )
    assert play(bundle, """
- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market}}
- {at: +1d, as: dali/market.clerk, do: handle, with: {text: a}, expect: {deadlines: {handle: {status: met, due: 2026-03-11}}}}
- {at: +1d, as: dali/inspection.revisitor, do: revisit, with: {rating: dissatisfied}, expect: {open: [handle], round: 2, deadlines: {handle: {due: 2026-03-13, status: running}}}}
- {at: +1d, as: dali/market.clerk, do: handle, with: {text: b}}
- {at: +1d, as: dali/inspection.revisitor, do: revisit, with: {rating: dissatisfied}, expect: {open: [handle], round: 3}}
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: c}}
- {at: +1h, as: dali/inspection.revisitor, do: revisit, with: {rating: dissatisfied}, expect: {open: [formal_letter], deadlines: {letter: {due: 2026-03-13}}}}
- {at: +1h, as: dali/market.clerk, do: formal_letter, with: {text: 函}}
- {at: +1h, as: dali/inspection.approver, do: review_letter, with: {decision: rework}, expect: {open: [formal_letter]}}
- {at: +1h, as: dali/market.clerk, do: formal_letter, with: {text: 函}}
- {at: +1h, as: dali/inspection.approver, do: review_letter, with: {decision: pass}, expect: {open: [], status: closed, round: 3}}
""") == []


SILENCE = dict(
    manifest="""
[actions.ask_claimant]
by = [{role = "clerk", unit = "lead"}]
form = "ask_claimant"
opens = "asking"
[[checks]]
task = "handle"
when = 'answers.handle.closing = "uncooperative" and (vars.silent = null or vars.silent = false)'
field = "closing"
code = "not_silent"
zh = "尚未满 30 天"
en = "thirty days are not over"
[actions.add_information]
by = [{role = "citizen"}]
does = "add_information"
effects = [{name = "set", with = "{silent: false}"}]
""",
    spans={"cooperate": "30 d"},
    forms={"dispatch": HANDLE, "handle": ("text", "closing"), "ask_claimant": ("text",), "supplement": ("text",), "add_information": ("text",)},
    main="""
        start s
        task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
        task handle clerk lead
        end done effect.close={outcome: if answers.handle.closing = null then "replied" else answers.handle.closing}
        s -> dispatch
        dispatch -> handle
        handle -> done
    """,
    asking="""
        !ends_with=main
        start as_
        task supplement citizen citizen starts=cooperate ends=cooperate effect.set={silent: false}
        timer quiet supplement cooperate overdue interrupting=true
        end answered
        end silent effect.set={silent: true}
        as_ -> supplement
        supplement -> answered
        quiet -> silent
    """,
)


def test_thirty_days_of_silence():
    parts = dict(SILENCE)
    bundle = shape(parts.pop("manifest"), parts.pop("spans"), parts.pop("forms"), **parts)
    assert play(bundle, """
- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market}}
- {at: 2026-03-03 09:00, as: dali/market.clerk, do: ask_claimant, with: {text: 请补充}, expect: {open: [handle, supplement], deadlines: {cooperate: {due: 2026-04-02}}}}
- {at: 2026-03-20 09:00, as: citizen, do: supplement, with: {text: 已补充}, expect: {open: [handle], deadlines: {cooperate: {status: met}}}}
- {at: 2026-03-21 09:00, as: dali/market.clerk, do: ask_claimant, with: {text: 再请补充}, expect: {deadlines: {cooperate: {due: 2026-04-20, status: running}}}}
- {at: 2026-04-20 23:00, as: dali/market.clerk, do: handle, with: {closing: uncooperative}, refused: not_silent}
- {at: 2026-04-21 00:01, expect: {open: [handle], deadlines: {cooperate: {status: cancelled}}, supervisions: []}}
- {at: 2026-04-21 09:00, as: dali/market.clerk, do: handle, with: {closing: uncooperative}, expect: {status: closed, outcome: uncooperative}}
""") == []


def test_a_supervision_outlives_its_case():
    bundle = shape(
        "", {"handle": "1 wd"}, {"dispatch": HANDLE, "handle": ("text",)},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            task handle clerk lead starts=handle ends=handle
            timer late handle handle overdue
            end supervised effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> handle
            late -> supervised
            handle -> done
        """,
    )
    assert play(bundle, """
- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market}}
- {at: 2026-03-04 00:01, expect: {open: [handle, supervise]}}
- {at: +1h, as: dali/market.clerk, do: handle, with: {text: 晚了}, expect: {status: closed, open: [supervise], deadlines: {handle: {status: late}}}}
- {at: 2026-06-04 09:00, expect: {open: [supervise], supervisions: [{status: open}]}}
- {at: +1h, as: dali/inspection.supervisor, do: supervise, with: {text: 已问责}, expect: {open: [], supervisions: [{status: done}]}}
""") == []


def test_a_pause_that_a_variant_draws():
    """From the end of the pause day until the resume day; nothing comes meanwhile, nothing can be extended, and the proof knows why."""
    bundle = shape(
        """
[extensions.handle]
decision = "extension"
[actions.request_extension]
by = [{role = "clerk", unit = "lead"}]
opens = "extension"
deadline = "handle"
[actions.ask_claimant]
by = [{role = "clerk", unit = "lead"}]
opens = "suspension"
""",
        {"handle": "5 wd"},
        {"dispatch": HANDLE, "handle": ("text",), "ask_claimant": ("text",), "request_extension": ("days",), "approve_extension": ("decision",), "coordinate": ("note",)},
        main="""
            start s
            task dispatch dispatcher office effect.dispatch={lead: answers.dispatch.lead_unit, co: []}
            task handle clerk lead starts=handle ends=handle
            timer late handle handle overdue
            end missed effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
            end done effect.close={outcome: "replied"}
            s -> dispatch
            dispatch -> handle
            late -> missed
            handle -> done
        """,
        suspension="""
            !ends_with=main
            start ss
            throw stopped effect.pause={deadline: "handle", reason: request.text}
            task coordinate supervisor office
            end goes_on effect.resume={deadline: "handle"}
            ss -> stopped
            stopped -> coordinate
            coordinate -> goes_on
        """,
        extension="""
            !ends_with=main
            start xs
            task approve_extension approver office
            end granted effect.extend={deadline: request.deadline, days: request.days}
            xs -> approve_extension
            approve_extension -> granted
        """,
    )
    assert play(bundle, """
- {at: +1h, as: dali/inspection.dispatcher, do: dispatch, with: {lead_unit: dali/market}, expect: {deadlines: {handle: {due: 2026-03-09}}}}
- {at: 2026-03-04 16:00, as: dali/market.clerk, do: ask_claimant, with: {text: 等待检验报告}, expect: {open: [handle, coordinate], deadlines: {handle: {status: paused}}, ledger: [filed, dispatch, ask_claimant, paused]}}
- {at: +1m, as: dali/market.clerk, do: ask_claimant, with: {text: 再次}, refused: paused}
- {at: +1m, as: dali/market.clerk, do: request_extension, with: {days: 2}, refused: paused}
- {at: 2026-03-10 00:01, expect: {supervisions: [], deadlines: {handle: {status: paused}}}}
- {at: 2026-03-11 09:00, as: dali/inspection.supervisor, do: coordinate, expect: {open: [handle], deadlines: {handle: {due: 2026-03-16, status: running}}, ledger: [paused, resumed]}}
- {at: 2026-03-16 23:59, expect: {supervisions: [], deadlines: {handle: {status: running}}}}
- {at: 2026-03-17 00:00, expect: {open: [handle, supervise], supervisions: [{trigger: sh-s-1, status: open}], deadlines: {handle: {status: missed}}}}
- {at: 2026-03-17 09:00, as: dali/market.clerk, do: ask_claimant, with: {text: 太迟}, refused: past_due}
""") == []

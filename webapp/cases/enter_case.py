"""Staff enter what came by letter, telephone or at a window: who may, for which procedure and channel; then filed like any other."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.answers import clean
from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.engine.manifest import Manifest
from webapp.permissions import Person

from .case_work import CaseWork
from .environment import Environment
from .errors import Invalid, NotFound
from .file_case import Entered, Receipt, check_filing, file_case
from .published import Consulted, consultations

FORM = "entry"                          # asked beside the procedure's own filing form
ONLINE = frozenset({"web", "qr"})       # the portal's own: nobody enters these
NESTED = frozenset({"office", "claimant"})      # what channels file with besides the form's fields
Problem = tuple[str, str, str, str]


@dataclass(frozen=True)
class Desk:
    """Where a person may enter under one procedure: as `unit`; `channels` → the office that receives it (None: as the manifest says)."""

    deployed: Deployed
    unit: str
    channels: dict[str, str | None]


def desks(env: Environment, person: Person) -> list[Desk]:
    """Every procedure in force under which the person may enter, once for each of their units."""
    found = []
    for deployed in env.registry.procedures(env.now()):
        if FORM not in deployed.forms or "channel" not in deployed.forms[deployed.manifest.filing.get("form", "file")].fields:
            continue
        units = dict.fromkeys(h.unit for h in person.holdings)
        found += [Desk(deployed, unit, channels) for unit in units if (channels := channels_of(deployed.manifest, person, unit))]
    return found


def find_desk(env: Environment, person: Person, procedure: str, unit: str | None = None) -> Desk:
    """The person's desk for a procedure, in one of their units or the first. NotFound where they may not enter."""
    found = next((d for d in desks(env, person) if d.deployed.procedure == procedure and unit in (None, d.unit)), None)
    if found is None:
        raise NotFound()
    return found


def channels_of(manifest: Manifest, person: Person, unit: str) -> dict[str, str | None]:
    """The channels that the manifest's `desk` gives a person in a unit, in the procedure's order. A unit that is named itself receives what it enters."""
    given: dict[str, str | None] = {}
    offered = [c for c in manifest.filing.get("channels", []) if c not in ONLINE]
    for rule in manifest.filing.get("desk", []):
        if not person.holds(rule["role"], unit):
            continue
        office = rule["unit"] == "office"
        if unit in (manifest.office, manifest.office_instead) if office else _is(unit, rule["unit"]):
            for channel in rule.get("channels", offered):
                if channel in offered and given.get(channel) is None:
                    given[channel] = None if office else unit
    return {c: given[c] for c in offered if c in given}


def _is(unit: str, pattern: str) -> bool:
    """Whether a unit's code is the pattern's, in which `*` stands for one step: `a/*/b`."""
    steps, wanted = unit.split("/"), pattern.split("/")
    return len(steps) == len(wanted) and all(w in ("*", s) for s, w in zip(steps, wanted, strict=True))


def open_drafts(env: Environment, deployed: Deployed) -> list[Consulted]:
    """The consultations that an opinion may be entered on now; none where the procedure asks for none."""
    if not deployed.manifest.filing.get("consultation"):
        return []
    return [c for c in consultations(env) if c.procedure == deployed.procedure and c.state == "open"]


def enter_case(env: Environment, person: Person, desk: Desk, values: Mapping[str, Any], key: str) -> tuple[Receipt, CaseWork | None]:
    """File what came in. `values`: the answers of the entry's form and of the filing form together; `key` makes it one case however often it is sent.

    Returns as `file_case`. Invalid with every problem of both forms.
    """
    now, form = env.now(), desk.deployed.forms[FORM]
    drafts = open_drafts(env, desk.deployed)
    found = clean(form, {k: v for k, v in values.items() if k in form.fields}, context=lists(desk.channels, drafts), now=now)
    problems: list[Problem] = [(p.field, p.code, p.zh, p.en) for p in found.problems]
    entry = found.values
    draft = next((d for d in drafts if str(d.id) == entry.get("consultation")), None)
    received = date.fromisoformat(entry["received_on"]) if "received_on" in entry else local_date(now)
    problems += _received(received, local_date(now), draft)
    given = {k: v for k, v in values.items() if k not in form.fields or k == "channel"}
    problems += [(k, "unknown_field", f"表单中没有“{k}”这一项", f"The form has no field {k}") for k in NESTED & given.keys()]      # who receives it is not the sender's to say
    office = desk.channels.get(entry.get("channel", ""))
    if problems:
        raise Invalid(problems + check_filing(env, desk.deployed, given))
    if office is not None:
        given["office"] = office
    entered = Entered(person, desk.unit, received)
    return file_case(env, desk.deployed.procedure, given, key=f"desk:{person.account_id}:{key}", consultation=draft.id if draft else None, entered=entered)


def lists(channels: Iterable[str], drafts: Iterable[Consulted]) -> dict[str, list[Any]]:
    """What the entry's form may choose from."""
    return {"channels": list(channels), "consultations": [{"value": str(d.id), "label": d.title} for d in drafts]}


def _received(on: date, today: date, draft: Consulted | None) -> list[Problem]:
    if on > today:
        return [("received_on", "future_date", "收到日期不能晚于今天", "It cannot have come later than today")]
    if draft is not None and not draft.opens <= on <= draft.closes:
        return [("received_on", "window", "不在意见征集的期限内", "Outside the window of the consultation")]
    return []

"""What the case page shows, gathered in one place: what was written, the way so far, what can be done now."""
from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.answers import Form, localise
from webapp.cases.answering import beginning, choices
from webapp.cases.apply import recent_days
from webapp.cases.case_work import CaseWork
from webapp.cases.find_duplicates import find_duplicates
from webapp.cases.offer_actions import offers
from webapp.cases.reveal import may_reveal, revealed_at, shown
from webapp.engine import Node
from webapp.feel import to_plain
from webapp.http.answer_words import Said, read_answers
from webapp.http.article_words import article_words
from webapp.http.case_words import CHANNELS, KINDS, MODES, OUTCOMES, SUPERVISIONS, TYPES, mode_word, word
from webapp.http.deadline_words import deadline_name, line_of
from webapp.http.formats import english
from webapp.http.ledger_words import Teller, passed_nodes
from webapp.http.process_xml import process_name
from webapp.models import Account, Filing, LedgerEntry, Task, Unit, db
from webapp.permissions import Person

from .budgets import budgets
from .pictures import pictures_of
from .what_next import words_after
from .who_is_reminded import reminders_of

LISTS = ("scope", "exclusions", "units", "modes", "triggers", "rungs")
SAID_ELSEWHERE = ("title", "text", "channel", "type", "category", "respondent", "claimant_kind", "anonymous", "confidential")


class CaseView:
    """One case for one reader."""

    def __init__(self, work: CaseWork, person: Person, lang: str):
        self.work, self.case, self.person, self.lang = work, work.case, person, lang
        self.registry, self.manifest, self.definition = work.env.registry, work.manifest, work.deployed.definition
        self.entries = list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == self.case.id).order_by(LedgerEntry.seq)))
        self.unit_codes = dict(db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_({t.unit_id for t in work.tasks if t.unit_id}))).all())
        logins = {e.actor for e in self.entries} - {"citizen", "system"}
        self.people = dict(db.session.execute(select(Account.login, Account.name).where(Account.login.in_(logins))).all())

    def unit(self, code: str | None) -> str:
        return self.registry.unit_name(code, self.lang)

    # -- what was written ----------------------------------------------------------------------------------------
    def head(self) -> dict[str, Any]:
        """Number, title and the facts in one line."""
        case = self.case
        return {
            "number": case.number, "title": case.title, "procedure": self.manifest.text(self.manifest.title, self.lang), "type": word(TYPES, case.type),
            "channel": word(CHANNELS, case.channel), "filed_at": case.filed_at, "received": self.entries[0].data.get("received") if self.entries else None, "status": case.status, "outcome": word(OUTCOMES, case.outcome),
            "round": case.round, "merged_into": case.merged_into, "url": url_for("desk.case", number=case.number),
        }

    def written(self) -> dict[str, Any]:
        """The filing and its supplements; the claimant masked unless a reason given lately holds."""
        rows = list(db.session.scalars(select(Filing).where(Filing.case_id == self.case.id).order_by(Filing.seq)))
        seen = revealed_at(self.entries, self.person, self.work.now)
        content = rows[0].content if seen else shown(self.case, self.person, rows[0].content)
        form = self.work.deployed.forms.get(self.manifest.filing.get("form", "file"))
        said = read_answers(form, content, self.lang, self.unit, without=SAID_ELSEWHERE)
        scope = next((s for s in self.manifest.scope if s["id"] == self.case.category), None)
        facts = [(_("留言人"), word(KINDS, self.case.claimant_kind) + (" · " + _("匿名") if self.case.anonymous else "") + (" · " + _("要求保密") if self.case.confidential else ""))]
        if scope:
            facts.append((_("类别"), f"{self.manifest.text(scope, self.lang)}" + (" " + article_words(scope.get("article", ""), self.lang)).rstrip()))
        if self.case.respondent:
            facts.append((_("被反映的单位"), self.unit(self.case.respondent)))
        hidden = not seen and any(content.get(k) for k in rows[0].content if k.startswith("claimant_") and k != "claimant_kind")
        return {
            "text": rows[0].content.get("text", ""), "facts": facts + [f for f in said.facts], "texts": said.texts, "files": said.files, "hash": rows[0].hash,
            "can_reveal": hidden and may_reveal(self.case, self.person), "closed_to": hidden and not may_reveal(self.case, self.person), "seen_at": seen,
            "supplements": [{"at": r.at, "said": self._supplement(r.content)} for r in rows[1:]],
        }

    def _supplement(self, content: dict) -> Said:
        said = read_answers(self.work.deployed.forms.get("add_information"), content, self.lang, self.unit)
        return said if said.texts or said.facts or said.files else Said(texts=[("", v) for v in content.values() if isinstance(v, str) and v])

    # -- the way -------------------------------------------------------------------------------------------------
    def diagrams(self) -> list[dict[str, Any]]:
        """The pictures of the way (pictures.py) as the page needs them."""
        past = passed_nodes(self.entries)
        return [{
            "process": each.process, "src": url_for("desk.diagram", number=self.case.number, process=each.process), "called": each.called, "open": each.called and each.lit,
            "past": past if each.lit or each.called or each.process == self.manifest.process else [], "current": sorted(each.current), "missed": sorted(each.missed),
            "name": process_name(self.definition, each.process, self.lang), "calls": {node: f"way-{process}" for node, process in each.calls.items()},
        } for each in pictures_of(self.work)]

    def teller(self) -> Teller:
        return Teller(self.work.deployed, self.people, self.unit, self.lang, lambda id: url_for("desk.download_file", id=id))

    def deadlines(self) -> list[dict[str, Any]]:
        """Running ones first, then the latest ended of each name."""
        shown: dict[str, Any] = {}
        for deadline in sorted(self.work.clocks.all(), key=lambda d: d.n):
            shown[deadline.name] = deadline
        order = sorted(shown.values(), key=lambda d: (d.ended, d.due is None, d.due or d.started_on))
        left, asks = budgets(self.work, self.lang), {o["deadline"]: o for o in self.offered if o["deadline"]}
        return [{**line_of(d, self.manifest, self.work.calendar, self.work.now, self.lang, proof_url=url_for("desk.deadline", number=self.case.number, name=d.name, n=d.n)),
                 "reminders": reminders_of(self.work, d, self.lang), **({} if d.ended else {"budget": left.get(d.name), "ask": asks.get(d.name)})}
                for d in order if d.status(self.work.now) != "cancelled"]

    def supervisions(self) -> list[dict[str, Any]]:
        found = []
        for row in self.work.supervisions:
            trigger = self.manifest.trigger(row.trigger)
            found.append({
                "reason": self.manifest.text(trigger, self.lang) if trigger else row.trigger, "article": article_words(trigger.get("article", ""), self.lang) if trigger else "",
                "mode": mode_word(self.manifest, row.mode, self.lang), "unit": self.unit(row.unit), "status": row.status, "word": word(SUPERVISIONS, row.status), "opened_at": row.opened_at,
                "deadline": deadline_name(self.manifest, row.deadline, self.lang) if row.deadline else "",
            })
        return found

    # -- the act -------------------------------------------------------------------------------------------------
    def mine(self) -> list[Task]:
        """The open tasks that are this person's to do, those due first in front."""
        found = [t for t in self.work.tasks if t.state == "open" and t.assignee_id in (None, self.person.account_id)
                 and any(h.unit_id == t.unit_id and h.role == t.role for h in self.person.holdings)]
        return sorted(found, key=lambda t: (t.due_at, t.id))

    def node(self, task: Task) -> Node:
        return next(n for n in self.definition.tasks()[task.name] if n.id == task.node)

    def step(self, task: Task) -> str:
        node = self.node(task)
        return (node.en if english(self.lang) else node.zh) or task.name

    def waiting(self) -> list[dict[str, Any]]:
        """What waits on the case and for whom."""
        ids = {t.assignee_id for t in self.work.tasks} - {None}
        names = dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all()) if ids else {}
        return [{"step": self.step(t), "unit": self.unit(self.unit_codes.get(t.unit_id)) if t.unit_id else _("留言人"), "by": names.get(t.assignee_id, "")}
                for t in sorted(self.work.tasks, key=lambda t: (t.due_at, t.id or 0)) if t.state == "open"]

    def act(self, task: Task) -> dict[str, Any]:
        """The form of a task: schema, lists, what is known, and what its button leads to."""
        node = self.node(task)
        form = self.work.deployed.forms[node.form]
        running = self.work.clocks.running(task.deadline) if task.deadline else None
        parts = form_parts(self.work, form, self.lang)
        return {
            "task": task, "step": self.step(task), "unit": self.unit(self.unit_codes.get(task.unit_id)), "article": article_words("; ".join(node.articles), self.lang),
            "mine": task.assignee_id == self.person.account_id, "after": words_after(self.work, node, self.lang),
            "due": line_of(running, self.manifest, self.work.calendar, self.work.now, self.lang, proof=False) if running else None,
            "candidates": self.candidates(form), "recent_days": recent_days(self.manifest), **parts,
            "values": {**parts["values"], **beginning(self.work, form, task.instance)},
            "action": url_for("desk.complete", task_id=task.id, version=task.version),
        }

    def candidates(self, form: Form) -> list[dict[str, Any]] | None:
        """Cases that this one may repeat, where the form asks for a case; `fill` is what choosing one puts into the form. None where it asks for none."""
        key = next((k for k, f in form.fields.items() if f.entity == "case"), None)
        if key is None:
            return None
        decision = form.fields.get("decision")
        merges = {"decision": "merge"} if decision and any(v.get("value") == "merge" for v in decision.component.get("values") or ()) else {}
        return [{"case": c, "unit": self.unit(c.unit), "fill": {**merges, key: c.number}} for c in find_duplicates(self.work, self.person)]

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        """The other things this person may do with the case; `deadline`: the one that an extension would be of."""
        return [{"name": o.action.en if english(self.lang) else o.action.zh, "refusal": (o.refusal.en if english(self.lang) else o.refusal.zh) if o.refusal else "",
                 "article": article_words(o.article, self.lang) if o.refusal else "", "url": url_for("desk.action", number=self.case.number, name=o.action.name),
                 "deadline": o.action.deadline if o.action.opens and o.action.deadline in self.manifest.extensions else ""}
                for o in offers(self.work, self.person) if o.refusal is None or o.refusal.code != "closed"]


def form_parts(work: CaseWork, form: Form, lang: str) -> dict[str, Any]:
    """What macros.html `js_form` needs: localised schema, the lists of `valuesKey`, and what conditions may read."""
    given = to_plain(choices(work, lang))
    given["modes"] = [{**m, "label": word(MODES, m["value"])} if m["label"] == m["value"] else m for m in given["modes"]]
    wanted = {f.component.get("valuesKey") for f in form.fields.values()} | {"rungs"}
    return {
        "upload": url_for("desk.upload_file"), "schema": localise(form.schema, lang), "values": {k: given[k] for k in LISTS if k in wanted and k not in form.fields},
        "context": {k: v for k, v in given.items() if k not in LISTS and k not in form.fields},
    }

"""The ledger in sentences: who, from which unit, did what, and what came of it. Each entry becomes one line of a timeline."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from webapp.deployments.registry import Deployed
from webapp.feel.literals import texts_of
from webapp.models import LedgerEntry

from .answer_words import Said, read_answers
from .article_words import article_words
from .case_words import CHANNELS, FLAGS, OUTCOMES, ROLES, mode_word, moment_word, word
from .deadline_words import deadline_name
from .formats import date_and_time, english, long_date
from .process_xml import process_name

LATE = timedelta(minutes=10)        # what a moment does is said to have come late after this


@dataclass(frozen=True)
class Line:
    """An entry as macros.html `timeline` shows it."""

    at: datetime
    sentence: str
    body: str = ""
    more: str = ""
    by: str = ""
    tone: str = ""
    number: int = 0


class Teller:
    """Tells one case's entries in one language. `people`: login → name; `unit_name`: code → name; `file_url`: a file's id → its address."""

    def __init__(self, deployed: Deployed, people: Mapping[str, str], unit_name: Callable[[str], str], lang: str, file_url: Callable[[str], str] | None = None):
        self.file_url = file_url
        self.deployed, self.people, self.unit_name, self.lang = deployed, people, unit_name, lang
        self.manifest = deployed.manifest
        self.tasks = deployed.definition.tasks()
        self.colon = ": " if english(lang) else "："

    def tell(self, entries: Iterable[LedgerEntry]) -> list[Line]:
        """The lines, in the entries' order."""
        return [self.line(entry) for entry in entries]

    def line(self, entry: LedgerEntry) -> Line:
        data, kind = entry.data or {}, entry.kind
        said = self.answers(kind, data.get("answers") or {})
        about = getattr(self, f"_{kind}", None) if kind not in self.tasks else None
        if about is not None:
            sentence, body, tone = about(entry, data)
        elif kind in self.tasks:
            sentence, body, tone = self._task(entry, said)
        elif kind in self.manifest.actions:
            sentence, body, tone = self._action(entry, said)
        elif kind.endswith("_cancelled"):
            sentence, body, tone = self._ended_with(kind.removesuffix("_cancelled")), "", ""
        else:
            sentence, body, tone = self.who(entry) + self.colon + self.writer_of(kind), str(data.get("text", "")), ""
        more = Markup(" · ").join(part for part in (self.more(kind, data, said), self.lateness(entry)) if part)
        return Line(entry.at, sentence, body, more, {"citizen": "citizen", "system": "system"}.get(entry.actor, ""), tone, entry.seq)

    # -- parts ---------------------------------------------------------------------------------------------------
    def who(self, entry: LedgerEntry) -> str:
        if entry.actor == "citizen":
            return _("留言人")
        if entry.actor == "system":
            return _("系统")
        name = self.people.get(entry.actor, entry.actor)
        return _("%(name)s（%(unit)s）", name=name, unit=self.unit_name(entry.unit)) if entry.unit else name

    def name_of(self, kind: str) -> str:
        """A task's or an action's name."""
        found: Any = self.tasks[kind][0] if kind in self.tasks else self.manifest.actions.get(kind)
        return kind if found is None else (found.en if english(self.lang) else found.zh) or kind

    def writer_of(self, kind: str) -> str:
        """What the diagram calls the node that writes an entry of a kind of its own; the kind where no node does."""
        for level in self.deployed.definition.nodes.values():
            for node in level.values():
                if any(name == "ledger" and kind in texts_of(expression.text, "kind") for name, expression in node.effects):
                    return (node.en if english(self.lang) else node.zh) or kind
        return kind

    def field_name(self, key: str) -> str:
        """The label of the first form's field of that key."""
        found = next((form.fields[key] for form in self.deployed.forms.values() if key in form.fields), None)
        return found.labels[1 if english(self.lang) else 0] if found is not None else key

    def deadline(self, name: str | None) -> str:
        return deadline_name(self.manifest, name or "", self.lang)

    def answers(self, kind: str, answers: dict[str, Any]) -> Said:
        form = self.tasks[kind][0].form if kind in self.tasks else self.manifest.actions[kind].form if kind in self.manifest.actions else ""
        return read_answers(self.deployed.forms.get(form), answers, self.lang, self.unit_name)

    def more(self, kind: str, data: dict, said: Said) -> str:
        """Short facts, what became of deadlines, and the article."""
        parts = [f"{label}{self.colon}{value}" for label, value in said.facts]
        for each in data.get("deadlines") or []:
            parts.append(self.deadline_fact(each))
        article = data.get("article")
        parts.append(article_words("; ".join(article), self.lang) if article else "")
        return Markup(" · ").join([*self.links(said.files), *(p for p in parts if p)])

    def lateness(self, entry: LedgerEntry) -> str:
        """When a moment was due, where what it does could only be done later."""
        due = (entry.data or {}).get("due_at")
        due = datetime.fromisoformat(due) if due else entry.at
        return _("应于 %(due)s 发生，系统恢复后补办", due=date_and_time(due, self.lang, entry.at)) if entry.at - due > LATE else ""

    def links(self, files: list[dict]) -> list[Markup]:
        """Each file's name, as a link where the reader can fetch it."""
        if self.file_url is None:
            return [Markup("{}").format(f["name"]) for f in files]
        return [Markup('<a href="{}" download>{}</a>').format(self.file_url(f["id"]), f["name"]) for f in files]

    def deadline_fact(self, each: dict) -> str:
        name = self.deadline(each["id"])
        match each["status"]:
            case "met":
                return _("%(name)s按时完成", name=name)
            case "late":
                return _("%(name)s逾期完成", name=name)
            case "missed":
                return _("%(name)s已逾期", name=name)
            case "running":
                return _("%(name)s期限到 %(due)s", name=name, due=self.due(each))
        return ""

    def due(self, fact: Mapping[str, Any]) -> str:
        """A due date as it was at the time; marked where it rested on a year not announced yet."""
        return long_date(fact.get("due"), self.lang) + (f" ({_('暂定')})" if fact.get("provisional") else "")

    @staticmethod
    def said_body(said: Said, colon: str) -> str:
        if len(said.texts) == 1:
            return said.texts[0][1]
        return "\n".join(f"{label}{colon}{text}" for label, text in said.texts)

    # -- kinds ---------------------------------------------------------------------------------------------------
    def _ended_with(self, process: str) -> str:
        name, properties = process_name(self.deployed.definition, process, self.lang), self.deployed.definition.process_properties.get(process, {})
        if "round" in properties.get("ends_with", "").split():
            return _("重新办理，收回“%(what)s”", what=name)
        return _("“%(what)s”随主流程结束而撤销", what=name)

    def _task(self, entry: LedgerEntry, said: Said):
        name = self.name_of(entry.kind)
        sentence = _("%(who)s办完“%(task)s”", who=self.who(entry), task=name)
        return sentence + (self.colon + said.decision if said.decision else ""), self.said_body(said, self.colon), ""

    def _action(self, entry: LedgerEntry, said: Said):
        return self.who(entry) + self.colon + self.name_of(entry.kind), self.said_body(said, self.colon), ""

    def _filed(self, entry, data):
        if data.get("received"):
            return _("%(who)s登记来件：%(channel)s，%(date)s收到", who=self.who(entry), channel=word(CHANNELS, data.get("channel")), date=long_date(data["received"], self.lang)), "", "good"
        return _("留言人通过%(channel)s提交", channel=word(CHANNELS, data.get("channel"))), "", "good"

    def _moment(self, entry, data):
        name, _space, moment = str(data.get("moment", "")).partition(" ")
        return _("%(deadline)s期限：%(moment)s", deadline=self.deadline(name), moment=moment_word(moment)), "", "bad" if moment.startswith("overdue") else ""

    def _lapsed(self, entry, data):
        return _("%(deadline)s期限届满，就此终止", deadline=self.deadline(data.get("deadline"))), "", ""

    def _note(self, entry, data):
        return _("%(who)s备注", who=self.who(entry)), str(data.get("text", "")), ""

    def _published(self, entry, data):
        return _("意见公开展示"), str(data.get("text", "")), "good"

    def _flags(self, entry, data):
        comma = ", " if english(self.lang) else "、"
        found = comma.join(word(FLAGS, each) for each in data.get("flags") or [])
        missing = comma.join(dict.fromkeys(self.field_name(str(each)) for each in data.get("missing") or []))
        return (_("检查答复：%(found)s", found=found) if found else _("检查答复：没有发现问题")), _("缺少：%(what)s", what=missing) if missing else "", "now" if found else ""

    def _reminded(self, entry, data):
        told = [one.rpartition(".") for one in data.get("told", [])]
        who = [f"{self.unit_name(unit)}{' ' if english(self.lang) else ''}{word(ROLES, role)}" for unit, _dot, role in told]
        return _("%(deadline)s期限提醒（%(moment)s）：%(who)s", deadline=self.deadline(data.get("deadline")), moment=moment_word(str(data.get("moment", ""))),
                 who=_("、").join(dict.fromkeys(who))), "", ""

    def _claimed(self, entry, data):
        return _("%(who)s领取“%(task)s”", who=self.who(entry), task=self.name_of(data.get("task", ""))), "", ""

    def _given_back(self, entry, data):
        return _("%(who)s将“%(task)s”退回本单位", who=self.who(entry), task=self.name_of(data.get("task", ""))), "", ""

    def _trigger(self, data) -> str:
        found = self.manifest.trigger(data.get("trigger", ""))
        return self.manifest.text(found, self.lang) if found else data.get("trigger", "")

    def _supervision_opened(self, entry, data):
        detail = " · ".join(p for p in (mode_word(self.manifest, data.get("mode"), self.lang), self.unit_name(data.get("unit")) if data.get("unit") else "") if p)
        return _("启动督办：%(reason)s", reason=self._trigger(data)) + (f"（{detail}）" if detail and not english(self.lang) else f" ({detail})" if detail else ""), "", "bad"

    def _supervision_withdrawn(self, entry, data):
        return _("督办撤销：%(reason)s", reason=self._trigger(data)), "", ""

    def _extended(self, entry, data):
        return _("%(deadline)s期限由 %(old)s 延至 %(due)s", deadline=self.deadline(data.get("deadline")), old=long_date(data.get("old"), self.lang),
                 due=self.due(data)), "", "now"

    def _paused(self, entry, data):
        return _("%(deadline)s期限中止计算", deadline=self.deadline(data.get("deadline"))), str(data.get("text") or ""), "now"

    def _resumed(self, entry, data):
        return _("%(deadline)s期限恢复计算，到期日为 %(due)s", deadline=self.deadline(data.get("deadline")), due=self.due(data)), str(data.get("text") or ""), "now"

    def _recomputed(self, entry, data):
        return _("日历调整，%(deadline)s期限由 %(old)s 改为 %(due)s", deadline=self.deadline(data.get("deadline")), old=long_date(data.get("old"), self.lang),
                 due=self.due(data)), str(data.get("basis", "")), ""

    def _closed(self, entry, data):
        return _("办结：%(outcome)s", outcome=word(OUTCOMES, data.get("outcome"))), "", "good"

    def _archive(self, entry, data):
        return _("归档，台账共 %(n)s 条", n=data.get("entries", "")), "", ""

    def _reopened(self, entry, data):
        return _("重新办理"), "", "now"

    def _merged_here(self, entry, data):
        return _("%(number)s 并入此件", number=data.get("case", "")), "", ""

    def _revealed(self, entry, data):
        return _("%(who)s查看了留言人信息", who=self.who(entry)), str(data.get("reason", "")), ""


def passed_nodes(entries: Iterable[LedgerEntry]) -> list[str]:
    """The ids of the flow nodes that the case has been through, for the diagram."""
    return list(dict.fromkeys(node for entry in entries for node in (entry.data or {}).get("passed") or []))

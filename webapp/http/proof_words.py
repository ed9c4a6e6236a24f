"""A deadline's proof (cases/prove_deadline) in words of one language, ready for a page and for the printed sheet."""
from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from .article_words import article_words
from .case_words import ROLES, word
from .formats import as_date, clock_time, english, long_date, short_date, span, weekday


def proof_view(proof: dict[str, Any], lang: str) -> dict[str, Any]:
    """Everything a reader of that language is told, JSON-safe but for `sheet` (what macros.html `deadline_proof` draws)."""
    with force_locale("en" if english(lang) else "zh"):
        return _View(proof, lang).whole()


class _View:
    """One proof in one language."""

    def __init__(self, proof: dict[str, Any], lang: str):
        self.proof, self.lang = proof, lang
        self.key = "en" if english(lang) else "zh"
        self.stop, self.comma, self.colon = ("; ", ", ", ": ") if english(lang) else ("；", "，", "：")

    def whole(self) -> dict[str, Any]:
        proof = self.proof
        return {
            "lang": self.key, "title": _("%(name)s期限的证明", name=proof["name"][self.key]), "case": proof["case"], "subject": proof["title"],
            "document": proof["document"][self.key], "due": long_date(proof["due"], self.lang) or _("已中止，恢复后再定"), "due_note": self.due_note(),
            "facts": self.facts(), "notices": self.notices(), "rules": [self.rule(each) for each in proof["rules"]], "days": self.days(),
            "history": [self.told(event) for event in proof["history"]], "foot": self.foot(), "sheet": self.sheet(), "head": self.head(),
        }

    def head(self) -> dict[str, str]:
        """The words that stand over the parts of the sheet."""
        return {"due": _("最后一日"), "rules": _("怎么算"), "days": _("逐日"), "history": _("经过"), "day": _("日期"), "number": _("第几日"), "why": _("是否计入，为什么"),
                "basis": _("依据"), "case": _("编号")}

    # -- the sum ---------------------------------------------------------------------------------------------------
    def due_note(self) -> str:
        marks = [_("24 时截止")] if self.proof["due"] else []
        return self.comma.join(marks + ([_("紧急")] if self.proof["urgent"] else []) + ([_("暂定")] if self.proof["provisional"] else []))

    def limit(self) -> str:
        proof = self.proof
        until = long_date(proof["until"], self.lang)
        words = span(proof["span"], self.lang) if proof["span"] else _("紧急事项，指定到 %(date)s", date=until) if proof["urgent"] else _("指定到 %(date)s", date=until)
        return " · ".join(p for p in (words, self.article(proof["article"], proof["local"])) if p)

    def article(self, article: str, local: bool) -> str:
        """The article; a figure that no text gives says so."""
        named = "" if article == "local" else article_words(article, self.lang)
        return " · ".join(p for p in (named, _("本地参数（文件没有给出数字）") if local else "") if p)

    def facts(self) -> list[tuple[str, str]]:
        proof, calendar = self.proof, self.proof["calendar"]
        moved = proof["extensions"] or proof["original_due"] != (proof["due"] or proof["original_due"])
        started = proof["history"][0]
        layers = " + ".join(each[self.key] for each in calendar["layers"])
        return [(label, value) for label, value in (
            (_("时限"), self.limit()),
            (_("文件规定"), self.stop.join(f"{article_words(each['article'], self.lang)} {each[self.key]}" for each in proof["says"])),
            (_("起算"), self.comma.join(p for p in (self.moment(proof["started_at"]), self.by_act(started)) if p)),
            (_("原定最后一日"), long_date(proof["original_due"], self.lang) if moved else ""),
            (_("共计入"), _("%(n)s 日", n=proof["total"])),
            (_("状态"), self.status()),
            (_("日历"), _("%(layers)s，版本 %(version)s", layers=f"{layers} ({calendar['id']})", version=calendar["version"])),
            (_("计算于"), self.moment(proof["at"])),
        ) if value]

    def status(self) -> str:
        words = {"running": _("期限内"), "missed": _("已逾期"), "paused": _("已暂停"), "met": _("按时办结"), "late": _("逾期办结"), "cancelled": _("不再计时")}
        ended = self.proof["ended_at"]
        return self.comma.join([words[self.proof["status"]], *([self.moment(ended)] if ended else [])])

    def notices(self) -> list[str]:
        proof, calendar, found = self.proof, self.proof["calendar"], []
        if proof["provisional"]:
            years = "、".join(map(str, proof["provisional_years"])) if self.key == "zh" else ", ".join(map(str, proof["provisional_years"]))
            found.append(_("暂定：%(years)s年的放假安排尚未公布，先按法定节假日推算，公布后重新计算，变动会在这里写明。", years=years))
        if calendar["changed"]:
            versions = {"old": calendar["recorded_version"], "new": calendar["version"]}
            found.append(_("期限记录之后日历有过变更（版本 %(old)s，现为 %(new)s），按现在的日历计算，最后一日不变。", **versions) if proof["agrees"] else
                         _("期限记录之后日历有过变更（版本 %(old)s，现为 %(new)s）。记录的最后一日是 %(due)s，办理以记录为准；按现在的日历是下面的日期。",
                           due=long_date(proof["recorded_due"], self.lang), **versions))
        return found

    def foot(self) -> list[str]:
        said = [_("按此处列出的每一天数一遍，就得到最后一日。日历不变，任何时候重新计算都得到同样的结果。")]
        return said if self.proof["names"] else [*said, _("工作人员以单位和岗位代替姓名。")]

    # -- rules and days ----------------------------------------------------------------------------------------------
    def rule(self, rule: dict[str, Any]) -> dict[str, str]:
        own = self.article(rule["article"], False)
        basis = [rule["basis_en" if self.key == "en" else "basis"], _("文件%(article)s", article=own) if own else "", _("本地规定") if rule["local"] else ""]
        return {"text": rule[self.key], "basis": " · ".join(p for p in basis if p)}

    def days(self) -> list[dict[str, Any]]:
        """A row for each day; `part` is set where an extension begins."""
        rows, last = [], 0
        for day in self.proof["days"]:
            event = self.proof["history"][day["event"]] if day["event"] is not None else None
            part = self.told(event)["what"] if day["extension"] != last and event else ""
            last = day["extension"]
            on = as_date(day["date"])
            label = day["label_en" if self.key == "en" else "label"]
            marks = [_("最后一日")] if day["date"] == self.proof["due"] else []
            marks += [_("暂定")] if day["provisional"] else []
            basis = self.moment(event["at"]) + " " + self.who(event["by"]) if day["why"] == "paused" and event else day["basis_en" if self.key == "en" else "basis"]
            rows.append({"date": day["date"], "day": short_date(on, self.lang, as_date(self.proof["start"])), "weekday": weekday(on, self.lang), "counted": day["counted"],
                         "number": str(day["number"]) if day["counted"] else "–", "why": label if day["counted"] else _("不计：%(why)s", why=label),
                         "marks": marks, "basis": basis, "part": part})
        return rows

    def sheet(self) -> dict[str, Any]:
        """What macros.html `deadline_proof` draws."""
        trace = [SimpleNamespace(**{**day, "date": as_date(day["date"]), "label_zh": day["label"]}) for day in self.proof["days"][1:]]
        return {"start": self.proof["start"], "due": self.proof["due"], "today": self.proof["today"], "provisional": self.proof["provisional"], "trace": trace}

    # -- history -----------------------------------------------------------------------------------------------------
    def told(self, event: dict[str, Any]) -> dict[str, Any]:
        """An event: when, what, and what stands behind it."""
        old, due = long_date(event["old"], self.lang), long_date(event["due"], self.lang)
        by_span = span(event["span"], self.lang) if event["span"] else ""
        match event["kind"]:
            case "started":
                what = _("开始计时，最后一日 %(due)s", due=due)
            case "extended" if not due:
                what = _("延期 %(span)s", span=by_span or long_date(event["until"], self.lang))
            case "extended":
                what = _("延期 %(span)s，由 %(old)s 延至 %(due)s", span=by_span, old=old, due=due) if by_span else _("延期，由 %(old)s 延至 %(due)s", old=old, due=due)
            case "paused":
                what = _("中止计时")
            case "resumed":
                what = _("恢复计时，最后一日 %(due)s", due=due)
            case "recomputed":
                what = _("日历调整，重新计算，由 %(old)s 改为 %(due)s", old=old, due=due) if old != due else _("放假安排公布，最后一日确认为 %(due)s", due=due)
            case kind:
                what = {"met": _("按时办结"), "late": _("逾期办结"), "cancelled": _("不再计时")}[kind]
        return {"kind": event["kind"], "at": event["at"], "when": self.moment(event["at"]), "what": what, "more": self.behind(event)}

    def behind(self, event: dict[str, Any]) -> list[str]:
        asked = event["asked"]
        said = {_("申请"): f"{self.who(asked['by'])} {self.moment(asked['at'])}" if asked else "", _("理由"): event["reason"], _("依据"): event["basis"]}
        more = [self.by_act(event), *(f"{what}{self.colon}{words}" for what, words in said.items() if words)]
        if event["old_version"]:
            more.append(_("日历版本 %(old)s → %(new)s", old=event["old_version"], new=event["version"]))
        return [each for each in more if each]

    def by_act(self, event: dict[str, Any]) -> str:
        who = self.who(event["by"])
        return _("%(who)s“%(act)s”", who=who, act=event["act"][self.key]) if event["act"] else who

    def who(self, by: dict[str, Any]) -> str:
        if by["who"] != "staff":
            return _("留言人") if by["who"] == "citizen" else _("系统")
        unit = by["unit_name"][self.key] if by["unit_name"] else ""
        return " ".join(p for p in (unit, word(ROLES, by["role"]), by["name"]) if p) or _("工作人员")

    def moment(self, at: str) -> str:
        moment = datetime.fromisoformat(at)
        return f"{long_date(moment, self.lang)} {clock_time(moment)}"

"""A procedure's filing form as one question, or a small group, a page. Works on any filing form of the shared vocabulary."""
from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from webapp.answers import clean, localise
from webapp.answers.form import Form, asks
from webapp.deployments.registry import Deployed
from webapp.domain.directory import Directory
from webapp.http.form_view import Choice, FieldView, fields_of, submitted

MATTER, ABOUT, WHO = ("type", "category"), ("respondent",), ("anonymous", "claimant_kind")
UNASKED = ("channel",)
STEPS = ("matter", "about", "story", "who", "contact")
BOXES = 12          # choices up to this many are boxes to tap, more are a list


class Named:
    """What a filing form may name: units of the directory, files that were sent with its pages."""

    def __init__(self, directory: Directory, files: set[str]):
        self.directory, self.files = directory, files

    def unit(self, code: str) -> bool:
        return code in self.directory

    def case(self, number: str) -> bool:
        return False

    def file(self, id: str) -> bool:
        return id in self.files


@dataclass(frozen=True)
class Asking:
    """The filing form of one procedure, ready to be asked page by page. `files`: those sent with the pages so far, id → name."""

    deployed: Deployed
    directory: Directory
    lang: str
    now: datetime
    files: dict[str, str] = field(default_factory=dict)

    @property
    def form(self) -> Form:
        return self.deployed.forms[self.deployed.manifest.filing.get("form", "file")]

    def keys(self, step: str) -> list[str]:
        """The fields of a page. Repeated lists are left out: they need a script; the type where there is but one."""
        one = len(self.deployed.manifest.filing.get("types") or []) == 1
        asked = [k for k, f in self.form.fields.items() if k not in UNASKED and f.rows is None and not (one and k == "type")]
        contact = [k for k in asked if k not in WHO and (k.startswith("claimant_") or k == "confidential")]
        groups = {"matter": MATTER, "about": ABOUT, "who": WHO, "contact": contact}
        if step != "story":
            return [k for k in asked if k in groups[step]]
        return [k for k in asked if not any(k in keys for keys in groups.values())]

    @property
    def steps(self) -> list[str]:
        """The pages that have a question."""
        return [step for step in STEPS if self.keys(step)]

    def file_keys(self, step: str) -> list[str]:
        """The file fields of a page."""
        return [k for k in self.keys(step) if self.form.fields[k].type == "filepicker"]

    def context(self) -> dict[str, Any]:
        manifest = self.deployed.manifest
        return {"scope": [{"value": s["id"], "label": manifest.text(s, self.lang)} for s in manifest.scope],
                "exclusions": [{"value": s["id"], "label": manifest.text(s, self.lang)} for s in manifest.exclusions],
                "types": manifest.filing.get("types", []), "channels": manifest.filing.get("channels", []),
                "units": [{"value": u.code, "label": u.en if self.lang == "en" else u.zh} for u in self.directory.units]}

    def schema(self) -> dict[str, Any]:
        return localise(self.form.schema, self.lang)

    def fields(self, step: str, answers: dict[str, Any]) -> list[FieldView]:
        """What a page draws: the fields that the answers so far leave, as boxes rather than lists where there are few."""
        hidden = self.form.hidden(answers, self.context(), self.now)
        shown = [k for k in self.keys(step) if k not in hidden]
        types = self.deployed.manifest.filing.get("types")
        found: list[FieldView] = []
        scope = {**self.context(), **{k: answers.get(k, f.initial) for k, f in self.form.fields.items()}}
        for view in fields_of(self.schema(), self.context(), only=shown):
            if view.kind == "heading":
                found += view.fields
            elif view.key:
                found.append(view)
        found = [replace(v, required=v.required or asks(self.form.fields[v.key].required_when, scope, self.now)) if v.key else v for v in found]
        return [_plain(view, types) for view in found]

    def take(self, step: str, posted: Any) -> dict[str, Any]:
        """What was sent for a page, by field."""
        return submitted(self.schema(), posted, only=self.keys(step))

    def problems(self, answers: dict[str, Any], step: str | None = None) -> list[dict[str, str]]:
        """What is wrong with the answers: of one page, or of all."""
        given = {k: v for k, v in answers.items() if v is not None}
        found = clean(self.form, given, context=self.context(), now=self.now, lookups=Named(self.directory, set(self.files))).problems
        keys = self.keys(step) if step else None
        problems = [{"field": p.field, "code": p.code, "zh": p.zh, "en": p.en} for p in found if keys is None or p.field.split(".")[0] in keys]
        if step == "who" and "anonymous" in self.keys("who") and answers.get("anonymous") is None:
            problems.append({"field": "anonymous", "text": _("请选择是否留下姓名")})
        return problems

    def summary(self, answers: dict[str, Any]) -> list[dict[str, Any]]:
        """The answers in words, page by page, for checking."""
        rows = []
        for step in self.steps:
            for view in self.fields(step, answers):
                value = answers.get(view.key)
                rows.append({"step": step, "key": view.key, "label": view.label, "words": _words(view, value, self), "given": value not in (None, "", [], False) or (view.key == "anonymous" and value is False)})
        return rows


def _plain(view: FieldView, types: list[str] | None) -> FieldView:
    if view.key == "type" and types:
        view = replace(view, choices=tuple(c for c in view.choices if c.value in types))
    if view.key == "anonymous":
        choices = (Choice("false", _("留下姓名或单位名称")), Choice("true", _("匿名")))
        return replace(view, kind="radio", label=_("您愿意留下姓名吗"), help=_("匿名也可以留电话或邮箱，便于告诉您结果。"), required=True, choices=choices)
    if view.kind == "select" and view.key not in ABOUT and len(view.choices) <= BOXES:
        choices = view.choices if view.required else (*view.choices, Choice("", _("拿不准")))
        return replace(view, kind="radio", choices=choices)
    return view


def _words(view: FieldView, value: Any, asking: Asking) -> str:
    if view.key == "respondent" and value:
        return asking.directory.unit(value).en if asking.lang == "en" else asking.directory.unit(value).zh
    if value is None or value == "" or value == []:
        return _("没有填写")
    if view.key == "anonymous":
        return _("匿名") if value else _("留下姓名或单位名称")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    held = value if isinstance(value, list) else [value]
    labels = asking.files if view.kind == "file" else {choice.value: choice.label for choice in view.choices}
    return _("、").join(labels.get(str(each), str(each)) for each in held)

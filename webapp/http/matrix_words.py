"""What implements an article, said for people: `field:handle.facts` is 表单 核实办理：核查的事实."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from webapp.answers import Form
from webapp.deployments.registry import Deployed

from .case_words import CHANNELS, OUTCOMES
from .deadline_words import deadline_name
from .formats import english
from .told_words import WORDS as TOLD


def in_words(name: str, deployed: Deployed, named: Mapping[str, tuple[str, str]], lang: str) -> str:
    """The words of one name of articles.toml's `by`; `named`: those of features and reports. A name that has none of its own says what kind of thing it is."""
    if name in named:
        return named[name][english(lang)]
    manifest, (kind, _colon, rest) = deployed.manifest, name.partition(":")
    raw = manifest.raw
    match kind:
        case "task":
            return _("步骤：%(name)s", name=_task(deployed, rest, lang))
        case "field":
            task, _dot, key = rest.partition(".")
            nodes = deployed.definition.tasks().get(task)
            form = deployed.forms.get(nodes[0].form if nodes else manifest.filing.get("form", "file"))
            return _("表单：%(form)s · %(field)s", form=_("提交") if task == "file" else _task(deployed, task, lang), field=_label(form, key, lang))
        case "deadline":
            return _("期限：%(name)s", name=deadline_name(manifest, rest, lang))
        case "action" if rest in manifest.actions:
            return _("操作：%(name)s", name=manifest.actions[rest].en if english(lang) else manifest.actions[rest].zh)
        case "decision":
            return _("决策表：%(name)s", name=_table(deployed, rest, lang))
        case "supervision":
            return _("督办事由：%(name)s", name=_entry(manifest.supervision.get("trigger", []), rest, manifest, lang))
        case "scope":
            return _("可以反映：%(name)s", name=_entry(manifest.scope, rest, manifest, lang))
        case "exclusion":
            return _("不予受理：%(name)s", name=_entry(manifest.exclusions, rest, manifest, lang))
        case "condition":
            return _("受理条件：%(name)s", name=_entry([*raw.get("condition", []), *manifest.exclusions], rest, manifest, lang))
        case "accountability":
            return _("追责情形：%(name)s", name=_entry(raw.get("accountability", []), rest, manifest, lang))
        case "outcome":
            return _("办结方式：%(name)s", name=OUTCOMES.get(rest, rest))
        case "told":
            return _("告知：%(name)s", name=TOLD[rest][english(lang)] if rest in TOLD else rest)
        case "channel":
            return _("渠道：%(name)s", name=CHANNELS.get(rest, rest))
        case "filing":
            return _("提交时的验证码") if rest == "captcha" else rest
    return rest


def _task(deployed: Deployed, name: str, lang: str) -> str:
    nodes = deployed.definition.tasks().get(name) or [node for level in deployed.definition.nodes.values() for node in level.values() if node.id == name]
    return (nodes[0].en if english(lang) else nodes[0].zh) if nodes else name


def _table(deployed: Deployed, name: str, lang: str) -> str:
    """A decision's name stands in its table in Chinese alone."""
    if english(lang):
        return {"limit": "time limits", "extension": "extensions"}.get(name, name.replace("_", " "))
    return getattr(deployed.definition.decisions.get(name), "name", "") or name


def _label(form: Form | None, key: str, lang: str) -> str:
    return form.fields[key].labels[english(lang)] if form is not None and key in form.fields else key


def _entry(rows: list[Mapping[str, Any]], wanted: str, manifest, lang: str) -> str:
    return next((manifest.text(row, lang) for row in rows if row.get("id") == wanted), wanted)

"""What a citizen is told, in words, for the case's page and for mail: one entry for each kind of message. Pure."""
from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .article_words import article_words
from .formats import english, long_date

# kind → (heading zh, en, sentence zh, en)
WORDS: dict[str, tuple[str, str, str, str]] = {
    "filed": ("已收到您的留言", "Your message has arrived", "原文已经保存，任何人不能修改或删除。", "It is kept as you wrote it; nobody can change or delete it."),
    "accepted": ("已受理", "Taken on", "您反映的事项已受理，正在转交办理单位。", "What you wrote has been taken on and is being passed to the unit that handles it."),
    "rejected": ("不予受理", "Not taken on", "您反映的事项不在这里办理，理由如下。", "What you wrote cannot be handled here, for the reason below."),
    "redirected": ("请向有关机构反映", "Please turn to another body", "您反映的事项由别的机构负责，请直接与其联系。", "Another body is in charge of this; please turn to it directly."),
    "supplement_wanted": ("请补充材料", "More is needed from you", "办理中需要您补充下面的内容。", "To go on, the following is needed from you."),
    "dispatched": ("已交给办理单位", "Passed to the handling unit", "您反映的事项已交给负责的单位办理。", "What you wrote has been passed to the unit in charge."),
    "merged": ("与同一事项合并办理", "Handled together with the same matter", "同一事项已有一件正在办理，两件合并，不再重复核查。结果同样会告诉您。",
               "The same matter is already being handled; the two are handled as one. You will be told the result all the same."),
    "extended": ("办理期限已延长", "The time limit has been extended", "经审批，办理期限已延长。新的日期见本页上方。", "The time limit has been extended with approval. The new date stands at the top of this page."),
    "progress": ("办理进展", "Progress", "办理单位告知您目前的进展。", "The handling unit tells you how things stand."),
    "interim": ("阶段性答复", "Interim answer", "办理单位先作阶段性答复，办理还在继续。", "The handling unit gives an interim answer; the handling goes on."),
    "replied": ("办理结果", "The answer", "您反映的事项已办理，答复如下。", "What you wrote has been handled. This is the answer."),
    "rate_wanted": ("请您评价", "Please rate it", "请评价这次办理。受理机关和办理单位都会看到您的评价。", "Please rate how it was handled. The office and the handling unit will see your rating."),
    "closed": ("已办结", "Closed", "此件已办结。", "This case is closed."),
    "withdrawn": ("已撤回", "Withdrawn", "按您的要求已撤回，不再办理。您写的内容仍会保存。", "Withdrawn as you asked; it is no longer handled. What you wrote is kept."),
}
_LABELS = {"reason": ("理由", "Reason"), "basis": ("依据", "Basis"), "body": ("负责的机构", "The body in charge"), "materials": ("需要补充", "What is needed"),
           "due": ("最迟", "At the latest"), "received": ("收到日期", "Received on")}
PARTS = ("basis", "reason", "body", "materials", "due", "received")


@dataclass(frozen=True)
class Told:
    """A message in one language: `text` is what a person wrote, `facts` (label, words) what goes with it."""

    kind: str
    heading: str
    sentence: str
    text: str
    facts: tuple[tuple[str, str], ...]


def told(kind: str, data: Mapping[str, Any], lang: str, exclusions: Iterable[Mapping[str, Any]] = ()) -> Told:
    """A message in words. `exclusions`: the manifest's, so that a basis given by its number is said in words."""
    zh, en, say_zh, say_en = WORDS.get(kind, ("通知", "Notice", "", ""))
    use = english(lang)
    facts = tuple(((_LABELS[part][1] if use else _LABELS[part][0]), _words(part, data[part], lang, exclusions) + _mark(part, data, lang))
                  for part in PARTS if data.get(part))
    return Told(kind, en if use else zh, say_en if use else say_zh, str(data.get("text") or ""), facts)


def _mark(part: str, data: Mapping[str, Any], lang: str) -> str:
    """What is said of a date that rests on a year whose holidays were not announced when it was told."""
    if part != "due" or not data.get("provisional"):
        return ""
    return " (provisional: that year's public holidays are not announced yet)" if english(lang) else "（暂定，该年放假安排尚未公布）"


def _words(part: str, value: Any, lang: str, exclusions: Iterable[Mapping[str, Any]]) -> str:
    if isinstance(value, list):
        return ("; " if english(lang) else "；").join(map(str, value))
    if part in ("due", "received"):
        return long_date(str(value)[:10], lang)
    if part == "basis" and value == "scope":
        return "It does not belong to what is handled here" if english(lang) else "不属于本程序的办理范围"
    if part == "basis":
        entry = next((each for each in exclusions if each.get("id") == value), None)
        if entry is not None:
            words = (entry.get("en") if english(lang) else None) or entry.get("zh") or str(value)
            article = article_words(entry.get("article"), lang)
            return f"{words} ({article})" if article else words
    return str(value)

"""The schemas of everything that is sent and answered. What is sent is checked against these very ones."""
from __future__ import annotations

from typing import Any

BIG = 2**63 - 1
Schema = dict[str, Any]


def text(description: str = "", most: int = 200, **more: Any) -> Schema:
    return {"type": "string", "maxLength": most, **({"description": description} if description else {}), **more}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    return {**schema, "type": [schema["type"], "null"]}


def obj(properties: dict[str, Schema], required: list[str] | None = None, description: str = "", more: bool = False) -> Schema:
    """An object; `required` are all its members unless they are named; without `more` it has no others."""
    return {"type": "object", **({"description": description} if description else {}), "properties": properties,
            "required": list(properties) if required is None else required, "additionalProperties": more}


def list_of(items: Schema, most: int | None = None, description: str = "") -> Schema:
    return {"type": "array", "items": items, **({"maxItems": most} if most else {}), **({"description": description} if description else {})}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


MOMENT: Schema = {"type": "string", "format": "date-time", "description": "UTC"}
DAY: Schema = {"type": "string", "format": "date"}
ID: Schema = {"type": "integer", "minimum": 1, "maximum": BIG}
PROVISIONAL: Schema = {"type": "boolean", "description": "日期涉及放假安排尚未公布的年份，暂定。 The date rests on a year whose holidays are not announced yet."}
NUMBER = text("案件编号。 The case's number.", 40)
STATUS = text(enum=["open", "closed"])
OPEN = list_of(text(), description="等待办理的任务，每项一个名称；评价不列出。 The user tasks that wait, one name for each; `rate` is never listed.")

FILE: Schema = {"type": ["string", "object"], "maxLength": 200, "maxProperties": 5, "properties": {name: {"type": "string"} for name in ("name", "text", "base64")},
                "description": "已上传文件的编号，或 `{name, text}`、`{name, base64}`。 An uploaded file's id, or the file itself."}

CLAIMANT = {
    "type": "object", "description": "留言人。 Who writes.",
    "properties": {
        "kind": text("person 个人，enterprise 企业或组织。", 30), "name": text(most=1000), "phone": text(most=1000), "email": text(most=1000),
        "id_number": text(most=1000), "occupation": text(most=1000), "anonymous": {"type": "boolean"}, "confidential": {"type": "boolean"},
    },
    "maxProperties": 30,
}

SENT: dict[str, Schema] = {
    "Filing": {
        "type": "object",
        "description": "提交的内容：场景文件 `file` 对象的各项，加上 `procedure`。程序的表单若另有项目，照其名称填写；表单没有的项目会被拒绝。 "
                       "The members of a scenario's `file` and `procedure`. A procedure's form may ask for more, by the names of its fields; what it does not have is refused.",
        "properties": {
            "procedure": text("程序。 The procedure's id.", 80, minLength=1), "channel": text("来源渠道，默认 web。 The channel; `web` unless given.", 40),
            "office": maybe(text("受理单位，默认由程序规定。 The office that receives it; else the procedure's own.")), "type": text("诉求类型。 The case type.", 30),
            "category": maybe(text("事项类别的编号。 A scope number.", 40)), "respondent": maybe(text("被反映单位的代码。 The reported unit's code.")),
            "claimant": CLAIMANT, "title": text(most=1000), "text": text(most=30000),
            "documents": list_of(FILE, 20), 
            "consultation": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "description": "意见征集的编号，对征集发表意见时填写。 The consultation that an opinion is on."},
        },
        "required": ["procedure"], "maxProperties": 100,
    },
    "Completion": obj({
        "version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1, "description": "读到的任务版本。 The task's version as it was read."},
        "data": {"type": "object", "maxProperties": 100, "description": "任务表单的各项。 The fields of the task's form."}}),
    "ActionData": {"type": "object", "maxProperties": 100,
                   "description": "操作表单的各项，直接写出或放在 `data` 中。 The fields of the action's form, bare or as `data`.",
                   "properties": {"data": {"type": "object", "maxProperties": 100}}},
    "Nothing": {"type": "object", "maxProperties": 0},
    "ClockMove": obj({"to": text("例如 2026-09-21T09:00；没有时区的按北京时间。 Without an offset it is Asia/Shanghai.", 40)}),
}

DEADLINE = obj({
    "due": maybe(DAY), "status": text(enum=["running", "paused", "met", "missed", "late", "cancelled"]), "light": text(enum=["green", "yellow", "red"]),
    "days_left": maybe({"type": "integer", "description": "剩余工作日，逾期为负。 Working days left; negative when missed."}), "n": {"type": "integer"},
    "started": DAY, "original_due": DAY, "extensions": {"type": "integer"}, "provisional": PROVISIONAL, "article": text(), "local": {"type": "boolean"}})

ENTRY = obj({
    "seq": {"type": "integer"}, "at": MOMENT, "kind": text(), "by": text("citizen、system 或 staff。", enum=["citizen", "system", "staff"]),
    "actor": text("经办账号；留言人查询时没有。 The account; not for the citizen."), "unit": maybe(text()), "data": {"type": "object"},
    "hash": text(most=64)}, ["seq", "at", "kind", "by", "unit", "data", "hash"])

CASE_TASK = obj({
    "id": ID, "version": {"type": "integer"}, "task": text(), "unit": maybe(text()), "role": text(), "due": maybe(DAY), "provisional": PROVISIONAL,
    "mine": {"type": "boolean", "description": "可由查询者办理。 Whether whoever asks may do it."}})

ANSWERED: dict[str, Schema] = {
    "Receipt": obj({
        "case": NUMBER, "code": text("查询码，只出现这一次。 The query code, shown this once."),
        "hash": text("规范 JSON {case, content, filed_at} 的 SHA-256：键排序，无空格，UTF-8，非 ASCII 字符不转义；`content` 和 `filed_at`（即 `at`）见查询结果的 `filings`。 "
                     "SHA-256 of the canonical JSON of {case, content, filed_at}: keys sorted, no blanks, UTF-8, nothing escaped that need not be; "
                     "`content` and `filed_at` (its `at`) stand in the case's `filings`.", 64)}),
    "Case": obj({
        "case": NUMBER, "procedure": text(), "title": text(most=300), "status": STATUS, "outcome": maybe(text()), "round": {"type": "integer"},
        "filed_at": MOMENT, "merged_into": maybe(text()), "open": OPEN,
        "deadlines": {"type": "object", "additionalProperties": ref("Deadline"), "description": "每个期限最近的一次。 The latest of each id."},
        "ledger": list_of(ref("LedgerEntry")), "tasks": list_of(ref("CaseTask"), description="等待的任务；留言人只见自己的。 Tasks that wait; a citizen sees their own."),
        "actions": list_of(text(), description="现在可以提出的操作。 The actions that may be taken now."),
        "filings": list_of(ref("Written"), description="原文和补充。 What was written, and supplements."), "messages": list_of(ref("Message"))}),
    "Deadline": DEADLINE, "LedgerEntry": ENTRY, "CaseTask": CASE_TASK,
    "Written": obj({"seq": {"type": "integer"}, "at": text("收到的时间，即散列中的 filed_at。 When it came: `filed_at` of the hash."), "content": {"type": "object"},
                    "hash": text(most=64)}),
    "Message": obj({"kind": text(), "at": MOMENT, "data": {"type": "object"}}, description="告知留言人的。 What the citizen was told."),
    "State": obj({"case": NUMBER, "status": STATUS, "outcome": maybe(text()), "open": OPEN}),
    "Task": obj({
        "id": ID, "version": {"type": "integer"}, "task": text(), "case": NUMBER, "title": text(most=300), "procedure": text(), "unit": text(), "role": text(),
        "due": maybe(DAY), "provisional": PROVISIONAL, "overdue": {"type": "boolean"}, "opened_at": MOMENT, "claimed": {"type": "boolean", "description": "已由本人领取。 Claimed by oneself."}}),
    "TaskPage": obj({"tasks": list_of(ref("Task")), "next": maybe(text("下一页的 `after`；没有更多时为 null。 `after` of the next page; null when there is none."))}),
    "Claimed": obj({"id": ID, "version": {"type": "integer"}, "task": text()}),
    "Clock": obj({"now": MOMENT, "fired": {"type": "integer", "minimum": 0, "description": "触发的时点数。 How many moments fired."}}),
    "Problem": obj({
        "type": text("urn:duban:problem:CODE"), "title": text("说明。 In words.", 2000), "status": {"type": "integer"},
        "code": text("不变的代码，清单见 docs/refusals.md。 A stable code, of the list in docs/refusals.md."),
        "fields": list_of(obj({"field": text(most=2000), "code": text(), "message": text(most=2000)}))}),
}

SCHEMAS: dict[str, Schema] = {**SENT, **ANSWERED}

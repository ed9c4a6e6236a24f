"""The mail of a day's reminders: numbers, deadlines and days left, never what a case is about or who wrote it; a mailbox is not the office's."""
from __future__ import annotations

from typing import Any

from sqlalchemy import select

from webapp.models import Case, StaffNotice, db
from webapp.permissions import Person, find_person, visible_cases

from .environment import Environment


def lines_for(person: Person, notice: StaffNotice) -> list[dict[str, Any]]:
    """The lines of a message as the person may read them now, in their order, each with `title` and `deployment_id` of its case."""
    lines = notice.data.get("lines", [])
    query = visible_cases(person).with_only_columns(Case.id, Case.title, Case.deployment_id).where(Case.id.in_({line["case"] for line in lines}))
    seen = {row.id: row for row in db.session.execute(query)} if lines else {}
    return [{**line, "title": seen[line["case"]].title, "deployment_id": seen[line["case"]].deployment_id} for line in lines if line["case"] in seen]


def letter_of(env: Environment, notice_id: int) -> tuple[str, str] | None:
    """Subject and text, with what the person may see at this moment; None when nothing of it is left to be told."""
    notice = db.session.scalar(select(StaffNotice).where(StaffNotice.id == notice_id))
    person = find_person(account_id=notice.account_id) if notice is not None else None
    lines = lines_for(person, notice) if person is not None else []
    if not lines:
        return None
    count = len(lines) + notice.data.get("more", 0)
    day = notice.day.isoformat()
    text = [f"{day} 有 {count} 项期限需要您留意，最紧的在前。请登录查看。", f"{day}: {count} deadlines need your attention, the most urgent first. Please log in.", ""]
    for line in lines:
        entry = env.registry.deployed(line["deployment_id"]).manifest.deadlines.get(line["deadline"], {})
        zh, en = entry.get("zh", line["deadline"]), entry.get("en", line["deadline"])
        text.append(f"{line['number']}  {zh} {en}  {line['due']}{' 暂定 provisional' if line.get('provisional') else ''}  {_left(line['left'])}")
    if notice.data.get("more"):
        text.append(f"… 另有 {notice.data['more']} 项 / {notice.data['more']} more")
    return f"{day} 期限提醒：{count} 项 / Deadlines: {count}", "\n".join(text) + "\n"


def _left(days: int) -> str:
    if days == 0:
        return "今天到期 / due today"
    return f"剩 {days} 个工作日 / {days} working days left" if days > 0 else f"逾期 {-days} 个工作日 / {-days} working days overdue"

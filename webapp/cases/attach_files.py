"""Puts files into answers: an id becomes what was sent, name and hash with it, and the file is the case's from then on, in the same transaction."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from webapp.answers import Form
from webapp.engine import Refusal
from webapp.models import Attachment, db
from webapp.permissions import Actor, Citizen

from .attachments import CITIZENS, described, is_fresh, is_inline, store_inline
from .environment import Environment
from .errors import Invalid
from .files.keeping import MEGABYTE

MOST_LOOKED_UP = 100
ID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)       # what is none is looked up nowhere: no database takes every text


class AnsweredFiles:
    """The files of one answer. `prepare` before the answer is cleaned, `known` while, `describe` and `attach` after."""

    def __init__(self, env: Environment, actor: Actor, case_id: int | None = None):
        self.env, self.actor, self.case_id = env, actor, case_id
        self._rows: dict[str, Attachment] = {}
        self._used: dict[str, Attachment] = {}

    def prepare(self, form: Form, data: Any) -> Any:
        """The data with files that stand in it themselves (`{name, text}`, `{name, base64}`) taken in; looks up what it names, in one query. Invalid with every file refused."""
        if not isinstance(data, Mapping):
            return data
        problems: list[tuple[str, str, str, str]] = []
        ids: set[str] = set()

        def one(item: Any, key: str) -> Any:
            if is_inline(item):
                try:
                    row = store_inline(self.env, item, self.actor.login)
                except Refusal as refusal:
                    problems.append((key, refusal.code, f"{str(item['name'])[:60]}：{refusal.zh}", f"{str(item['name'])[:60]}: {refusal.en}"))
                    return None
                self._rows[row.id] = row
                return row.id
            id = item.get("id") if isinstance(item, Mapping) else item
            if isinstance(id, str) and ID.fullmatch(id) and len(ids) < MOST_LOOKED_UP:
                ids.add(id)
            return item

        if self._inline_count(form, data) > self.env.files.limits.per_answer:
            raise self._too_many(next(key for key in _file_keys(form)))
        data = _changed(form.fields, data, one)
        if problems:
            raise Invalid(problems)
        if ids:
            query = select(Attachment).where(Attachment.id.in_(sorted(ids))).order_by(Attachment.id).with_for_update()
            self._rows.update({row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))})
        return data

    def known(self, id: str) -> bool:
        """Whether this actor may name this file here: a fresh one, whose id only its sender was told, or one that is on the case already."""
        row = self._rows.get(id)
        if row is None:
            return False
        if row.case_id is not None:
            return row.case_id == self.case_id and (not isinstance(self.actor, Citizen) or row.attached_by in CITIZENS)
        return is_fresh(self.env, row)

    def describe(self, form: Form, values: dict[str, Any]) -> dict[str, Any]:
        """Clean values with each id as what it names. Invalid where the answer holds too many files, or the case too many bytes."""
        keys: list[str] = []

        def one(id: str, key: str) -> dict[str, Any]:
            keys.append(key)
            self._used[id] = self._rows[id]
            return described(self._rows[id])

        values = _changed(form.fields, values, one)
        if len(self._used) > self.env.files.limits.per_answer:
            raise self._too_many(keys[-1])
        new = sum(row.size for row in self._used.values() if row.case_id is None)
        if new and new + self._held() > self.env.files.limits.case_bytes:
            most = self.env.files.limits.case_bytes // MEGABYTE
            raise Invalid([(keys[-1], "case_files_full", f"一件的附件合计不超过 {most} MB", f"The files of one case may not exceed {most} MB together")])
        return values

    def attach(self, case_id: int) -> None:
        """From now on the files that the answer names are the case's."""
        for row in self._used.values():
            if row.case_id is None:
                row.case_id, row.attached_at, row.attached_by = case_id, self.env.now(), self.actor.login

    def _held(self) -> int:
        """Bytes that are on the case already."""
        if self.case_id is None:
            return 0
        return db.session.scalar(select(func.coalesce(func.sum(Attachment.size), 0)).where(Attachment.case_id == self.case_id)) or 0

    def _inline_count(self, form: Form, data: Mapping[str, Any]) -> int:
        found: list[bool] = []
        _changed(form.fields, data, lambda item, key: found.append(is_inline(item)))
        return sum(found)

    def _too_many(self, key: str) -> Invalid:
        most = self.env.files.limits.per_answer
        return Invalid([(key, "too_many_files", f"一次最多 {most} 个附件", f"At most {most} files at a time")])


def _file_keys(form: Form) -> Iterator[str]:
    for key, each in form.fields.items():
        if each.entity == "files" or any(row.entity == "files" for row in each.rows or ()):
            yield key


def _changed(fields: Mapping[str, Any], values: Mapping[str, Any], one: Callable[[Any, str], Any], prefix: str = "") -> dict[str, Any]:
    """The values with `one` applied to every file that they hold, in rows of lists too."""
    found = dict(values)
    for key, each in fields.items():
        value = values.get(key)
        if each.entity == "files" and value not in (None, "", []):
            found[key] = [one(item, prefix + key) for item in (value if isinstance(value, list) else [value])]
        elif each.rows is not None and isinstance(value, list):
            rows = {row.key: row for row in each.rows}
            found[key] = [_changed(rows, row, one, f"{key}.{i}.") if isinstance(row, Mapping) else row for i, row in enumerate(value)]
    return found

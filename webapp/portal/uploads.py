"""Files sent with a page's form, taken in at once and named by their ids from then on, so that no later mistake loses them."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request

from webapp.cases.attachments import accept_upload, describe_waiting
from webapp.cases.files.keeping import MEGABYTE
from webapp.engine import Refusal
from webapp.http.web import env
from webapp.models import db

DROP = "drop-file"      # the boxes that say which of the files already sent are not wanted


def sends_files() -> bool:
    """Whether the request brings a file."""
    return any(each.filename for each in request.files.values())


def take_files(keys: Iterable[str], answers: dict[str, Any]) -> list[dict[str, str]]:
    """Put the files of a page into the answers, beside those sent before and without those taken off. Returns what is wrong with any of them."""
    problems = []
    dropped = set(request.form.getlist(DROP))
    for key in keys:
        ids = [id for id in answers.get(key) or [] if id not in dropped]
        for upload in request.files.getlist(key):
            if not upload.filename:
                continue
            if len(ids) >= env().files.limits.per_answer:
                problems.append(_too_many(key))
                break
            try:
                row = accept_upload(env(), upload, "citizen")
                db.session.commit()
                ids.append(row.id)
            except Refusal as refusal:
                db.session.rollback()
                name = upload.filename[:60]
                problems.append({"field": key, "zh": f"{name}：{refusal.zh}", "en": f"{name}: {refusal.en}"})
        answers[key] = ids
    return problems


def sent_files(keys: Iterable[str], answers: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The files that the answers name and that wait, described, by field."""
    return {key: describe_waiting(env(), answers.get(key) or []) for key in keys}


def file_limits() -> dict[str, int]:
    """For the page: how large a file may be (MB) and how many there may be."""
    limits = env().files.limits
    return {"megabytes": limits.file_bytes // MEGABYTE, "most": limits.per_answer}


def _too_many(key: str) -> dict[str, str]:
    most = env().files.limits.per_answer
    return {"field": key, "zh": f"一次最多 {most} 个附件", "en": f"At most {most} files at a time"}

"""In-app messages: what a person's roles were told."""
from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from webapp.cases.gather_reminders import KIND
from webapp.cases.notices import notices_for
from webapp.cases.reminder_letter import lines_for
from webapp.http.deadline_words import deadline_name
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.notice_words import notice_words
from webapp.http.web import env, person, staff_only
from webapp.models import StaffNotice

from .blueprint import desk
from .lists import page_size


@desk.get("/notices")
@staff_only
def notices():
    text, size = request.args.get("before", ""), page_size()
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    found = notices_for(person(), before, size + 1)
    rows = [{"row": row, "number": number, "title": title, "words": notice_words(row.kind, current_lang()), "lines": _lines(row) if row.kind == KIND else None}
            for row, number, title in found[:size]]
    older = url_for("desk.notices", before=rows[-1]["row"].id) if len(found) > size else None
    return render_template("desk/notices.html", rows=rows, older=older, newer=url_for("desk.notices") if before else None, **frame("notices"))


def _lines(notice: StaffNotice) -> list[dict[str, Any]]:
    """What a day's reminders say, as far as the reader may still see it."""
    return [{**line, "name": deadline_name(env().registry.deployed(line["deployment_id"]).manifest, line["deadline"], current_lang()),
             "url": url_for("desk.case", number=line["number"])} for line in lines_for(person(), notice)]

"""In-app messages: what a person's roles were told."""
from __future__ import annotations

from flask import render_template, request, url_for

from webapp.cases.notices import notices_for
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.notice_words import notice_words
from webapp.http.web import person, staff_only

from .blueprint import desk
from .lists import page_size


@desk.get("/notices")
@staff_only
def notices():
    text, size = request.args.get("before", ""), page_size()
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    found = notices_for(person(), before, size + 1)
    rows = [{"row": row, "number": number, "title": title, "words": notice_words(row.kind, current_lang())} for row, number, title in found[:size]]
    older = url_for("desk.notices", before=rows[-1]["row"].id) if len(found) > size else None
    return render_template("desk/notices.html", rows=rows, older=older, newer=url_for("desk.notices") if before else None, **frame("notices"))

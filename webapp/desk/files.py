"""Files at the desk: sent with a form, and downloaded by those who may see their case."""
from __future__ import annotations

from flask import request
from flask_babel import gettext as _

from webapp.cases.attachments import accept_upload, find_for_person
from webapp.engine import Refusal
from webapp.http.file_answers import file_answer, stored_answer
from webapp.http.problems import problem_response, refusal_response
from webapp.http.web import env, person, staff_only
from webapp.models import db

from .blueprint import desk


@desk.post("/files")
@staff_only
def upload_file():
    """Take in a file for a form that is being filled in; it waits a day to be named by an answer."""
    upload, who = request.files.get("file"), person()
    if upload is None:
        return problem_response(400, "bad_request", _("请求无法处理"))
    db.session.rollback()       # the database is not held while a file is looked at and written
    try:
        row = accept_upload(env(), upload, who.login)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return refusal_response(refusal)
    return stored_answer(row)


@desk.get("/files/<id>")
@staff_only
def download_file(id: str):
    """A file of a case that the person may see; 404 for any other."""
    return file_answer(find_for_person(id, person()))

"""Files over the API: sent first, then named by their id in a filing or an answer."""
from __future__ import annotations

from flask import request

from webapp.cases.attachments import accept_upload
from webapp.http.file_answers import bound_body, stored_answer
from webapp.http.web import env
from webapp.models import db

from .asking import staff
from .blueprint import api, limiter, unlimited
from .components import text
from .operations import operation, problems
from .problems import ApiProblem

UPLOAD_LIMIT = "120 per hour;600 per day"        # for an address, without a token
STORED = {
    "type": "object", "required": ["id", "name", "size", "type", "sha256"], "additionalProperties": False,
    "properties": {
        "id": text("用于申报和答复中的附件项。 To be named in a filing or an answer.", 40), "name": text("保存的文件名。 The name it is kept under.", 120),
        "size": {"type": "integer", "description": "字节。 Bytes."}, "type": text("按内容判断的类型。 The type, by content.", 100), "sha256": text(most=64)},
}


def _with_token() -> bool:
    return "Authorization" in request.headers


@api.post("/files")
@operation("public", {
    "operationId": "sendFile", "summary": "上传一个附件，得到编号；一天内没有被引用即删除。 Send a file for its id; it is deleted unless it is named within a day.",
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
        "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}}}}},
    "responses": {"201": {"description": "已保存。 Kept.", "content": {"application/json": {"schema": STORED}}}, **problems(400, 401, 413, 415, 422)}})
@limiter.limit(UPLOAD_LIMIT, exempt_when=lambda: unlimited() or _with_token())
def send_file():
    """Take in one file. No token is needed; with one it is the person's. Whoever has the id may name it once."""
    bound_body()
    if request.mimetype != "multipart/form-data":
        raise ApiProblem(415, words=("内容须是 multipart/form-data", "The content must be multipart/form-data"))
    upload = request.files.get("file")
    if upload is None:
        raise ApiProblem(422, [("file", "required", "请附上文件", "A file is needed")])
    by = staff().login if _with_token() else "citizen"
    db.session.rollback()       # the database is not held while a file is looked at and written
    row = accept_upload(env(), upload, by)
    db.session.commit()
    return stored_answer(row)

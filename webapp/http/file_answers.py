"""A file as an answer: always a download under a policy that lets nothing of it act; or a small picture of it, drawn anew."""
from __future__ import annotations

from urllib.parse import quote

from flask import Response, request

from webapp.cases.attachments import content_of, picture_of
from webapp.cases.files import StoreDamaged
from webapp.models import Attachment, db

from .problems import problem_response
from .web import env

POLICY = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store, max-age=0", "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer",
    "X-Download-Options": "noopen", "X-Robots-Tag": "noindex",
}
OVERHEAD = 64 * 1024        # bytes of a multipart body around the file


def file_answer(row: Attachment) -> Response:
    """The file as a download, or with `?preview=1` a picture of it to show. The door has checked who asks."""
    db.session.close()      # a drawing may take seconds: nothing of the database is held meanwhile
    if request.args.get("preview") == "1":
        picture, media = picture_of(env(), row)
        return _answer(picture, media, "inline")
    try:
        data = content_of(env(), row)
    except StoreDamaged:
        return problem_response(500, "file_damaged", "附件已损坏，请联系管理员 / The file is damaged")
    media = row.type + ("; charset=utf-8" if row.type.startswith("text/") else "")
    return _answer(data, media, f"attachment; filename=\"{ascii_name(row.name)}\"; filename*=UTF-8''{quote(row.name, safe='')}")


def _answer(data: bytes, media: str, disposition: str) -> Response:
    return Response(data, headers={"Content-Type": media, "Content-Disposition": disposition, **POLICY})


def ascii_name(name: str) -> str:
    """What browsers that do not read RFC 5987 call it: letters, digits, `-`, `_`, and the ending."""
    stem, _, ending = name.rpartition(".")
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in stem).strip("_")
    return f"{plain or 'file'}.{ending}"


def stored_answer(row: Attachment) -> tuple[dict, int]:
    """What an upload is answered with, once it is committed."""
    return {"id": row.id, "name": row.name, "size": row.size, "type": row.type, "sha256": row.sha256}, 201


def bound_body() -> None:
    """A request that sends one file may be as large as a file may be, and no larger. Before anything of it is read."""
    request.max_content_length = env().files.limits.file_bytes + OVERHEAD

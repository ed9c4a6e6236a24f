"""Files that people send: taken in, found again by those who may, cleared away when nobody attached them. `attach_files` puts them into answers."""
from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, select

from webapp.models import Attachment, db
from webapp.permissions import Citizen, Person, may_see

from .environment import Environment
from .errors import NotFound, refuse
from .files import KINDS, StoreDamaged, examine, icon, preview
from .files.keeping import MEGABYTE

CITIZENS = ("citizen", "system")        # who attached what the citizen of the case may see again
ID_BYTES = 18
BATCH = 500


class Upload(Protocol):
    """What a door hands in: a name as the browser sent it, and a content to read."""

    filename: str | None

    def read(self, size: int = -1, /) -> bytes: ...


def accept_upload(env: Environment, upload: Upload, by: str) -> Attachment:
    """Take in a file that is not attached to anything yet. `by` is the account's login, or `citizen`.

    Refusal `file_empty`, `file_too_large`, `file_type`, `file_bomb`, `file_macros`. The content is on the disk when this returns; the door commits the row.
    """
    return _keep(env, upload.read(env.files.limits.file_bytes + 1), upload.filename, by)


def store_inline(env: Environment, item: Mapping[str, Any], by: str) -> Attachment:
    """Take in a file that stands in an answer itself, as `{name, text}` or `{name, base64}`. Refusals as of `accept_upload`, and `file_base64`."""
    if "text" in item:
        data = str(item["text"]).encode("utf-8", "replace")
    else:
        try:
            data = base64.b64decode("".join(str(item["base64"]).split()), validate=True)
        except (binascii.Error, ValueError):
            raise refuse("file_base64", "附件内容不是有效的 Base64", "The file's content is no valid base64") from None
    return _keep(env, data, str(item["name"]), by)


def is_inline(item: Any) -> bool:
    """Whether a value is a file as channels and scenarios write it."""
    return isinstance(item, Mapping) and set(item) in ({"name", "text"}, {"name", "base64"})


def _keep(env: Environment, data: bytes, name: str | None, by: str) -> Attachment:
    most = env.files.limits.file_bytes
    if len(data) > most:
        raise refuse("file_too_large", f"文件超过 {most // MEGABYTE} MB", f"The file is larger than {most // MEGABYTE} MB")
    kind, fitting = examine(data, name)
    row = Attachment(id=secrets.token_urlsafe(ID_BYTES), case_id=None, name=fitting, size=len(data), sha256=env.files.store.put(data), kind=kind.id, type=kind.mime,
                     uploaded_at=env.now(), uploaded_by=by, attached_at=None, attached_by=None)
    db.session.add(row)
    return row


def described(row: Attachment) -> dict[str, Any]:
    """What an answer, and so the filing's and the ledger's hash, holds of a file."""
    return {"id": row.id, "name": row.name, "sha256": row.sha256, "size": row.size, "type": row.type}


# -- finding -----------------------------------------------------------------------------------------------------------
def find_for_person(id: str, person: Person) -> Attachment:
    """A file of a case that the person may see, or their own that waits. NotFound otherwise, whether or not it exists."""
    row = db.session.get(Attachment, id)
    if row is None or not (row.uploaded_by == person.login if row.case_id is None else may_see(person, row.case_id)):
        raise NotFound()
    return row


def find_for_citizen(id: str, citizen: Citizen) -> Attachment:
    """A file that the citizen (or a channel for them) attached to their case. NotFound otherwise."""
    row = db.session.get(Attachment, id)
    if row is None or row.case_id != citizen.case_id or row.attached_by not in CITIZENS:
        raise NotFound()
    return row


def describe_waiting(env: Environment, ids: list[str], by: str = "citizen") -> list[dict[str, Any]]:
    """The files of that sender among `ids` that wait to be attached, in that order: for a page that shows what was chosen."""
    rows = db.session.scalars(select(Attachment).where(Attachment.id.in_(ids[:100]), Attachment.case_id.is_(None), Attachment.uploaded_by == by))
    found = {row.id: row for row in rows if is_fresh(env, row)}
    return [described(found[id]) for id in ids if id in found]


def is_fresh(env: Environment, row: Attachment) -> bool:
    """Whether a file that waits may still be attached."""
    return row.uploaded_at > env.now() - env.files.limits.waits


def content_of(env: Environment, row: Attachment) -> bytes:
    """The content, which is checked to be what was sent. StoreDamaged otherwise."""
    return env.files.store.read(row.sha256)


def picture_of(env: Environment, row: Attachment) -> tuple[bytes, str]:
    """(bytes, media type) of a small picture: of the file itself, or an icon of its kind."""
    try:
        drawn = preview(env.files.previews, row.sha256, row.kind, lambda: content_of(env, row))
    except StoreDamaged:
        drawn = None
    return (drawn, "image/jpeg") if drawn else (icon(KINDS[row.kind].family), "image/png")


# -- clearing away -----------------------------------------------------------------------------------------------------
def purge_unattached(env: Environment, now: datetime | None = None) -> int:
    """Delete the rows of files that nobody attached within a day. Returns how many. The caller commits; the contents go with `remove_orphans`."""
    before = (now or env.now()) - env.files.limits.waits
    return db.session.execute(delete(Attachment).where(Attachment.case_id.is_(None), Attachment.uploaded_at <= before)).rowcount


def remove_orphans(env: Environment, **options: float) -> int:
    """Remove contents that no row names and nobody has sent for a day. Reads committed rows only: call it outside of any work. Returns how many."""
    def named(hashes: list[str]) -> set[str]:
        db.session.rollback()       # see what has been committed meanwhile
        found = {h for i in range(0, len(hashes), BATCH) for h in db.session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes[i:i + BATCH])))}
        db.session.rollback()
        return found

    return env.files.store.remove_unnamed(named, **options)


def verify_files(env: Environment) -> Iterator[str]:
    """A line for every attached file that is missing or no longer what was sent."""
    last = ""
    while rows := list(db.session.scalars(select(Attachment).where(Attachment.case_id.is_not(None), Attachment.id > last).order_by(Attachment.id).limit(BATCH))):
        for row in rows:
            try:
                content_of(env, row)
            except StoreDamaged as error:
                yield f"attachment {row.id} ({row.name}): {error}"
        last = rows[-1].id
        db.session.expunge_all()

"""Attachments from door to disk: limits, who may have them, under which headers, in which hash; and what a crash or a crowd leaves behind."""
from __future__ import annotations

import base64
import io
import os
import re
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from tests.conftest import ROOT
from tests.desk_story import HANDLER, REPORTED, SCREENER, Browser, Story
from tests.file_samples import REFUSED, TAKEN, pdf, photo_with_place, picture
from webapp.cases.attachments import accept_upload, describe_waiting, purge_unattached, remove_orphans, store_inline, verify_files
from webapp.cases.errors import Invalid
from webapp.cases.file_case import file_case
from webapp.cases.files import DiskStore
from webapp.cases.verify_ledger import verify_all
from webapp.engine import Refusal
from webapp.models import Attachment, Filing, LedgerEntry, db

EDUCATION = "dali/xiangyun/education"
MB = 1024 * 1024


class Sent(io.BytesIO):
    """An upload as a door hands it in."""

    def __init__(self, data: bytes, filename: str | None):
        super().__init__(data)
        self.filename = filename


@pytest.fixture
def story(app, clock) -> Story:
    return Story(app, clock)


def keep(story: Story, data: bytes = b"x", name: str | None = "a.txt", by: str = "citizen") -> str:
    """A file that waits; its id."""
    with story.app.app_context():
        row = accept_upload(story.env, Sent(data, name), by)
        db.session.commit()
        found = row.id
        db.session.remove()
    return found


def upload(browser: Browser, data: bytes, name: str):
    return browser.client.post("/desk/files", data={"file": (io.BytesIO(data), name)}, headers={**browser.headers, "X-CSRFToken": browser.csrf})


def content(story: Story, number: str, seq: int = 0) -> dict:
    return story.scalar(select(Filing.content).where(Filing.case_id == story.case(number).id, Filing.seq == seq))


# -- into answers ------------------------------------------------------------------------------------------------------
def test_a_filing_holds_what_was_attached_and_its_hash_covers_it(story):
    id = keep(story, photo_with_place(), "现场.JPG")
    number = story.file(documents=[id, {"name": "说明.txt", "text": "经过"}])
    photo, text = content(story, number)["documents"]
    with story.app.app_context():
        row = db.session.get(Attachment, id)
        assert photo == {"id": id, "name": "现场.jpg", "sha256": row.sha256, "size": len(photo_with_place()), "type": "image/jpeg"}
        assert row.case_id and row.attached_by == "citizen" and row.attached_at == row.uploaded_at + timedelta(minutes=1)
        assert text["name"] == "说明.txt" and story.env.files.store.read(text["sha256"]).decode() == "经过"
        assert verify_all(story.env.ledger_key)[1] == [] and list(verify_files(story.env)) == []
        story.env.files.store.path(row.sha256).write_bytes(b"other")
        assert [line for line in verify_files(story.env) if id in line]
        db.session.remove()


def test_supplements_and_answers_take_files_too(story):
    number = story.at_handle()
    id = keep(story, pdf(), "收据.pdf", HANDLER)
    story.do(number, HANDLER, "handle", decision="reply", text="已责令退费。", facts="属实", finding="founded", documents=[id])
    entry = story.scalar(select(LedgerEntry.data).where(LedgerEntry.case_id == story.case(number).id, LedgerEntry.kind == "handle"))
    assert [(f["id"], f["name"], len(f["sha256"])) for f in entry["answers"]["documents"]] == [(id, "收据.pdf", 64)]
    with story.app.app_context():
        assert verify_all(story.env.ledger_key)[1] == []
        db.session.remove()


@pytest.mark.parametrize("documents", [["nothing"], ["../../etc/passwd"], [""], ["x" * 300], [{"id": "nothing"}], [5], [{"name": "a", "text": "x", "id": "b"}]])
def test_a_name_that_is_no_file_is_refused(story, documents):
    with pytest.raises(Invalid):
        story.file(documents=documents)


def test_a_file_goes_to_one_case_only_and_not_after_a_day(story):
    id, other = keep(story), keep(story, b"y")
    story.file(documents=[id])
    with pytest.raises(Invalid) as refused:
        story.file(documents=[id])
    assert refused.value.fields[0][:2] == ("documents", "unknown_file")
    story.wait(hours=24)
    with pytest.raises(Invalid):
        story.file(documents=[other])


def test_a_refused_filing_attaches_nothing(story):
    id = keep(story)
    with pytest.raises(Invalid):
        story.file(documents=[id, {"name": "b.txt", "text": "b"}], text="")
    with story.app.app_context():
        assert db.session.get(Attachment, id).case_id is None and db.session.scalar(select(func.count()).select_from(Attachment)) == 1
        db.session.remove()
    story.file(documents=[id])


@pytest.mark.parametrize(("item", "code"), [({"name": "a.html", "text": "x"}, "file_type"), ({"name": "a.txt", "base64": "%%%"}, "file_base64"), ({"name": "a.txt", "text": ""}, "file_empty"),
                                            ({"name": "a.jpg", "base64": base64.b64encode(b"MZ\x90\x00").decode()}, "file_type"), ({"name": "a.txt", "text": "a\x00b"}, "file_type")])
def test_files_that_stand_in_an_answer_are_judged_alike(story, item, code):
    with pytest.raises(Invalid) as refused:
        story.file(documents=[item])
    assert refused.value.fields[0][:2] == ("documents", code)


def test_limits(story):
    with pytest.raises(Refusal) as refused:
        keep(story, b"x" * (10 * MB + 1))
    assert refused.value.code == "file_too_large"
    with pytest.raises(Invalid) as many:
        story.file(documents=[{"name": f"{i}.txt", "text": str(i)} for i in range(11)])
    assert many.value.fields[0][1] == "too_many_files"
    with pytest.raises(Invalid) as many:
        story.file(documents=[keep(story, str(i).encode()) for i in range(11)])
    assert many.value.fields[0][1] == "too_many_files"
    large = [keep(story, b"x" * (10 * MB)) for _ in range(6)]
    with pytest.raises(Invalid) as full:
        story.file(documents=large)
    assert full.value.fields[0][1] == "case_files_full"
    number = story.file(documents=large[:4])
    with story.app.app_context():
        from webapp.permissions import Citizen
        citizen = Citizen(story.case(number).id)
        db.session.remove()
    from webapp.cases.take_action import take_action

    def add(*ids: str) -> None:
        with story.app.app_context():
            take_action(story.env, citizen.case_id, "add_information", {"text": "补充", "documents": list(ids)}, citizen)
            db.session.commit()
            db.session.remove()

    add(large[4])
    with pytest.raises(Invalid) as full:
        add(keep(story, b"y"))
    assert full.value.fields[0][:2] == ("documents", "case_files_full")
    add(large[0])       # what is on the case already may be named again
    assert content(story, number, 2)["documents"][0]["id"] == large[0]


def test_the_row_is_written_once(story):
    id, waiting = keep(story), keep(story, b"y")
    story.file(documents=[id])
    with story.app.app_context():
        for change in (update(Attachment).where(Attachment.id == id).values(case_id=None), update(Attachment).where(Attachment.id == id).values(name="other.txt"),
                       delete(Attachment).where(Attachment.id == id), update(Attachment).where(Attachment.id == waiting).values(sha256="0" * 64)):
            with pytest.raises(DBAPIError):
                db.session.execute(change)
            db.session.rollback()
        db.session.remove()


# -- the desk ----------------------------------------------------------------------------------------------------------
def test_the_desk_takes_every_good_file_and_serves_it_harmless(app, story):
    browser = Browser(app, SCREENER)
    for name, data, _kind, kept in TAKEN:
        answer = upload(browser, data, name or "x")
        if name and "\x00" in name and answer.status_code == 400:     # refused as a message, before it is a file
            continue
        assert answer.status_code == 201, (name, answer.text)
        stored = answer.json
        assert set(stored) == {"id", "name", "size", "type", "sha256"} and stored["size"] == len(data)
        assert not name or set(name) & set('\\"\r\x00') or stored["name"] == kept
        got = browser.get(f"/desk/files/{stored['id']}")
        assert got.data == data
        check_headers(got, stored["type"])


def check_headers(answer, media: str) -> None:
    headers = answer.headers
    assert headers["Content-Type"].split(";")[0] == media and headers["Content-Disposition"].startswith('attachment; filename="')
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in headers["Cache-Control"] and headers["X-Frame-Options"] == "DENY" and headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "\n" not in headers["Content-Disposition"] and headers["Content-Disposition"].isascii()


def test_the_desk_refuses_every_bad_file(app, story):
    browser = Browser(app, SCREENER)
    for name, data, code in REFUSED:
        answer = upload(browser, data, name)
        assert answer.status_code == 422 and answer.json["code"] == code, (name, answer.text)
        assert answer.json["title"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
        db.session.remove()


def test_the_case_page_shows_files_and_its_form_takes_them(app, story):
    number = story.at_handle(documents=[{"name": "<img src=x onerror=alert(1)>=1+1.txt", "text": "=cmd|' /C calc'!A0"}])
    from webapp.cases.take_action import take_action
    from webapp.permissions import Citizen
    case_id = story.case(number).id
    with app.app_context():
        take_action(story.env, case_id, "add_information", {"text": "补充", "documents": [{"name": "补充.txt", "text": "y"}]}, Citizen(case_id))
        db.session.commit()
        db.session.remove()
    browser = Browser(app, HANDLER)
    page = browser.get(f"/desk/cases/{number}").text
    assert 'data-upload="/desk/files"' in page and "<img src=x" not in page and "补充.txt" in page and "sha256" not in page
    for id in set(re.findall(r'href="/desk/files/([^"?]+)"', page)):
        check_headers(browser.get(f"/desk/files/{id}"), "text/plain")
    assert len(set(re.findall(r'href="/desk/files/([^"?]+)"', page))) == 2


def test_names_in_headers(app, story):
    browser = Browser(app, SCREENER)
    id = upload(browser, b"x", '发"票\r\nSet-Cookie: a=b; \u202e名.txt').json["id"]
    header = browser.get(f"/desk/files/{id}").headers["Content-Disposition"]
    assert header.startswith("attachment; filename=\"") and "filename*=UTF-8''%E5%8F%91" in header and header.count('"') == 2
    assert not any(value.startswith("a=b") for value in browser.get(f"/desk/files/{id}").headers.getlist("Set-Cookie"))


def test_previews_are_pictures_only(app, story):
    browser = Browser(app, SCREENER)
    for data, name, media in ((photo_with_place(), "a.jpg", "image/jpeg"), (pdf(), "a.pdf", "image/jpeg"), (b"x", "a.txt", "image/png")):
        id = upload(browser, data, name).json["id"]
        answer = browser.get(f"/desk/files/{id}?preview=1")
        assert answer.headers["Content-Type"] == media and answer.headers["Content-Disposition"] == "inline" and b"SECRET" not in answer.data
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'") and "no-store" in answer.headers["Cache-Control"]


def test_uploading_needs_a_session_and_its_token(app, client):
    assert client.post("/desk/files", data={"file": (io.BytesIO(b"x"), "a.txt")}).status_code == 400
    browser = Browser(app, SCREENER)
    assert browser.client.post("/desk/files", data={"file": (io.BytesIO(b"x"), "a.txt")}).status_code == 400
    assert client.post("/desk/files", data={"file": (io.BytesIO(b"x"), "a.txt")}, headers={"X-CSRFToken": browser.csrf}).status_code == 400
    assert browser.post("/desk/files").status_code == 400


def test_the_wall_holds_for_files(app, story, client):
    id = keep(story, picture(), "a.jpg")
    number = story.file(documents=[id], respondent=EDUCATION)
    address = f"/desk/files/{id}"
    Browser(app, SCREENER).get(address)
    reported, stranger = Browser(app, REPORTED), Browser(app, HANDLER)
    for browser in (reported, stranger):
        nothing = plain(browser.get("/desk/files/nothing", 404).text)
        for query in ("", "?preview=1"):
            assert plain(browser.get(address + query, 404).text) == nothing
    assert client.get(address).status_code == 302
    story.do(number, SCREENER, "screen", decision="assign", unit="dali/xiangyun")
    Browser(app, "dali/xiangyun.intake").get(address)
    reported.get(address, 404)
    own = upload(reported, b"x", "a.txt").json["id"]        # what waits is its sender's only
    reported.get(f"/desk/files/{own}")
    stranger.get(f"/desk/files/{own}", 404)


def plain(page: str) -> str:
    """A page without its token and its own address."""
    return re.sub(r'content="[^"]*"|value="[^"]*"|next=[^"]*|/desk/files/[\w?=]*', "", page)


def test_the_citizen_sees_their_own_files_only(app, story, client):
    id, handlers = keep(story, picture(), "a.jpg"), keep(story, b"x", "x.txt", HANDLER)
    number, other = story.at_handle(documents=[id]), story.file()
    story.do(number, HANDLER, "handle", decision="reply", text="已责令退费。", facts="属实", finding="founded", documents=[handlers])
    address = f"/follow/{number}/files/{id}"
    assert client.get(address).status_code == 404
    with client.session_transaction() as session:
        session["cases"] = {number: story.case(number).id}
    check_headers(client.get(address), "image/jpeg")
    assert client.get(address + "?preview=1").headers["Content-Type"] == "image/jpeg"
    assert client.get(f"/follow/{number}/files/{handlers}").status_code == 404
    assert client.get(f"/follow/{other}/files/{id}").status_code == 404
    with client.session_transaction() as session:
        session["cases"] = {other: story.case(other).id}
    assert client.get(f"/follow/{other}/files/{id}").status_code == 404 and client.get(address).status_code == 404


def test_a_changed_file_is_not_served(app, story):
    browser = Browser(app, SCREENER)
    stored = upload(browser, b"what was sent", "a.txt").json
    story.env.files.store.path(stored["sha256"]).write_bytes(b"something else")
    assert browser.get(f"/desk/files/{stored['id']}", 500).json["code"] == "file_damaged"


# -- the API -----------------------------------------------------------------------------------------------------------
def test_over_the_api(app, client):
    def send(data: bytes, name: str, **headers):
        return client.post("/api/v1/files", data={"file": (io.BytesIO(data), name)}, headers=headers)

    stored = send(picture(), "现场.jpg")
    assert stored.status_code == 201 and set(stored.json) == {"id", "name", "size", "type", "sha256"} and stored.json["name"] == "现场.jpg"
    given = {"procedure": "dali-ducha", "channel": "web", "type": "complaint", "category": "dc-2", "title": "题", "text": "正文", "claimant": {"kind": "person", "name": "张三"}}
    inline = {"name": "说明.txt", "text": "经过"}
    filed = client.post("/api/v1/cases", json={**given, "documents": [stored.json["id"], inline]})
    assert filed.status_code == 201, filed.text
    read = client.get(f"/api/v1/cases/{filed.json['case']}", query_string={"code": filed.json["code"]}).json
    assert [f["name"] for f in read["filings"][0]["content"]["documents"]] == ["现场.jpg", "说明.txt"]
    assert client.post("/api/v1/cases", json={**given, "documents": ["nothing"]}).status_code == 422
    for name, data, code in REFUSED:
        answer = send(data, name)
        assert answer.status_code == 422 and answer.json["code"] == code and answer.content_type == "application/problem+json"
    assert send(b"x", "a.txt", Authorization="Bearer wrong").status_code == 401
    assert send(b"x" * (10 * MB + 1), "a.txt").status_code in (413, 422) and send(b"x" * (11 * MB), "a.txt").status_code == 413
    assert client.post("/api/v1/files", json={}).status_code == 415
    assert client.post("/api/v1/files", data={"other": (io.BytesIO(b"x"), "a.txt")}).status_code == 422


# -- crowds and crashes ------------------------------------------------------------------------------------------------
def test_the_same_content_at_once_is_kept_once(story, tmp_path):
    data, ids, errors = photo_with_place(), [], []

    def one() -> None:
        try:
            ids.append(keep(story, data, "a.jpg"))
        except Exception as error:      # noqa: BLE001  told below
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not errors and len(set(ids)) == 8
    assert len([p for p in (tmp_path / "files").rglob("*") if p.is_file() and p.name != ".lock"]) == 1


CRASH = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from webapp.cases.files import store
from webapp.cases.files.store import DiskStore
point = sys.argv[1]
def die(*a, **k): os.kill(os.getpid(), signal.SIGKILL)
if point == "before": store.os.fsync = die
if point == "between": store.os.replace = die
DiskStore(Path({folder!r})).put(b"content" * 1000)
die()
"""


@pytest.mark.parametrize("point", ["before", "between", "after"])
def test_killed_while_writing_leaves_a_whole_file_or_none(tmp_path, point):
    folder = tmp_path / "files"
    done = subprocess.run([sys.executable, "-c", CRASH.format(root=str(ROOT), folder=str(folder)), point], check=False)
    assert done.returncode == -signal.SIGKILL
    left = [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]
    whole = [p for p in left if not p.name.endswith(".part")]
    assert len(left) == 1 and (whole == [] if point != "after" else len(whole) == 1)
    store = DiskStore(folder)
    assert store.read(store.put(b"content" * 1000)) == b"content" * 1000
    age(folder)
    assert store.remove_unnamed(lambda hashes: set()) == (2 if point != "after" else 1)
    assert [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"] == []


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            os.utime(path, (1_000_000, 1_000_000))


def test_nothing_is_acknowledged_whose_file_is_not_on_the_disk(app, story, monkeypatch):
    browser = Browser(app, SCREENER)

    def full(*args) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("webapp.cases.files.store.os.fsync", full)
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = False, False
    assert upload(browser, b"x" * 2000, "a.txt").status_code == 500
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Attachment)) == 0
        db.session.remove()


def test_a_file_without_its_row_is_cleared_away_later(app, story, tmp_path):
    orphan = story.env.files.store.put(b"no row came after it")
    kept = keep(story, b"attached")
    story.file(documents=[kept])
    waiting = keep(story, b"waits")
    gone = keep(story, b"never attached")
    assert gone
    with app.app_context():
        assert remove_orphans(story.env) == 0       # too young: its row may be under way
        age(tmp_path / "files")
        assert purge_unattached(story.env) == 0
        assert remove_orphans(story.env) == 1
        with pytest.raises(Exception, match=orphan):
            story.env.files.store.read(orphan)
        assert purge_unattached(story.env, story.env.now() + timedelta(hours=23)) == 0
        assert purge_unattached(story.env, story.env.now() + timedelta(hours=25)) == 2
        db.session.commit()
        assert db.session.get(Attachment, waiting) is None and db.session.get(Attachment, kept) is not None
        age(tmp_path / "files")
        assert remove_orphans(story.env) == 2
        assert list(verify_files(story.env)) == []
        db.session.remove()


def test_content_that_is_sent_again_is_young_again(tmp_path):
    store = DiskStore(tmp_path / "files")
    sha256 = store.put(b"x")
    age(tmp_path / "files")
    store.put(b"x")
    assert store.remove_unnamed(lambda hashes: set()) == 0 and store.read(sha256) == b"x"


def test_describe_waiting(env):
    row = store_inline(env, {"name": "甲.txt", "text": "甲"}, "citizen")
    mine = store_inline(env, {"name": "乙.txt", "text": "乙"}, "somebody")
    db.session.commit()
    assert [f["name"] for f in describe_waiting(env, [row.id, "nothing", mine.id])] == ["甲.txt"]


def test_idempotent_filing_with_files(env):
    given = {"channel": "web", "type": "complaint", "category": "dc-2", "title": "题", "text": "正文", "claimant": {"kind": "person", "name": "张三"},
             "documents": [{"name": "甲.txt", "text": "甲"}]}
    first, _ = file_case(env, "dali-ducha", given, key="k")
    db.session.commit()
    again, work = file_case(env, "dali-ducha", given, key="k")
    assert again == first and work is None
    assert db.session.scalar(select(func.count()).select_from(Attachment)) == 1

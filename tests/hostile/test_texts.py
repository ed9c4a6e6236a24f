"""Hostile texts and field names through every door: stored as text and harmless where they show, or refused with the field named; never a 500."""
from __future__ import annotations

import json
import secrets

import pytest
from sqlalchemy import select

from tests.citizen_story import Filing, file_one
from tests.conftest import KINDS, MORNING, close, fill_with_content, settings_for, share
from tests.desk_story import INTAKE, OFFICE, SCREENER, Browser, Story
from tests.integration.test_api import FILE, token_for
from webapp.app import create_app
from webapp.desk.task_rows import write_key
from webapp.models import NEVER, Case, db
from webapp.models import Filing as Filed
from webapp.scenarios.sandbox import StoryClock

ROUND = "\u202egpj.exe\u202c"
TEXTS = {
    "script": "<script>alert(1)</script>", "image": '"><img src=x onerror=alert(1)>', "attribute": "' onmouseover='alert(1)", "comment": "--><svg/onload=alert(1)><!--",
    "textarea": "</textarea></title></style><script>alert(2)</script>", "template": "{{ 77777*77777 }}{% raise %}${77777*77777}#{77777*77777}", "format": "%s%n%(a)s{0.__class__}", "formula": '=cmd|"/c calc"!A1',
    "plus": "+1+cmd|' /C calc'!A0", "minus": "-2+3", "at": "@SUM(1+1)*cmd", "hyperlink": '=HYPERLINK("http://127.0.0.1:9/","x")', "sql": "'; DROP TABLE cases; --", "path": "../../../etc/passwd",
    "bidi": f"invoice{ROUND}", "zero width": "a\u200bb\u200c\u200d\ufeff", "tags": "\U000e0041\U000e0042", "combining": "a" + "\u0301" * 300, "astral": "\U0001f600" * 50, "cjk extension": "𠀀𪚥",
    "nonchar": "\ufffe\uffff", "line separator": "a\u2028b\u2029c", "crlf": "a\r\nSet-Cookie: x=1\r\n\r\nb", "tab": "a\tb", "nul": "a\0b", "escape": "a\x1b[2Jb", "bell": "a\x07b", "c1": "a\x9bb",
    "surrogate": "a\ud800b", "blank": "   ", "ideographic blank": "\u3000\u3000", "javascript": "javascript:alert(1)", "data": "data:text/html,<script>alert(1)</script>", "json": '{"__proto__": {"a": 1}}',
    "long": "长" * 20_000, "very long": "x" * 1_500_000,
}
NAMES = ["__class__", "__proto__", "constructor", "typename", "prototype", "toString", "hasOwnProperty", "self", "env", "request", "case", "title.__class__", "title[]", "a" * 10_000, "", " ", "\u202e",
         "id", "status", "procedure", "number", "code", "sample", "office_instead", "assigned", "<script>", "%s", "../x", "1", "null", "\0"]
LIVE = ("<script>alert", "<img src=x", "<svg/onload", "onmouseover='alert", "</textarea></title>", "6049261729")


def harmless(page: str) -> None:
    """Nothing of what was typed stands in the page as markup."""
    assert [piece for piece in LIVE if piece in page] == []
    assert "Traceback" not in page


def refused(answer, *fields: str) -> None:
    """A problem document that names one of the fields, or says that the whole cannot be read."""
    assert answer.status_code in (400, 413, 422), (answer.status_code, answer.text[:300])
    if fields and answer.status_code == 422:
        assert {f["field"] for f in answer.json["fields"]} & set(fields), answer.json


def kept(app, number: str) -> dict:
    with app.app_context():
        content = db.session.scalar(select(Filed.content).join(Case, Case.id == Filed.case_id).where(Case.number == number, Filed.seq == 0))
        db.session.remove()
    return content


@pytest.fixture(scope="module", params=KINDS)
def served(request, compiled, tmp_path_factory):
    """As served: what is raised becomes a page, and would be seen. One application for all texts of this module: no test looks at another's cases."""
    databases = request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_databases")
    with databases.copy(databases.template("content", fill_with_content)) as url:
        clock = StoryClock()
        clock.move(MORNING)
        app = create_app(settings_for(url, tmp_path_factory.mktemp("served"), rate_limits=False, page_size=5), clock)
        app.config |= {"PROPAGATE_EXCEPTIONS": False, "PORTAL_FILING_LIMIT": "9999 per hour", "PORTAL_UPLOAD_LIMIT": "9999 per hour"}
        assert not app.testing
        share(compiled, app)
        yield app
        close(app)


@pytest.fixture
def clock(served):
    return served.extensions["duban"].env.clock


@pytest.fixture
def client(served):
    """A browser without a person, and without another test's receipt."""
    return served.test_client()


@pytest.fixture(scope="module")
def browser_of(served):
    """A browser signed in as somebody: signed in once."""
    found = {}
    return lambda login: found[login] if login in found else found.setdefault(login, Browser(served, login))


@pytest.mark.parametrize("name", TEXTS)
def test_filed_over_the_api(name, served, client, clock, browser_of):
    """In the title, the text, the claimant's name: stored whole or refused; shown escaped on the public page and on the desk."""
    text = TEXTS[name]
    for field in ("title", "text", "name"):
        claimant = {**FILE["claimant"], **({"name": text} if field == "name" else {})}
        answer = client.post("/api/v1/cases", data=json.dumps({**FILE, "claimant": claimant, **({field: text} if field != "name" else {})}), content_type="application/json")
        if answer.status_code != 201:
            refused(answer, field, "claimant_name", "claimant", "claimant.name")
            continue
        receipt = answer.json
        content = kept(served, receipt["case"])
        given = content.get("claimant_name" if field == "name" else field, "")
        assert given.split() == text.split(), (given, text)
        page = client.get(f"/api/v1/cases/{receipt['case']}?code={receipt['code']}")
        assert page.status_code == 200 and page.mimetype == "application/json"
        browser = browser_of(SCREENER)
        for address in (f"/desk/cases/{receipt['case']}", f"/desk/?after={write_key(NEVER, Story(served, clock).task(receipt['case'], 'screen').id - 1)}"):
            shown = browser.client.get(address, headers=browser.headers)
            assert shown.status_code == 200 and receipt["case"] in shown.text, address
            harmless(shown.text)


@pytest.mark.parametrize("name", TEXTS)
def test_filed_through_the_portal(name, served, client):
    """The pages without a script: the text comes back as it was typed, escaped, with what is wrong beside it; or is filed and shown."""
    text = TEXTS[name].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    filing = Filing(client)
    filing.send()
    filing.send(type="complaint", category="dc-2")
    filing.send(respondent="dali/xiangyun/education")
    answer = filing.send(title=text[:2_000], text=text)
    assert answer.status_code in (200, 303, 400, 413, 422), answer.status_code
    harmless(answer.text)
    if answer.status_code == 200 and filing.at not in ("what", "write"):
        filing.send(anonymous="false", claimant_kind="person")
        answer = filing.send(claimant_name=text[:400], claimant_phone="13800000001")
        assert answer.status_code in (200, 303, 400, 413, 422), answer.status_code
        harmless(answer.text)
        if filing.at == "check":
            answer = filing.send("send")
            assert answer.status_code in (303, 422)
            harmless(client.get("/receipt").text)


@pytest.mark.parametrize("name", TEXTS)
def test_answered_at_the_desk(name, served, client, clock, browser_of):
    """In the JSON that the form sends, in a form without script, and in an action's."""
    story, text = Story(served, clock), TEXTS[name]
    number = story.at_receive()
    browser = browser_of(INTAKE)
    action = "/desk/" + browser.get(f"/desk/cases/{number}").text.split('data-action="/desk/')[1].split('"')[0].replace("&amp;", "&")
    answer = browser.client.post(action, data=json.dumps({"values": {"note": text}}), content_type="application/json",
                                 headers={**browser.headers, "X-CSRFToken": browser.csrf, "Accept": "application/json"})
    if answer.status_code != 200:
        refused(answer, "note")
    plain = browser.client.post(action, data={"note": text.encode("utf-8", "surrogatepass"), "csrf_token": browser.csrf}, headers=browser.headers)
    assert plain.status_code in (200, 302, 303, 400, 404, 409, 413, 415, 422), plain.status_code
    harmless(plain.text)
    for lang in ("zh", "en"):
        page = browser.client.get(f"/desk/cases/{number}", headers={"Accept-Language": lang})
        assert page.status_code == 200
        harmless(page.text)
    search = browser.client.get("/desk/search", query_string={"q": text[:500].encode("utf-8", "replace")}, headers=browser.headers)
    assert search.status_code in (200, 302, 400), search.status_code
    harmless(search.text)


@pytest.mark.parametrize("name", TEXTS)
def test_entered_at_the_desk(name, served, clock, browser_of):
    """A letter that staff enter: whole in what is kept and escaped on the slip and the case's page, or refused by its field; addresses too."""
    text, browser = TEXTS[name], browser_of(f"{OFFICE}.intake")
    letter = {k: v for k, v in FILE.items() if k not in ("procedure", "claimant")} | {"channel": "letter", "received_on": "2026-03-01", "claimant_kind": "person", "claimant_name": "张三"}

    def send(values, key="", **query):
        return browser.client.post("/desk/enter/dali-ducha", query_string={"key": key or secrets.token_urlsafe(18), **query}, data=json.dumps({"values": values}),
                                   content_type="application/json", headers={**browser.headers, "X-CSRFToken": browser.csrf, "Accept": "application/json"})

    for field in ("title", "text", "claimant_name"):
        answer = send({**letter, field: text})
        if answer.status_code != 200:
            refused(answer, field)
            continue
        number = answer.json["next"].rpartition("/")[2]
        assert kept(served, number).get(field, "").split() == text.split()
        for address in (f"/desk/entered/{number}", f"/desk/cases/{number}"):
            shown = browser.client.get(address, headers=browser.headers)
            assert shown.status_code == 200 and number in shown.text, address
            harmless(shown.text)
    for field in ("received_on", "channel", "consultation", "office", "respondent", "documents"):
        answer = send({**letter, field: text})
        assert answer.status_code in (200, 400, 413, 422) and (answer.status_code != 200 or field == "consultation" or not text.strip()), (field, answer.status_code)
    plain = text.encode("utf-8", "replace")[:500]
    for answer in (send(letter, key=plain), send(letter, unit=plain or b"x"), browser.client.get("/desk/enter/dali-ducha", query_string={"channel": plain, "unit": plain or b"x"})):
        assert answer.status_code in (400, 404)
        harmless(answer.text)
    shown = browser.client.get("/desk/enter/dali-ducha", query_string={"channel": plain}, headers=browser.headers)
    assert shown.status_code == 200
    harmless(shown.text)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:20]))
def test_field_names_like_builtins(name, served, client, clock, browser_of):
    """Over the API, at the portal and at the desk: an unknown field is refused by its name, or left alone; nothing of the case changes by it."""
    answer = client.post("/api/v1/cases", data=json.dumps({**FILE, name: "x"}), content_type="application/json")
    assert answer.status_code in (201, 400, 404, 422), answer.status_code
    nested = client.post("/api/v1/cases", data=json.dumps({**FILE, "claimant": {**FILE["claimant"], name: {"a": 1}}}), content_type="application/json")
    assert nested.status_code in (400, 422), nested.status_code
    headers = token_for(served, SCREENER)
    number = client.post("/api/v1/cases", json=FILE).json["case"]
    task = Story(served, clock).task(number, "screen")
    done = client.post(f"/api/v1/tasks/{task.id}/complete", json={"version": task.version, "data": {"decision": "assign", "unit": "dali/xiangyun", name: {"__class__": "x"}}}, headers=headers)
    assert done.status_code in (400, 422), done.text
    assert any(f["field"].startswith(name[:50]) for f in done.json["fields"]) or done.status_code == 400
    browser = browser_of(SCREENER)
    page = browser.get(f"/desk/cases/{number}").text
    action = "/desk/" + page.split('data-action="/desk/')[1].split('"')[0].replace("&amp;", "&")
    for body in ({"values": {"decision": "assign", "unit": "dali/xiangyun", name: "x"}}, {"values": {name: {}}}, {name: {}}, {"values": [name]}, [name], name, {"values": {"decision": {name: 1}}}):
        sent = browser.client.post(action, data=json.dumps(body), content_type="application/json", headers={**browser.headers, "X-CSRFToken": browser.csrf, "Accept": "application/json"})
        assert sent.status_code in (400, 409, 422), (body, sent.status_code, sent.text[:200])
        harmless(sent.text)
    filing = Filing(client)
    sent = filing.send(**({name: "x"} if name.isidentifier() and name not in ("self",) else {}))
    assert sent.status_code in (200, 303, 400, 422)
    if answer.status_code == 201:
        assert set(kept(served, answer.json["case"])) <= {"title", "text", "channel", "type", "category", "respondent", "claimant_kind", "claimant_name", "claimant_phone"} | ({name} & {"place", "address"})


RAW = {
    "invalid UTF-8": b'{"procedure": "dali-ducha", "title": "\xff\xfe"}', "UTF-16": json.dumps(FILE).encode("utf-16"), "NaN": b'{"sample": NaN}', "deep": b"[" * 100_000, "deep objects": b'{"a":' * 50_000,
    "twice": b'{"procedure": "dali-ducha", "procedure": "x"}', "long number": b'{"a": ' + b"9" * 10_000 + b"}", "nothing": b"", "a text": b'"x"', "null": b"null", "ten megabytes": b'{"title": "' + b"x" * 10_000_000 + b'"}',
    "a list of titles": b'{"procedure": "dali-ducha", "title": ["a"], "text": {"b": 1}, "channel": 1, "type": null, "claimant": []}',
}


@pytest.mark.parametrize("name", RAW)
def test_bodies_that_are_no_request(name, served, client, browser_of):
    answer = client.post("/api/v1/cases", data=RAW[name], content_type="application/json")
    assert answer.status_code in (400, 404, 413, 422), (answer.status_code, answer.text[:200])
    assert answer.mimetype == "application/problem+json"
    form = client.post("/file/dali-ducha", data=RAW[name], content_type="application/x-www-form-urlencoded")
    assert form.status_code in (200, 303, 400, 413, 422)
    browser = browser_of(SCREENER)
    for kind in ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = browser.client.post("/desk/tasks/1", data=RAW[name], content_type=kind, headers={**browser.headers, "X-CSRFToken": browser.csrf})
        assert answer.status_code < 500


def test_a_name_that_could_be_a_header(served, client):
    """Line breaks never reach a header: a receipt's page and the desk's download names hold none."""
    number, _ = file_one(client, claimant_name="张\r\nSet-Cookie: x=1")
    assert "\n" not in kept(served, number).get("claimant_name", "")


def test_nul_in_every_address(served, client, browser_of):
    """On PostgreSQL no text holds a NUL: whoever asks for one gets an answer, not an error of ours."""
    headers, browser = token_for(served, SCREENER), browser_of(SCREENER)
    for address in ("/api/v1/cases/a%00b?code=x%00y", "/api/v1/cases/a%00b", "/api/v1/cases/X?code=%00"):
        assert client.get(address).status_code < 500, address
        assert client.get(address, headers=headers).status_code < 500, address
    for address in ("/desk/cases/a%00b", "/desk/search?q=a%00b", "/desk/?q=%00", "/desk/login?next=%00"):
        assert browser.client.get(address, headers=browser.headers).status_code < 500, address
    for login in ("a\0b", "dali/inspection.supervisor\0"):
        page = served.test_client()
        token = page.get("/desk/login").text.split('name="csrf-token" content="')[1].split('"')[0]
        assert page.post("/desk/login", data={"login": login, "password": "x\0", "csrf_token": token}).status_code < 500
    assert client.post("/api/v1/cases", json=FILE, headers={"Idempotency-Key": "a b"}).status_code < 500

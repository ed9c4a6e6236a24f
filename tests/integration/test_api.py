"""The JSON API: filing, reading, tasks, actions, tokens, the demonstration's clock; and everything that is no clean request."""
from __future__ import annotations

import hashlib
import io
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from tests.conftest import close, settings_for
from webapp.app import create_app
from webapp.domain.clock import SHANGHAI
from webapp.models import Account, ApiToken, Case, LedgerEntry, Task, db
from webapp.models.token import new_token, token_hash

PROCEDURE = "dali-ducha"
FILE = {"procedure": PROCEDURE, "channel": "web", "type": "complaint", "category": "dc-2", "respondent": "dali/xiangyun/education",
        "claimant": {"kind": "person", "name": "张三", "phone": "13800000001"}, "title": "校服收费不合理", "text": "学校统一收取校服费，没有说明依据，请核查。"}
SUPERVISOR, INTAKE = "dali/inspection.supervisor", "dali/xiangyun.intake"


def token_for(app, login: str, **more) -> dict[str, str]:
    """The header of a fresh token."""
    token = new_token()
    with app.app_context():
        env = app.extensions["duban"].env
        account = db.session.scalar(select(Account.id).where(Account.login == login))
        db.session.add(ApiToken(account_id=account, hash=token_hash(token), created_at=env.now(), **more))
        db.session.commit()
        db.session.remove()
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def filed(client) -> dict:
    return file(client)


def file(client, **change) -> dict:
    answer = client.post("/api/v1/cases", json={**FILE, **change})
    assert answer.status_code == 201, answer.json
    return answer.json


def post(client, path, body=None, headers=None, **more):
    return client.post(f"/api/v1{path}", json=body, headers=headers, **more)


def own_task(client, headers, name, case=None) -> dict:
    tasks = client.get("/api/v1/tasks", headers=headers).json["tasks"]
    return next(t for t in tasks if t["task"] == name and case in (None, t["case"]))


def screen(client, headers, case) -> None:
    task = own_task(client, headers, "screen", case)
    answer = post(client, f"/tasks/{task['id']}/complete", {"version": task["version"], "data": {"decision": "assign", "unit": "dali/xiangyun"}}, headers)
    assert answer.status_code == 200, answer.json


def problem(answer, status, code=None, field=None) -> dict:
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "code", "fields"}
    assert answer.json["status"] == status and answer.json["title"]
    if code is not None:
        assert answer.json["code"] == code or code in [f["code"] for f in answer.json["fields"]], answer.json
    if field is not None:
        assert field in [f["field"] for f in answer.json["fields"]], answer.json
    return answer.json


def ledger_length(app) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(LedgerEntry))
        db.session.remove()
        return found


# -- filing ----------------------------------------------------------------------------------------------------------
def test_a_citizen_files_and_follows(client, filed):
    assert set(filed) == {"case", "code", "hash"}
    case = client.get(f"/api/v1/cases/{filed['case']}?code={filed['code']}").json
    assert (case["status"], case["outcome"], case["open"]) == ("open", None, ["screen"])
    assert [e["kind"] for e in case["ledger"]][0] == "filed"
    assert case["messages"][0]["kind"] == "filed"
    written = case["filings"][0]
    receipt = {"case": filed["case"], "filed_at": written["at"], "content": written["content"]}
    assert hashlib.sha256(json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest() == filed["hash"]


def test_the_same_key_and_body_get_the_same_answer(app, client):
    headers = {"Idempotency-Key": "k-1"}
    first, again = post(client, "/cases", FILE, headers), post(client, "/cases", dict(reversed(FILE.items())), headers)
    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    problem(post(client, "/cases", {**FILE, "title": "另一件"}, headers), 422, "idempotency")
    assert post(client, "/cases", FILE, {"Idempotency-Key": "k-2"}).json["case"] != first.json["case"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 2
        db.session.remove()


def test_the_same_key_at_once_files_once(app):
    answers = []

    def send():
        answers.append(post(app.test_client(), "/cases", FILE, {"Idempotency-Key": "at-once"}))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.status_code for a in answers} == {201} and len({a.json["case"] for a in answers}) == 1


@pytest.mark.parametrize(("change", "status", "code", "field"), [
    ({"procedure": "nowhere"}, 422, "unknown_procedure", "procedure"),
    ({"procedure": 7}, 422, "type", "procedure"),
    ({"title": None}, 422, "type", "title"),
    ({"title": ""}, 422, "required", "title"),
    ({"type": "other"}, 422, "not_an_option", "type"),
    ({"channel": "pigeon"}, 422, None, "channel"),
    ({"office": "dali/nowhere"}, 422, "unknown_unit", "office"),
    ({"office": ["dali"]}, 422, "type", "office"),
    ({"respondent": "dali/nowhere"}, 422, "unknown_unit", "respondent"),
    ({"surprise": 1}, 422, "unknown_field", "surprise"),
    ({"claimant": {"surprise": 1}}, 422, "unknown_field", "claimant.surprise"),
    ({"claimant": {"phone": "x"}}, 422, "pattern", "claimant.phone"),
    ({"claimant": []}, 422, "type", "claimant"),
    ({"text": "a\0b"}, 400, "control_characters", "text"),
    ({"text": "字" * 20_000}, 422, "too_long", "text"),
    ({"documents": ["nothing"]}, 422, "unknown_file", "documents"),
    ({"documents": "x"}, 422, "type", "documents"),
])
def test_a_filing_that_does_not_hold(app, client, change, status, code, field):
    before = ledger_length(app)
    problem(post(client, "/cases", {**FILE, **change}), status, code, field)
    assert ledger_length(app) == before


@pytest.mark.parametrize(("raw", "status", "code"), [
    (b"", 400, "bad_json"), (b"{", 400, "bad_json"), (b"[]", 422, "type"), (b"null", 422, "type"), (b'"x"', 422, "type"),
    (b'{"procedure": NaN}', 400, "bad_json"), (b'{"procedure": 1e999}', 400, "number"), (b'{"n": ' + b"9" * 5000 + b"}", 400, "number"),
    (b'{"procedure": "a", "procedure": "b"}', 400, "duplicate"), (b'{"claimant": {"a": 1, "a": 2}}', 400, "duplicate"),
    (b'{"text": "\xff"}', 400, "encoding"), (b'{"text": "\\ud800"}', 400, "encoding"), (b'{"\\udc00": 1}', 400, "encoding"), (b"\xef\xbb\xbf{}", 400, "bad_json"),
    (b"[" * 100_000, 400, "too_deep"), (b'{"a":' * 9 + b"1" + b"}" * 9, 400, "too_deep"), (b'{"\\u0000": 1}', 400, "control_characters"),
    (b'{"' + b"n" * 200 + b'": 1}', 400, "too_long"), (b"x" * (1024 * 1024 + 1), 413, "too_large"),
], ids=lambda v: v[:20].decode("latin-1") if isinstance(v, bytes) else None)
def test_what_is_no_clean_json(client, raw, status, code):
    problem(client.post("/api/v1/cases", data=raw, content_type="application/json"), status, code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=gbk", None])
def test_json_only(client, kind):
    problem(client.post("/api/v1/cases", data=json.dumps(FILE), content_type=kind), 415, "media_type")


@pytest.mark.parametrize("key", ["", "字", "a b", "k" * 129])
def test_a_key_that_is_none(client, key):
    problem(client.post("/api/v1/cases", json=FILE, headers={"Idempotency-Key": key.encode().decode("latin-1")}), 422, field="Idempotency-Key")


# -- who may -----------------------------------------------------------------------------------------------------------
def test_walled_off_and_unknown_are_answered_alike(app, client, filed):
    staff, walled, away = (token_for(app, login) for login in (SUPERVISOR, "dali/xiangyun/education.clerk", "dali/market.clerk"))
    unknown = problem(client.get("/api/v1/cases/DC20260302999999", headers=staff), 404, "not_found")
    for headers in (walled, away):
        assert problem(client.get(f"/api/v1/cases/{filed['case']}", headers=headers), 404) == unknown
        assert problem(post(client, f"/cases/{filed['case']}/actions/recuse", {"reason": "亲属"}, headers), 404) == unknown
        assert problem(post(client, f"/cases/{filed['case']}/actions/none", {}, headers), 404) == unknown
    task = own_task(client, staff, "screen")["id"]
    for headers in (walled, away):
        for number in (task, 10**9, 2**63 - 1, 2**70):
            assert problem(post(client, f"/tasks/{number}/claim", None, headers), 404) == unknown
            assert problem(post(client, f"/tasks/{number}/complete", {"version": 1, "data": {}}, headers), 404) == unknown
    for code in ("WRONG22222", "", "x" * 40, "%00", "%ff"):
        assert problem(client.get(f"/api/v1/cases/{filed['case']}?code={code}"), 404) == unknown
    for number in ("x", "%00", "%ff", "'", "a" * 500):
        assert problem(client.get(f"/api/v1/cases/{number}", headers=staff), 404) == unknown
    assert problem(client.get("/api/v1/nothing"), 404)["code"] == "not_found"


def test_without_a_good_token(app, client, filed, clock):
    address = f"/api/v1/cases/{filed['case']}"
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer " + "é" * 5}, {"Authorization": ""},
                    token_for(app, SUPERVISOR, revoked_at=clock.now()), token_for(app, SUPERVISOR, expires_at=clock.now())):
        answer = client.get(address, headers=headers)
        problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        problem(client.get("/api/v1/tasks", headers=headers), 401)
    good = token_for(app, SUPERVISOR, expires_at=clock.now() + timedelta(days=1))
    assert client.get(address, headers=good).status_code == 200
    clock.move(clock.now() + timedelta(days=1))
    problem(client.get(address, headers=good), 401)


def test_an_account_that_is_closed_has_no_token(app, client):
    headers = token_for(app, SUPERVISOR)
    assert client.get("/api/v1/tasks", headers=headers).status_code == 200
    with app.app_context():
        db.session.scalar(select(Account).where(Account.login == SUPERVISOR)).active = False
        db.session.commit()
        db.session.remove()
    problem(client.get("/api/v1/tasks", headers=headers), 401)


def test_a_citizen_sees_neither_staff_nor_reasons(app, client, filed):
    staff = token_for(app, SUPERVISOR)
    screen(client, staff, filed["case"])
    answer = client.get(f"/api/v1/cases/{filed['case']}?code={filed['code']}")
    assert SUPERVISOR not in answer.text
    assert {e["kind"] for e in answer.json["ledger"]} >= {"filed", "screen"}
    entry = next(e for e in answer.json["ledger"] if e["kind"] == "screen")
    assert entry["by"] == "staff" and "actor" not in entry and "answers" not in entry["data"]
    assert answer.json["tasks"] == [] and answer.json["filings"][0]["content"]["claimant_name"] == "张三"
    seen = client.get(f"/api/v1/cases/{filed['case']}", headers=staff).json
    assert next(e for e in seen["ledger"] if e["kind"] == "screen")["actor"] == SUPERVISOR
    assert seen["filings"][0]["content"]["claimant_name"] == "张**"
    assert seen["deadlines"]["receive"]["due"] == "2026-03-03" and seen["deadlines"]["receive"]["status"] == "running"


# -- tasks -------------------------------------------------------------------------------------------------------------
def test_a_task_is_claimed_and_completed_once(app, client, filed):
    staff, other = token_for(app, SUPERVISOR), token_for(app, SUPERVISOR + "#2")
    task = own_task(client, staff, "screen")
    claimed = post(client, f"/tasks/{task['id']}/claim", None, staff)
    assert claimed.status_code == 200 and claimed.json["version"] == task["version"] + 1
    assert post(client, f"/tasks/{task['id']}/claim", {}, staff).json == claimed.json
    problem(post(client, f"/tasks/{task['id']}/claim", None, other), 409, "claimed")
    data = {"decision": "assign", "unit": "dali/xiangyun"}
    before = ledger_length(app)
    problem(post(client, f"/tasks/{task['id']}/complete", {"version": task["version"], "data": data}, staff), 409, "stale")
    problem(post(client, f"/tasks/{task['id']}/complete", {"version": claimed.json["version"], "data": data}, other), 409, "claimed")
    problem(post(client, f"/tasks/{task['id']}/complete", {"version": claimed.json["version"], "data": {"decision": "assign"}}, staff), 422, "required", "unit")
    assert ledger_length(app) == before
    body = {"version": claimed.json["version"], "data": data}
    done = post(client, f"/tasks/{task['id']}/complete", body, staff)
    assert done.json == {"case": filed["case"], "status": "open", "outcome": None, "open": ["receive"]}
    before = ledger_length(app)
    problem(post(client, f"/tasks/{task['id']}/complete", body, staff), 409, "stale")
    assert ledger_length(app) == before


def test_two_completions_at_once_are_one(app, client, filed):
    staff, answers = token_for(app, SUPERVISOR), []
    task = own_task(client, staff, "screen")
    body = {"version": task["version"], "data": {"decision": "assign", "unit": "dali/xiangyun"}}
    threads = [threading.Thread(target=lambda: answers.append(post(app.test_client(), f"/tasks/{task['id']}/complete", body, staff))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    kinds = [e["kind"] for e in client.get(f"/api/v1/cases/{filed['case']}", headers=staff).json["ledger"]]
    assert kinds.count("screen") == 1


@pytest.mark.parametrize("body", [{}, {"version": 1}, {"data": {}}, {"version": "1", "data": {}}, {"version": True, "data": {}}, {"version": 1.5, "data": {}},
                                  {"version": 1, "data": []}, {"version": 1, "data": {}, "more": 1}, {"version": 0, "data": {}}, {"version": 2**70, "data": {}}])
def test_a_completion_that_does_not_hold(app, client, filed, body):
    staff = token_for(app, SUPERVISOR)
    task = own_task(client, staff, "screen")
    problem(post(client, f"/tasks/{task['id']}/complete", body, staff), 422)


def test_the_list_goes_on_where_it_ended(app, client):
    staff = token_for(app, SUPERVISOR)
    cases = [file(client)["case"] for _ in range(7)]
    screen(client, staff, cases[3])
    pages, after = [], None
    for _ in range(5):
        page = client.get(f"/api/v1/tasks?limit=2{f'&after={after}' if after else ''}", headers=staff).json
        pages.append([t["case"] for t in page["tasks"]])
        after = page["next"]
        if after is None:
            break
    assert [len(p) for p in pages] == [2, 2, 2]
    assert sorted(c for p in pages for c in p) == sorted(set(cases) - {cases[3]})
    receive = client.get("/api/v1/tasks", headers=token_for(app, INTAKE)).json["tasks"]
    assert [(t["task"], t["due"], t["overdue"]) for t in receive] == [("receive", "2026-03-03", False)]
    assert client.get("/api/v1/tasks", headers=token_for(app, "dali/market.clerk")).json == {"tasks": [], "next": None}


def test_the_list_is_one_query_beside_those_for_the_token(app, client, filed):
    staff, statements = token_for(app, SUPERVISOR), []
    client.get("/api/v1/tasks", headers=staff)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *more: statements.append(statement))
    assert client.get("/api/v1/tasks", headers=staff).status_code == 200
    assert len([s for s in statements if s.lstrip().upper().startswith(("SELECT", "WITH"))]) == 2, statements


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "limit=-1", "limit=", "limit=1&limit=2", "limit=%D9%A1", "after=x", "after=", "more=1",
                                   "after=00000101T000000.000000Z-1", "after=20260302T000000.000000Z-9999999999999999999", "limit=" + "9" * 5000])
def test_a_query_that_does_not_hold(app, client, query):
    problem(client.get(f"/api/v1/tasks?{query}", headers=token_for(app, SUPERVISOR)), 422)


# -- actions -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_citizen_adds_and_withdraws(client, filed, wrapped):
    data = {"text": "补充：收费通知照片已找到。"}
    address = f"/cases/{filed['case']}/actions"
    added = post(client, f"{address}/add_information?code={filed['code']}", {"data": data} if wrapped else data)
    assert added.status_code == 200, added.json
    done = post(client, f"{address}/withdraw?code={filed['code']}", {"reason": "已经解决"})
    assert (done.json["status"], done.json["outcome"], done.json["open"]) == ("closed", "withdrawn", [])
    case = client.get(f"/api/v1/cases/{filed['case']}?code={filed['code']}").json
    assert [e["kind"] for e in case["ledger"] if e["by"] == "citizen"] == ["filed", "add_information", "withdraw", "closed"]
    assert len(case["filings"]) == 2
    problem(post(client, f"{address}/withdraw?code={filed['code']}", {"reason": "再撤"}), 422, "closed")


def test_actions_that_are_refused(app, client, filed):
    staff, address = token_for(app, SUPERVISOR), f"/cases/{filed['case']}/actions"
    problem(post(client, f"{address}/nothing", {}, staff), 422, "not_allowed")
    problem(post(client, f"{address}/withdraw", {}, staff), 403, "forbidden")
    problem(post(client, f"{address}/order_supervision?code={filed['code']}", {}), 403, "forbidden")
    problem(post(client, f"{address}/withdraw?code={filed['code']}", {"surprise": 1}), 422, "unknown_field", "surprise")
    problem(post(client, f"{address}/withdraw?code=WRONG22222", {}), 404)
    screening = own_task(client, staff, "screen")
    body = {"version": screening["version"], "data": {"decision": "assign", "unit": "dali/xiangyun/education"}}
    problem(post(client, f"/tasks/{screening['id']}/complete", body, staff), 422, "respondent", "unit")
    problem(post(client, f"/tasks/{screening['id']}/complete?code={filed['code']}", body), 403, "forbidden")
    other = file(client)
    problem(post(client, f"/tasks/{screening['id']}/complete?code={other['code']}", body), 404)


def test_whoever_steps_out_sees_it_no_more(app, client, filed):
    staff = token_for(app, SUPERVISOR)
    task = own_task(client, staff, "screen")
    done = post(client, f"/cases/{filed['case']}/actions/recuse", {"reason": "当事人是亲属"}, staff)
    assert done.status_code == 200, done.json
    problem(client.get(f"/api/v1/cases/{filed['case']}", headers=staff), 404)
    problem(post(client, f"/tasks/{task['id']}/complete", {"version": task["version"], "data": {}}, staff), 404)
    assert client.get("/api/v1/tasks", headers=staff).json["tasks"] == []
    assert "recuse" not in client.get(f"/api/v1/cases/{filed['case']}?code={filed['code']}").text


def test_the_citizen_finds_the_rating(app, client):
    filed = file(client)
    staff = token_for(app, SUPERVISOR)
    task = own_task(client, staff, "screen")
    body = {"version": task["version"], "data": {"decision": "reject", "basis": "dc-x-2", "reason": "正在诉讼"}}
    assert post(client, f"/tasks/{task['id']}/complete", body, staff).status_code == 200
    address = f"/api/v1/cases/{filed['case']}?code={filed['code']}"
    case = client.get(address).json
    assert case["status"] == "closed" and "rate" not in case["open"]
    rating = next((t for t in case["tasks"] if t["task"] == "rate"), None)
    if rating is None:      # this end asks for none
        return
    done = post(client, f"/tasks/{rating['id']}/complete?code={filed['code']}", {"version": rating["version"], "data": {"rating": "satisfied"}})
    assert done.status_code == 200, done.json
    assert client.get(address).json["tasks"] == []


# -- what is not taken --------------------------------------------------------------------------------------------------
def in_chunks(client, body: bytes):
    """A request without a length, as a server that takes chunks hands it on."""
    return client.post("/api/v1/cases", input_stream=io.BytesIO(body), content_type="application/json", environ_overrides={"wsgi.input_terminated": True})


def test_a_body_in_chunks_is_bounded_and_never_cut_off(client):
    body = json.dumps(FILE).encode()
    assert in_chunks(client, body).status_code == 201
    problem(in_chunks(client, body + b" " * 2**20 + b"and what is no JSON"), 413, "too_large")


@pytest.mark.parametrize(("more", "field"), [({"consultation": 1}, "consultation"), ({"claimant_name": "李四"}, "claimant.name"), ({"documents": [{"name": "a.txt", "text": 5}]}, "documents.0.text"), ({"documents": [{"name": 5, "text": "x"}]}, "documents.0.name")])
def test_a_filing_drops_and_rewrites_nothing(client, more, field):
    assert field in [each["field"] for each in problem(post(client, "/cases", {**FILE, **more}), 422)["fields"]]


# -- the clock ---------------------------------------------------------------------------------------------------------
def test_the_clock_is_moved_and_everything_due_has_happened(app, client, clock):
    staff = token_for(app, SUPERVISOR)
    cases = [file(client) for _ in range(3)]
    for each in cases:
        screen(client, staff, each["case"])
    answer = post(client, "/demo/clock", {"to": "2026-03-04 00:05"})
    assert answer.status_code == 200 and answer.json["fired"] >= 3, answer.json
    assert clock.now().astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "03-04 00:05"
    for each in cases:
        case = client.get(f"/api/v1/cases/{each['case']}?code={each['code']}").json
        assert case["open"] == ["receive", "supervise"] and case["deadlines"]["receive"]["status"] == "missed"
        moment = next(e for e in case["ledger"] if e["kind"] == "moment" and "overdue" in e["data"]["moment"])
        assert moment["data"]["due_at"] == "2026-03-03T16:00:00+00:00"
    again = post(client, "/demo/clock", {"to": clock.now().isoformat()})
    assert again.json["fired"] == 0


@pytest.mark.parametrize(("to", "code"), [("2026-03-01T00:00", "past"), ("2026-02-30", "date"), ("tomorrow", "date"), ("9999-12-31T23:59:59-23:59", "date"),
                                          ("2099-01-01", "too_far"), ("0001-01-01T00:00+14:00", "date")])
def test_a_time_the_clock_does_not_take(client, to, code):
    problem(post(client, "/demo/clock", {"to": to}), 422, code, "to")


@pytest.mark.parametrize("body", [{}, {"to": 5}, {"to": None}, {"to": "2026-03-05", "more": 1}])
def test_a_clock_request_that_does_not_hold(client, body):
    problem(post(client, "/demo/clock", body), 422)


def test_a_case_that_breaks_stops_no_other(app, client, monkeypatch):
    from webapp.cases import fire_moments

    staff = token_for(app, SUPERVISOR)
    cases = [file(client) for _ in range(2)]
    for each in cases:
        screen(client, staff, each["case"])
    with app.app_context():
        broken = db.session.scalar(select(Case.id).where(Case.number == cases[0]["case"]))
        db.session.remove()
    sound = fire_moments.fire_case

    def fire(env, case_id):
        if case_id == broken:
            raise RuntimeError("broken")
        return sound(env, case_id)

    monkeypatch.setattr(fire_moments, "fire_case", fire)
    assert post(client, "/demo/clock", {"to": "2026-03-04 00:05"}).json["fired"] >= 1


# -- the frame ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def strict(database_url, clock, tmp_path):
    """The application outside the demonstration, with the API's brakes on."""
    app = create_app(settings_for(database_url, tmp_path, demo=False), clock)
    app.testing = True
    yield app
    close(app)


def test_there_is_no_clock_outside_the_demonstration(strict):
    client = strict.test_client()
    unknown = problem(client.post("/api/v1/none", json={}), 404)
    assert problem(client.post("/api/v1/demo/clock", json={"to": "2026-03-05"}), 404) == unknown
    assert client.get("/api/v1/demo/clock").status_code == 404
    assert not [path for path in client.get("/api/v1/openapi.json").json["paths"] if "demo" in path]


def test_guessing_codes_is_slowed_down(strict, monkeypatch):
    client = strict.test_client()
    number = file(client)["case"]
    answers = [client.get(f"/api/v1/cases/{number}?code=GUESS{i:05}") for i in range(105)]
    assert [a.status_code for a in answers].count(404) == 100
    problem(answers[-1], 429, "too_many_requests")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_words_are_in_the_readers_language(client):
    said = {lang: client.get("/api/v1/tasks", headers={"Accept-Language": lang}).json["title"] for lang in ("zh-CN", "en")}
    assert said["en"].isascii() and not said["zh-CN"].isascii()


def test_other_methods(client):
    answer = client.delete("/api/v1/tasks")
    problem(answer, 405, "method")
    assert "GET" in answer.headers["Allow"]


def test_no_cookie_counts_and_none_is_set(app, client, filed):
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    problem(client.get("/api/v1/tasks"), 401)
    assert "Set-Cookie" not in app.test_client().get("/api/v1/tasks").headers


def test_the_document_names_every_route_and_the_page_needs_nothing_else(app, client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    routes = {(m, r.rule) for r in app.url_map.iter_rules() if r.endpoint.startswith("api.") for m in r.methods - {"HEAD", "OPTIONS"}}
    assert len(routes) == 2 + sum(len(methods) for methods in document["paths"].values())       # but for the document and its page
    for view in (app.view_functions[r.endpoint] for r in app.url_map.iter_rules() if r.endpoint.startswith("api.")):
        assert view.access in ("public", "token", "token or code")
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    assert all(f"/api/v1{path}" in page.text for path in document["paths"])
    assert "http://" not in page.text and "https://" not in page.text and "<script>" not in page.text
    assert "style=" not in page.text


def test_nothing_for_staff_without_a_token(app, client):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint.startswith("api.") and view.access != "public":
            address = rule.rule.replace("<int:task_id>", "1").replace("<case>", "DC1").replace("<action>", "withdraw")
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                problem(client.open(address, method=method, json={} if method == "POST" else None), 401, "unauthorized")


def test_only_a_hash_of_a_token_is_kept(app):
    headers = token_for(app, SUPERVISOR)
    token = headers["Authorization"].split()[1]
    with app.app_context():
        row = db.session.scalar(select(ApiToken))
        assert token not in str(row.__dict__) and row.hash == hashlib.sha256(token.encode()).hexdigest()
        db.session.remove()


def test_a_completion_is_one_commit_and_few_statements(app, client, filed):
    staff, statements, commits = token_for(app, SUPERVISOR), [], []
    task = own_task(client, staff, "screen")
    with app.app_context():
        engine = db.engine
        assert db.session.get(Task, task["id"]).state == "open"
        db.session.remove()
    event.listen(engine, "before_cursor_execute", lambda c, cursor, statement, *more: statements.append(statement))
    event.listen(engine, "commit", lambda c: commits.append(1))
    body = {"version": task["version"], "data": {"decision": "assign", "unit": "dali/xiangyun"}}
    assert post(client, f"/tasks/{task['id']}/complete", body, staff).status_code == 200
    counted = [s for s in statements if s.split()[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")]
    assert len(commits) == 1 and len(counted) <= 18, "\n".join(counted)

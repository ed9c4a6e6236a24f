"""The question before an opinion is sent: asked where the procedure says so, answered by picture or sum, good once, for one draft and for a while."""
from __future__ import annotations

import base64
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select

from tests.citizen_story import Filing, answered, hidden
from tests.integration.test_opinions import PROCEDURE, WRITER, Writing, site  # noqa: F401  (a fixture)
from webapp.models import Case, db
from webapp.portal import captcha


@pytest.fixture
def writing(site, client) -> Writing:  # noqa: F811
    """An opinion written up to the page to check."""
    return Writing(client, site["document"]).fill()


def cases(app) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Case))
        db.session.remove()
    return found


def test_the_sum_opens_the_way(app, writing):
    assert writing.send("send").status_code == 303 and cases(app) == 1


def test_the_digits_of_the_picture_do_too(app, writing):
    token = hidden(writing.text, "captcha_token")
    with app.app_context():
        _draft, nonce, _at = captcha._serializer().loads(token)
        digits = captcha._secrets(nonce)[0]
    assert re.fullmatch("[2-9]{5}", digits) and digits not in writing.text
    assert writing.send("send", captcha=" " + "".join(chr(ord(d) + 0xFEE0) for d in digits)).status_code == 303 and cases(app) == 1     # full-width digits are digits
    picture = Image.open(BytesIO(base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', writing.text)[1])))
    assert picture.size == (200, 70)


@pytest.mark.parametrize(("given", "said"), [
    ({"captcha": ""}, "请填写验证码"), ({"captcha": "   "}, "请填写验证码"), ({"captcha": "99999"}, "验证码不对"), ({"captcha": "x" * 5000}, "验证码不对"), ({"captcha": "-1"}, "验证码不对"),
    ({"captcha_token": ""}, "验证码无效"), ({"captcha_token": "x.y"}, "验证码无效"), ({"captcha_token": "a" * 9000}, "验证码无效"), ({"captcha": "\0\ud7ff"}, "验证码不对"),
])
def test_without_the_right_answer_nothing_is_filed_and_nothing_is_lost(app, writing, given, said):
    before = hidden(writing.text, "captcha_token")
    answer = writing.send("send", **given)
    assert answer.status_code == 422 and said in answer.text and 'href="#f-captcha"' in answer.text
    assert WRITER["name"] in answer.text and hidden(answer.text, "captcha_token") != before
    assert cases(app) == 0
    assert writing.send("send").status_code == 303 and cases(app) == 1


def test_the_field_cannot_be_left_away(app, writing):
    data = {"draft": hidden(writing.text, "draft"), "at": "check", "to": "send", "csrf_token": hidden(writing.text, "csrf_token")}
    for at in ("check", "scope", "contact", "nothing"):
        assert writing.client.post(f"/file/{PROCEDURE}", data={**data, "at": at}).status_code == 422
    assert cases(app) == 0


def test_a_wrong_answer_spends_the_question(app, writing):
    right = answered(writing.text)
    assert writing.send("send", **{**right, "captcha": "99999"}).status_code == 422
    again = writing.send("send", **right)
    assert again.status_code == 422 and "已失效" in again.text and cases(app) == 0


def test_it_is_good_for_its_own_draft_only(app, site, client, writing):  # noqa: F811
    other = Writing(client, site["rule"]).fill()
    answer = other.send("send", **answered(writing.text))
    assert answer.status_code == 422 and "已失效" in answer.text and cases(app) == 0


def test_it_is_good_for_twenty_minutes(app, writing, clock):
    right = answered(writing.text)
    clock.move(clock.now() + timedelta(minutes=21))
    answer = writing.send("send", **right)
    assert answer.status_code == 422 and "已失效" in answer.text
    assert writing.send("send").status_code == 303


def test_sent_twice_it_is_one_opinion_with_one_receipt(app, writing, client):
    data = {"draft": hidden(writing.text, "draft"), "at": "check", "to": "send", "csrf_token": hidden(writing.text, "csrf_token"), **answered(writing.text)}
    first, second = (client.post(f"/file/{PROCEDURE}", data=data) for _ in range(2))
    assert first.status_code == second.status_code == 303 and cases(app) == 1


def test_an_answered_question_files_no_second_draft(app, site, client, writing):  # noqa: F811
    right = answered(writing.text)
    assert writing.send("send", **right).status_code == 303
    other = Writing(client, site["document"]).fill()
    assert other.send("send", **right).status_code == 422 and cases(app) == 1


def test_another_one_can_be_had(writing):
    before = hidden(writing.text, "captcha_token")
    assert writing.send("next").status_code == 200 and hidden(writing.text, "at") == "check" and hidden(writing.text, "captcha_token") != before


def test_in_english_too(app, writing):
    writing.client.get("/language/en")
    writing.send("next")
    assert re.search(r"result of this: \w+ (plus|minus) \w+\.", writing.text)


def test_where_the_procedure_asks_for_none_there_is_none(client, app):
    filing = Filing(client).fill()
    assert "captcha" not in filing.text and filing.send("send").status_code == 303


def test_the_api_asks_for_none(app, site, client):  # noqa: F811
    claimant = {**WRITER, "kind": "person"}
    answer = client.post("/api/v1/cases", json={"procedure": PROCEDURE, "channel": "web", "title": "期限", "text": "应当缩短", "claimant": claimant, "consultation": site["rule"]})
    assert answer.status_code == 201, answer.json

"""`duban token`: made for an account, shown once, listed, ended."""
from __future__ import annotations

import pytest

from tests.integration.test_commands import content, place  # noqa: F401  (fixtures)
from webapp.app import create_app
from webapp.cli import main
from webapp.settings import read_settings

LOGIN = "dali/inspection.supervisor"


@pytest.fixture
def account(place, monkeypatch):  # noqa: F811
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "a long password\n", raising=False)
    assert main(["init"]) == 0
    assert main(["account", "create", LOGIN, "--name", "李四", "--unit", "dali/inspection", "--role", "supervisor"]) == 0
    return LOGIN


def status(token: str) -> int:
    app = create_app(read_settings())
    return app.test_client().get("/api/v1/tasks", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_made_used_and_ended(account, capsys):
    capsys.readouterr()
    assert main(["token", "create", account, "--name", "报表", "--days", "30"]) == 0
    said = capsys.readouterr()
    token = said.out.strip()
    assert said.out.count("\n") == 1 and token.startswith("duban_") and token not in said.err
    assert status(token) == 200
    assert main(["token", "list"]) == 0
    listed = capsys.readouterr().out
    assert account in listed and "报表" in listed and "good" in listed and token not in listed
    assert main(["token", "revoke", listed.split("\t")[0]]) == 0
    assert status(token) == 401
    assert main(["token", "list"]) == 0
    assert "revoked" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["create", "nobody"], ["create", LOGIN, "--days", "0"], ["create", LOGIN, "--days", "99999"], ["revoke", "999"]])
def test_what_cannot_be_done_is_said(account, words, capsys):
    assert main(["token", *words]) == 2
    assert "duban:" in capsys.readouterr().err

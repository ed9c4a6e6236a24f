"""The commands an administrator uses, from an empty folder to a served application."""
from __future__ import annotations

import io
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from webapp.cli import main
from webapp.content import content_digest
from webapp.settings import ROOT

KEYS = {"DUBAN_SECRET": "s" * 40, "DUBAN_LEDGER_KEY": "k" * 40}


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Path:
    """A content folder with one procedure, so that loading it is quick."""
    folder = tmp_path_factory.mktemp("content")
    for name in ("processes/national", "processes/dali-ducha", "forms/national", "forms/dali-ducha"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("scenarios"))
    (folder / "processes/directories").mkdir()
    shutil.copy(ROOT / "processes/directories/dali.toml", folder / "processes/directories")
    return folder


@pytest.fixture
def place(tmp_path, monkeypatch, content):
    """The settings of an installation that is not the demonstration."""
    for name, value in {**KEYS, "DUBAN_DATA": str(tmp_path / "data"), "DUBAN_CONTENT": str(content), "DUBAN_WORKER": "none"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("DUBAN_DEMO", raising=False)
    monkeypatch.delenv("DUBAN_DATABASE", raising=False)
    return tmp_path


def test_init_twice_deploys_once(place, capsys):
    assert main(["init"]) == 0
    assert capsys.readouterr().out == "deployed dali-ducha 1\n"
    assert main(["init"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["ledger", "verify"]) == 0
    assert capsys.readouterr().out == "0 cases, 0 problems\n"


def test_a_changed_procedure_is_deployed_under_the_next_number(place, content, capsys):
    assert main(["init"]) == 0
    changed = place / "changed"
    shutil.copytree(content, changed)
    form = changed / "forms" / "dali-ducha" / "handle.form.json"
    form.write_text(form.read_text() + "\n")
    for said in ("dali-ducha 2, in force from 2031-01-01 00:00", "dali-ducha 2: nothing has changed"):
        assert main(["deploy", str(changed / "processes" / "dali-ducha"), "--effective", "2031-01-01"]) == 0
        assert said in capsys.readouterr().out


def test_what_is_not_ready_is_not_served(place, capsys):
    assert main(["serve", "--port", "0"]) == 2
    assert "duban init" in capsys.readouterr().err


def test_demonstration_and_real_data_do_not_meet(place, monkeypatch, capsys):
    assert main(["init"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr("webapp.serve.bring_up_to_date", lambda app: pytest.fail("a real database's schema was touched"))
        assert main(["init", "--demo"]) == 2
    assert "outside the demonstration" in capsys.readouterr().err
    monkeypatch.delenv("DUBAN_DEMO")
    monkeypatch.setenv("DUBAN_DATA", str(place / "demo"))
    assert main(["init", "--demo"]) == 0
    monkeypatch.delenv("DUBAN_DEMO")
    for command in (["init"], ["serve", "--port", "0"]):
        assert main(command) == 2
        assert "known password" in capsys.readouterr().err


def test_an_account_is_created(place, monkeypatch, capsys):
    assert main(["init"]) == 0
    command = ["account", "create", "li.si", "--name", "李四", "--unit", "dali/inspection", "--role", "supervisor"]
    for typed, code, said in (("short\n", 2, "at least"), ("duban-demo\n", 2, "everybody knows"), ("long-enough-1\n", 0, "created"), ("long-enough-1\n", 2, "already")):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert main(command) == code
        captured = capsys.readouterr()
        assert said in captured.out + captured.err
    monkeypatch.setattr(sys, "stdin", io.StringIO("long-enough-1\n"))
    assert main([*command[:2], "w", *command[3:-1], "emperor"]) == 2
    assert "no role" in capsys.readouterr().err
    for taken in ("citizen", "system"):     # the ledger's own words for who acted
        assert main([*command[:2], taken, *command[3:]]) == 2
    assert main(["account", "email", "li.si", "li.si@example.cn"]) == 0 and main(["account", "email", "li.si"]) == 0
    assert main(["account", "email", "li.si", "nowhere"]) == 2 and main(["account", "email", "wang.wu", "a@b"]) == 2
    assert main(["account", "close", "li.si"]) == 0 and main(["account", "close", "li.si"]) == 2
    assert "li.si closed" in capsys.readouterr().out


def test_deploying_warns_of_units_that_name_nobody(place, content, capsys):
    assert main(["init"]) == 0
    assert main(["deploy", "dali-ducha", "--content", str(content)]) == 0
    said = capsys.readouterr().err
    assert "name no leader or no contact" in said and "dali/audit" in said and "dali/inspection," not in said


def test_check_names_every_problem(tmp_path, content, capsys):
    broken = tmp_path / "broken"
    shutil.copytree(content, broken)
    assert main(["check", "dali-ducha", "--content", str(broken)]) == 0
    assert main(["check", str(broken / "processes" / "dali-ducha")]) == 0
    manifest = broken / "processes" / "dali-ducha" / "procedure.toml"
    manifest.write_text(manifest.read_text().replace('directory = "dali"', 'directory = "nowhere"'))
    assert main(["check", "dali-ducha", "--content", str(broken)]) == 2
    assert "procedure.toml:7: directory: there is no directory 'nowhere'" in capsys.readouterr().err
    manifest.write_text('no_such_key = 1\n' + manifest.read_text())
    (broken / "forms" / "dali-ducha" / "handle.form.json").write_text("{")
    assert main(["check", "dali-ducha", "--content", str(broken)]) == 2
    said = capsys.readouterr().err
    assert "procedure.toml:1: no_such_key:" in said and "forms/handle.form.json:1: file:" in said
    assert main(["check", "no-such"]) == 2


def test_the_digest_of_the_content_follows_every_file(tmp_path, content):
    changed = tmp_path / "changed"
    shutil.copytree(content, changed)
    before = content_digest(changed)
    assert before == content_digest(content)
    form = changed / "forms" / "dali-ducha" / "handle.form.json"
    form.write_text(form.read_text() + "\n")
    assert content_digest(changed) != before


def test_the_demonstration_is_served(tmp_path, content):
    """As `make run` does it: from nothing to an answer, with the logins said; and it stops when it is told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {"PATH": str(Path(sys.executable).parent), "DUBAN_DATA": str(tmp_path), "DUBAN_CONTENT": str(content)}
    server = subprocess.Popen([sys.executable, "-m", "webapp.cli", "serve", "--demo", "--port", str(port)], cwd=ROOT, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
    try:
        status = None
        for _ in range(150):
            try:
                status = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).status
                break
            except OSError:
                if server.poll() is not None:
                    break
                threading.Event().wait(0.2)
        assert status == 200, server.communicate()
    finally:
        server.send_signal(signal.SIGTERM)
        out, err = server.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}/" in out and "duban-demo" in out and "dali/inspection.{" in out and str(tmp_path) in out
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [["deploy", "dali-ducha"], ["incident", "list"], ["account", "create", "li.si", "--name", "李四", "--unit", "dali", "--role", "clerk"]])
def test_an_empty_database_is_said_to_be_one(place, capsys, words):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "duban init" in said and "Traceback" not in said

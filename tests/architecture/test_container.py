"""What can be told of the container without an engine: the Dockerfile's shape, what reaches it, and that compose.yaml names what exists."""
from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from webapp.cli import GROUPS

ROOT = Path(__file__).resolve().parents[2]
TOOLS = re.compile(r"apt-get|apt |apk |\b(gcc|g\+\+|make|npm|node|git|curl|build-essential|pip3? install|pip install)\b")
SECRET = re.compile(r"(SECRET|KEY|PASSWORD|TOKEN)\w*\s*[=:]\s*[^\s#]", re.IGNORECASE)


def _load():
    spec = importlib.util.spec_from_file_location("container_file", ROOT / "scripts" / "container_file.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


container_file = _load()
STAGES = container_file.read_stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
LAST = STAGES[-1]
IGNORED = container_file.ignorer((ROOT / ".dockerignore").read_text(encoding="utf-8"))
COMPOSE = YAML(typ="safe").load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "duban"}


def accepted(words: list[str]) -> bool:
    """Whether `duban` knows the command with these options."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    commands = parser.add_subparsers(dest="command", required=True)
    for group in GROUPS:
        group.register(commands)
    try:
        parser.parse_args(words)
    except (argparse.ArgumentError, SystemExit):
        return False
    return True


def secrets_in(text: str) -> list[str]:
    """Lines that give a value to something that sounds secret, other than from the environment."""
    return [line for line in text.splitlines() if not line.lstrip().startswith("#") and SECRET.search(re.sub(r"\$\{[^}]*\}", "", line))]


def settings_read() -> set[str]:
    """The settings that the program looks up."""
    return set(re.findall(r'"(DUBAN_[A-Z_]+)"', "".join((ROOT / "webapp" / name).read_text() for name in ("settings.py", "serve.py"))))


# -- the image ---------------------------------------------------------------------------------------------------------
def test_the_last_stage_only_takes():
    assert len(STAGES) >= 2 and "slim" in LAST.base
    assert [step.text for step in LAST.of("RUN") if TOOLS.search(step.text)] == []
    uninstalled = " ".join(step.text for step in LAST.of("RUN"))
    assert re.search(r"pip uninstall .*\bpip\b", uninstalled)
    packages = next(stage for stage in STAGES if stage.name == "packages")
    assert re.search(r"pip uninstall .*\bpip\b", packages.of("RUN")[-1].text)
    assert all(step.option("from") in {s.name for s in STAGES[:-1]} for step in LAST.of("COPY") if "--from" in step.text)


def test_it_is_built_by_the_makefile():
    targets = {word for stage in STAGES for step in stage.of("RUN") for word in re.findall(r"(?<![\w-])make (\S+)", step.text)}
    asked = subprocess.run(["make", "--dry-run", "--question", *targets], cwd=ROOT, capture_output=True, text=True, check=False)
    assert targets >= {"pages", "catalogues"} and asked.returncode in (0, 1), asked.stderr


def test_it_does_not_run_as_root():
    assert len(LAST.of("USER")) == 1
    assert int(LAST.of("USER")[0].text.partition(":")[0]) > 0
    after = [step.word for step in LAST.steps[LAST.steps.index(LAST.of("USER")[0]):]]
    assert not {"RUN", "COPY"} & set(after)


def test_it_can_be_asked_how_it_is():
    (check,) = LAST.of("HEALTHCHECK")
    assert "/healthz" in check.text and "CMD" in check.text


def test_what_it_starts_is_a_command():
    assert LAST.of("ENTRYPOINT")[-1].words() == ["duban"]
    assert accepted(LAST.of("CMD")[-1].words())


def test_every_source_exists_and_reaches_the_build():
    for stage in STAGES:
        for step in stage.of("COPY"):
            if step.option("from"):
                continue
            for source in step.paths()[0]:
                assert (ROOT / source).exists(), f"line {step.line}: {source}"
                assert not IGNORED(source), f"line {step.line}: .dockerignore hides {source}"


@pytest.mark.parametrize("path", [".env", ".git/config", "instance/demo-secret", "instance/duban.sqlite3", "webapp/.env", "node_modules/x", ".venv/bin/python", "tests/conftest.py",
                                  "webapp/__pycache__/app.cpython-311.pyc", "webapp/static/dist/a.js", "webapp/translations/en/LC_MESSAGES/messages.mo"])
def test_what_stays_outside(path):
    assert IGNORED(path)


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml"])
def test_no_secret(name):
    assert secrets_in((ROOT / name).read_text(encoding="utf-8")) == []


def test_a_secret_is_found():
    assert secrets_in("ENV DUBAN_SECRET=abc") and secrets_in("  POSTGRES_PASSWORD: postgres") and not secrets_in("DUBAN_SECRET: ${DUBAN_SECRET:?words}")


# -- the services ------------------------------------------------------------------------------------------------------
def test_services():
    assert set(COMPOSE["services"]) == {"db", "redis", "init", "web", "worker"} and set(OURS) == {"init", "web", "worker"}
    assert accepted(["init"]) and not accepted(["initialise"])
    for name, service in OURS.items():
        assert accepted(service.get("command") or LAST.of("CMD")[-1].words()), name
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and "privileged" not in service


def test_services_wait_for_each_other():
    for name, service in COMPOSE["services"].items():
        for other, how in service.get("depends_on", {}).items():
            assert other in COMPOSE["services"], name
            if how["condition"] == "service_healthy":
                assert "test" in COMPOSE["services"][other]["healthcheck"], other
    assert OURS["web"]["depends_on"]["init"]["condition"] == OURS["worker"]["depends_on"]["init"]["condition"] == "service_completed_successfully"


def test_their_settings_are_read_and_their_data_is_kept():
    for service in OURS.values():
        assert {name for name in service["environment"] if name.startswith("DUBAN_")} <= settings_read()
        assert "data:/data" in service["volumes"]
    named = {volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])}
    assert named == set(COMPOSE["volumes"])


def test_the_database_is_not_open_to_the_world():
    assert all("ports" not in COMPOSE["services"][name] and COMPOSE["services"][name]["networks"] == ["inside"] for name in ("db", "redis"))
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_every_setting_is_documented():
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert settings_read() - set(re.findall(r"`(DUBAN_[A-Z_]+)`", told)) == set()


# -- the reader itself -------------------------------------------------------------------------------------------------
def test_lines_are_joined_and_options_found():
    (stage,) = container_file.read_stages("# words\nFROM a:1 AS one\nRUN x \\\n  && y\nCOPY --chown=1:1 --from=b /p q/\nCMD [\"a b\", \"c\"]\n")
    run, copy, command = stage.steps
    assert (stage.name, stage.base, run.text, run.line) == ("one", "a:1", "x && y", 3)
    assert (copy.option("from"), copy.paths(), command.words()) == ("b", (["/p"], "q/"), ["a b", "c"])
    with pytest.raises(container_file.FileProblem, match="line 2: SHELL"):
        container_file.read_stages("FROM a\nSHELL [\"x\"]")

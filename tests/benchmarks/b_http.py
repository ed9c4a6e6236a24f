"""(b) HTTP under gunicorn: file, complete and list against a bare logged-in request with one commit, on the same database; and SQL statements counted."""
from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from tests.conftest import PROCEDURE, close
from tests.databases import SqliteDatabases
from tests.statements import count_statements
from webapp.models import Case, db
from webapp.models.storage import reading_only
from webapp.settings import ROOT

from . import story
from .browser import Browser, hidden
from .places import make_app, open_app
from .results import Results, Samples

TIMES = 6           # a completion may cost this many bare requests
STATEMENTS = 16


def measure(results: Results, databases: SqliteDatabases, quick: bool) -> None:
    samples = Samples()
    with databases.copy("content") as url, server(url, databases.folder) as port, open_app(url, databases.folder) as (_app, _clock):
        with Desk(port) as desk:
            for number in range(3 if quick else 15):
                desk.one_case(samples if number else Samples(), reworks=1)
    results.note("(b) gunicorn gthread, 8 threads, SQLite with synchronous=FULL, one browser; medians")
    bare = samples.ms("bare")
    results.figure("b", "a bare logged-in request with one commit", bare)
    for name, words in (("file", "filing (the portal's last page)"), ("list", "the task list"), ("complete", "completing a task")):
        results.figure("b", words, samples.ms(name))
    for name, words in (("file", "filing"), ("list", "the list")):
        results.figure("b", f"{words} ÷ bare request", samples.ms(name) / bare, "×")
    results.at_most("b", "a completion ÷ bare request", samples.ms("complete") / bare, TIMES)
    count(results, databases)


def count(results: Results, databases: SqliteDatabases) -> None:
    """Statements and commits of each completion over HTTP, with few and many assisting units, and after reworks."""
    most: dict[str, int] = {}
    commits = set()
    for words, assisting, reworks in (("0 assisting units", 0, 0), ("3 assisting units", 3, 0), ("8 assisting units", 8, 0), ("2 units, 10 reworks", 2, 10)):
        with databases.copy("content") as url:
            app, _clock = make_app(url, databases.folder)
            counted = count_statements(app, story.whole(reworks, assisting), story.filing())
            close(app)
            most[words] = max(each.statements for each in counted)
            commits |= {each.commits for each in counted}
            top = max(counted, key=lambda each: each.statements)
            results.figure("b", f"statements of the costliest completion ({top.task}), {words}", most[words], "statements")
    results.at_most("b", "statements of a completion over HTTP, at most", max(most.values()), STATEMENTS, "statements")
    results.holds("b", "one commit a completion", commits == {1}, "1 commit")
    results.holds("b", "no more statements with assisting units or history", most["8 assisting units"] <= most["0 assisting units"] + 1, "≤ 1 more for all units")


class Desk:
    """Everybody of the story at their browsers, and a citizen."""

    def __init__(self, port: int):
        self.port, self.browsers = port, {}

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *error) -> None:
        for browser in self.browsers.values():
            browser.connection.close()

    def of(self, login: str) -> Browser:
        if login not in self.browsers:
            self.browsers[login] = Browser(self.port)
            self.browsers[login].log_in(login)
        return self.browsers[login]

    def one_case(self, samples: Samples, reworks: int) -> None:
        """The whole story of one case through the server, the bare request and the list between its steps."""
        number = self.file(samples)
        for step in story.whole(reworks):
            browser = self.of(step.login)
            browser.get("/desk/")
            samples.add("list", browser.seconds)
            browser.send_json("/bench/bare", {})
            samples.add("bare", browser.seconds)
            browser.send_json(f"/desk/tasks/{_task(number, step)}/complete", {"values": step.answers})
            samples.add("complete", browser.seconds)

    def file(self, samples: Samples) -> str:
        if "citizen" not in self.browsers:
            self.browsers["citizen"] = Browser(self.port)
        browser, path, filing = self.browsers["citizen"], f"/file/{PROCEDURE}", story.filing()
        text = browser.get(path)
        answers = {k: v for k, v in filing.items() if isinstance(v, str) and k != "channel"}
        answers |= {f"claimant_{k}": v for k, v in filing["claimant"].items()} | {"anonymous": "false"}
        for _page in range(8):
            at, draft = hidden(text, "at"), hidden(text, "draft")
            if at == "check":
                break
            text = browser.send_form(path, {"draft": draft, "at": at, "to": "next", **answers})
        browser.send_form(path, {"draft": draft, "at": "check", "to": "send"}, 303)
        samples.add("file", browser.seconds)
        return re.search(r"data-number>(\w+)<", browser.get("/receipt"))[1]


def _task(number: str, step: story.Step) -> int:
    """The open task of a step, read without the server's way being barred."""
    with reading_only():
        try:
            return story.task_of(db.session.scalar(select(Case.id).where(Case.number == number)), step)
        finally:
            db.session.remove()


@contextmanager
def server(url: str, folder: Path, processes: int = 1, **settings: str) -> Iterator[int]:
    """gunicorn as `duban serve` starts it, with the benchmark's bare route; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DUBAN_BENCH_DATABASE": url, "DUBAN_BENCH_DATA": str(folder), "PYTHONPATH": str(ROOT), **settings}
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", str(processes), "--threads", "8", "--keep-alive", "60",
               "--no-control-socket", "--log-level", "warning", "tests.benchmarks.bare_app:app"]
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        for _ in range(200):
            if process.poll() is not None:
                raise RuntimeError("gunicorn did not start")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)

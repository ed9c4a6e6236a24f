"""Prepares a database and serves the application with gunicorn; says first where it is, who can log in and where the data lies."""
from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import inspect

from connectors.mail import Mailer
from webapp.content import check_accounts, is_loaded, load
from webapp.models import Account, db
from webapp.scenarios import living
from webapp.schema import bring_up_to_date, is_up_to_date
from webapp.settings import Settings, SettingsError

THREADS = 8
STAFF = "/desk/login"
GRACE = 15      # seconds that running requests are given when the server stops


def initialise(app: Flask, *, skip_broken: bool = False) -> tuple[list[str], list[str]]:
    """Schema and content, as far as they are missing or have changed. Returns (deployed, problems) as `content.load`."""
    duban = app.extensions["duban"]
    with app.app_context():
        try:
            if inspect(db.engine).has_table(Account.__tablename__):     # refused before anything of it is changed
                check_accounts(duban.settings)
                db.session.remove()
            bring_up_to_date(app)
            if is_loaded(duban.settings.content_dir):
                return [], []
            done = load(duban.settings, duban.env.now(), skip_broken=skip_broken)
            db.session.commit()
            if duban.settings.demo and living.is_empty():
                db.session.remove()
                living.play(duban.env, duban.settings.content_dir / "processes")
            return done
        finally:
            db.session.remove()
            db.engine.dispose()


def check_start(app: Flask) -> None:
    """SettingsError when the database or the mail server's address is not ready, or accounts with a known password would be open to the world."""
    settings: Settings = app.extensions["duban"].settings
    if settings.smtp and (problem := Mailer(settings.smtp, settings.mail_from).check()):
        raise SettingsError(f"DUBAN_SMTP or DUBAN_MAIL_FROM: {problem}")
    with app.app_context():
        try:
            if not is_up_to_date():
                raise SettingsError("the database has no schema or an older one: run `duban init`")
            check_accounts(settings)
        finally:
            db.session.remove()


def check_address(host: str, port: int) -> None:
    """SettingsError when nothing can be served there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise SettingsError(f"{host}:{port} cannot be served: {error}; name another with --host and --port") from None


def greeting(app: Flask, host: str, port: int) -> Iterator[str]:
    """What a person at the terminal needs, line by line. The logins come from the deployed procedures, none from here."""
    settings: Settings = app.extensions["duban"].settings
    home = f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    yield f"Duban 督办  {home}/"
    yield f"  提交与查询  to file and to look up: {home}/"
    yield f"  工作人员    staff:                  {home}{STAFF}"
    if settings.demo:
        yield f"  演示密码    demo password:          {settings.demo_password}   (each account a person: UNIT.ROLE, and UNIT.ROLE#2)"
        with app.app_context():
            yield from _logins(app)
            db.session.remove()
            db.engine.dispose()
    yield f"  数据        data:                   {_without_password(settings.database)}; {settings.data_dir}"
    yield "  停止        to stop:                Ctrl+C"


def _logins(app: Flask) -> Iterator[str]:
    env = app.extensions["duban"].env
    for deployed in env.registry.procedures(env.now()):
        manifest = deployed.manifest
        directory = env.registry.directory(manifest.directory)
        if manifest.office in directory:
            yield f"    {manifest.title.get('zh')}  {manifest.title.get('en')} ({deployed.procedure})"
            yield f"      {manifest.office}.{{{', '.join(directory.unit(manifest.office).roles)}}}"


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).render_as_string(hide_password=True)


def exec_gunicorn(settings: Settings, host: str, port: int) -> None:
    """Become gunicorn. One process on SQLite, whose writers take turns anyway; DUBAN_PROCESSES of them on PostgreSQL."""
    processes = 1 if settings.database.startswith("sqlite") else int(os.environ.get("DUBAN_PROCESSES", "2"))
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "--worker-class", "gthread", "--workers", str(processes), "--threads", str(THREADS),
               "--graceful-timeout", str(GRACE), "--timeout", "120", "--no-control-socket", "--log-level", "warning", "webapp.wsgi:app"]
    sys.stdout.flush()
    os.execve(sys.executable, command, os.environ)     # noqa: S606  no shell, fixed words

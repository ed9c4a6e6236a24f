"""Puts the application together: settings, database, environment, doors."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp.cases.environment import Clock, Environment
from webapp.cases.files import DiskStore, FileLimits, Files
from webapp.clock import DemoClock, SystemClock
from webapp.deployments.registry import Registry
from webapp.http import web
from webapp.models.storage import open_database
from webapp.settings import Settings, read_settings


@dataclass
class Duban:
    """What the application holds for its doors."""

    settings: Settings
    env: Environment


def create_app(settings: Settings | None = None, clock: Clock | None = None, **engine_options) -> Flask:
    """The application. `clock` may be injected by tests; otherwise the system's, or in demo mode one that can be moved."""
    app = create_core(settings, clock, **engine_options)
    proxies = app.extensions["duban"].settings.proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    web.setup(app)
    _register_doors(app)
    return app


def create_core(settings: Settings | None = None, clock: Clock | None = None, **engine_options) -> Flask:
    """The application without its doors: what a command or a worker needs."""
    settings = settings or read_settings()
    app = Flask("webapp", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=settings.secret, MAX_CONTENT_LENGTH=32 * 1024 * 1024, MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024, SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.secure_cookies, PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=12 * 3600, WTF_CSRF_SSL_STRICT=False,
    )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    open_database(app, settings.database, **engine_options)
    clock = clock or (DemoClock(settings.data_dir / "demo-clock") if settings.demo else SystemClock())
    app.extensions["duban"] = Duban(settings, Environment(clock, Registry(), settings.ledger_key, _files(settings)))
    return app


def _files(settings: Settings) -> Files:
    limits = FileLimits(settings.file_bytes, settings.files_per_answer, settings.case_file_bytes)
    return Files(DiskStore(settings.data_dir / "files"), limits, settings.data_dir / "previews")


def _register_doors(app: Flask) -> None:
    from webapp.api.routes import api
    from webapp.desk.routes import desk
    from webapp.portal.routes import portal

    app.register_blueprint(portal)
    app.register_blueprint(desk)
    app.register_blueprint(api)
    if app.extensions["duban"].settings.demo:
        from webapp.demo.routes import demo

        app.register_blueprint(demo)

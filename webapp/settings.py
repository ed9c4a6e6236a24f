"""All settings: one frozen object, read from the environment once and checked at start. Nothing secret has a default outside the demo."""
from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is missing or wrong; says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """`secret` signs sessions, `ledger_key` keys the ledger's hashes and query codes. `demo` turns on the clock control and known passwords."""

    database: str
    secret: str
    ledger_key: bytes
    demo: bool = False
    data_dir: Path = ROOT / "instance"
    content_dir: Path = ROOT
    worker: bool = True
    secure_cookies: bool = True
    page_size: int = 40
    smtp: str = ""
    mail_from: str = ""
    rate_limit_storage: str = "memory://"         # of the API; a shared one (redis://…) where several machines serve
    rate_limits: bool = True
    proxies: int = 0                              # trusted reverse proxies in front, whose X-Forwarded headers are believed
    file_bytes: int = 10 * 1024 * 1024            # of one attachment
    files_per_answer: int = 10
    case_file_bytes: int = 50 * 1024 * 1024       # of all attachments of a case
    demo_password: str = "duban-demo"       # noqa: S105  known to everybody, and good in demo mode only


def _kept_secret(folder: Path, name: str) -> str:
    """The demo's own secret: made at the first start and kept beside its database."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 5:
        raise SettingsError("DUBAN_PROXIES is the number of reverse proxies in front, 0 to 5")
    return int(text)


def read_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read DUBAN_* from the environment. SettingsError names what is missing."""
    demo = env.get("DUBAN_DEMO", "") in ("1", "true", "yes")
    data = Path(env.get("DUBAN_DATA", ROOT / "instance"))
    secret, key = env.get("DUBAN_SECRET", ""), env.get("DUBAN_LEDGER_KEY", "")
    if demo:
        secret, key = secret or _kept_secret(data, "demo-secret"), key or _kept_secret(data, "demo-ledger-key")
    for name, value in (("DUBAN_SECRET", secret), ("DUBAN_LEDGER_KEY", key)):
        if len(value) < 32:
            raise SettingsError(f"{name} must be set to at least 32 characters (for a demonstration set DUBAN_DEMO=1 instead)")
    database = env.get("DUBAN_DATABASE", f"sqlite:///{data / 'duban.sqlite3'}")
    if database.startswith("postgresql://"):
        database = database.replace("postgresql://", "postgresql+psycopg://", 1)
    return Settings(database, secret, key.encode(), demo, data, worker=env.get("DUBAN_WORKER", "embedded") == "embedded",
                    secure_cookies=not demo and env.get("DUBAN_INSECURE_COOKIES", "") != "1", smtp=env.get("DUBAN_SMTP", ""),
                    mail_from=env.get("DUBAN_MAIL_FROM", ""), rate_limit_storage=env.get("DUBAN_RATE_LIMIT_STORAGE", "memory://"),
                    rate_limits=env.get("DUBAN_RATE_LIMITS", "on") != "off", proxies=_count(env.get("DUBAN_PROXIES", "0")), content_dir=Path(env.get("DUBAN_CONTENT", ROOT)))

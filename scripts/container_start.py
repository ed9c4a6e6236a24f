"""Starts what try_container_build built as the image would: on a fresh SQLite, then on PostgreSQL (with Redis and a worker) where one answers."""
from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 90       # seconds until the health check has to hold
ENDING = 30         # seconds that a stopped process is given
SERVER = os.environ.get("DUBAN_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
SQL = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True, connect_timeout=3).execute(sys.argv[2])"


@dataclass(frozen=True)
class Started:
    """The image's commands, and how they are run here: `before` changes the user, `uid` owns the data."""

    command: list[str]
    serve: list[str]
    check: list[str]
    before: list[str]
    env: dict[str, str]
    cwd: Path
    data: Path
    uid: int | None
    secret: str
    key: str
    say: Callable[[str], None]
    skip: Callable[[str], None]

    def run(self, words: list[str], env: dict[str, str], **options) -> subprocess.CompletedProcess:
        """One command of the image, to its end."""
        return subprocess.run([*self.before, *words], cwd=self.cwd, env=env, capture_output=True, text=True, check=False, **options)    # noqa: S603

    def begin(self, words: list[str], env: dict[str, str], log: Path) -> subprocess.Popen:
        """One command of the image, in the background."""
        with log.open("wb") as out:
            return subprocess.Popen([*self.before, *words], cwd=self.cwd, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)        # noqa: S603


def try_start(image: Started) -> None:
    """RuntimeError when something does not hold."""
    _try(image, "SQLite", {})
    name = f"duban_image_{os.getpid()}"
    url = SERVER.rpartition("/")[0] + f"/{name}"
    if image.run(["python", "-c", SQL, SERVER, f"CREATE DATABASE {name}"], image.env).returncode:
        image.skip(f"PostgreSQL: none that lets databases be created answers at {SERVER.rpartition('@')[2]}")
        return
    redis, more = _redis(image)
    try:
        _try(image, "PostgreSQL" + (" and Redis" if redis else ""), {"DUBAN_DATABASE": url, "DUBAN_WORKER": "separate", "DUBAN_PROXIES": "1", **more})
    finally:
        if redis:
            redis.terminate()
            redis.wait(ENDING)
        image.run(["python", "-c", SQL, SERVER, f"DROP DATABASE {name} WITH (FORCE)"], image.env)


def _redis(image: Started) -> tuple[subprocess.Popen | None, dict[str, str]]:
    program = shutil.which("redis-server")
    if program is None:
        image.skip("Redis: no redis-server here; the limits are counted in memory")
        return None, {}
    port = _free_port()
    words = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "volatile-ttl"]
    server = subprocess.Popen(words, cwd=tempfile.gettempdir(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)     # noqa: S603
    return server, {"DUBAN_RATE_LIMIT_STORAGE": f"redis://127.0.0.1:{port}/0"}


def _try(image: Started, label: str, more: dict[str, str]) -> None:
    image.say(f"\nstart on {label}")
    shutil.rmtree(image.data)
    image.data.mkdir(mode=0o750)
    if image.uid is not None:
        os.chown(image.data, image.uid, image.uid)
    env = {**image.env, "DUBAN_SECRET": image.secret, "DUBAN_LEDGER_KEY": image.key, **more}
    port = str(_free_port())
    serve, check = [[word.replace("8000", port) for word in words] for words in (image.serve, image.check)]

    refused = image.run([*image.command, *serve], env)
    if refused.returncode != 2 or "duban init" not in refused.stderr:
        raise RuntimeError(f"{label}: it served a database without a schema, or did not say what to do: {refused.returncode} {refused.stderr[-2000:]}")
    began = time.monotonic()
    made = image.run([*image.command, "init"], env)
    if made.returncode:
        raise RuntimeError(f"{label}: duban init ended with {made.returncode}\n{made.stderr[-4000:]}")
    image.say(f"  duban init: {len(made.stdout.splitlines())} lines, {time.monotonic() - began:.1f} s; again:")
    again = image.run([*image.command, "init"], env)
    if again.returncode or "deployed" in again.stdout:
        raise RuntimeError(f"{label}: a second duban init is not quiet: {again.stdout}{again.stderr}")
    image.say("    nothing to do, as it should be")
    logs = Path(tempfile.mkdtemp(prefix="duban-image-logs."))
    running: list[tuple[str, subprocess.Popen]] = []
    try:
        began = time.monotonic()
        running.append(("serve", image.begin([*image.command, *serve], env, logs / "serve")))
        if more:
            running.append(("worker", image.begin([*image.command, "worker"], env, logs / "worker")))
        _await_health(image, check, env, running)
        image.say(f"  healthy after {time.monotonic() - began:.1f} s")
        _look(image, port)
        if storage := more.get("DUBAN_RATE_LIMIT_STORAGE"):
            _look_at_counts(image, env, storage)
            _look_at_api(port)
            image.say("  the API goes on without Redis")
        for name, process in reversed(running):
            _stop(image, name, process)
    except RuntimeError as error:
        told = "\n".join(f"-- {path.name}\n{path.read_text(errors='replace')[-4000:]}" for path in sorted(logs.iterdir()))
        raise RuntimeError(f"{label}: {error}\n{told}") from None
    finally:
        for _, process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(logs)


def _await_health(image: Started, check: list[str], env: dict[str, str], running: list[tuple[str, subprocess.Popen]]) -> None:
    until = time.monotonic() + PATIENCE
    while image.run(check, env).returncode:
        for name, process in running:
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}")
        if time.monotonic() > until:
            raise RuntimeError(f"the health check does not hold after {PATIENCE} seconds")
        time.sleep(0.5)


def _look(image: Started, port: str) -> None:
    """The pages stand, with their built scripts and styles; the API answers, whatever it says to a number that nobody has."""
    home = f"http://127.0.0.1:{port}"
    for path in ("/healthz", "/", "/desk/login"):
        with urllib.request.urlopen(home + path, timeout=20) as answer:      # noqa: S310
            page = answer.read().decode()
        image.say(f"  {path} {answer.status}")
    found = [each.partition('"')[0] for each in page.split('src="')[1:] + page.split('href="')[1:] if each.startswith("/static/dist/")]
    if not found:
        raise RuntimeError("the page names no built script or style")
    for path in found:
        with urllib.request.urlopen(home + path, timeout=20) as answer:      # noqa: S310
            answer.read()
    image.say(f"  {len(found)} built files 200")
    _look_at_api(port)


def _look_at_api(port: str) -> None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/cases/none?code=none", timeout=20)      # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code != 404:
            raise RuntimeError(f"the API says {error.code} to a number that nobody has") from None


def _look_at_counts(image: Started, env: dict[str, str], storage: str) -> None:
    """The requests just made were counted in Redis; then it is ended."""
    script = "import redis, sys; server = redis.from_url(sys.argv[1]); print(server.dbsize()); server.shutdown(nosave=True)"
    counted = image.run(["python", "-c", script, storage], env)
    if counted.returncode or int(counted.stdout) == 0:
        raise RuntimeError(f"nothing is counted in Redis {counted.stderr[-1000:]}")
    image.say(f"  {counted.stdout.strip()} counts in Redis")


def _stop(image: Started, name: str, process: subprocess.Popen) -> None:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    try:
        code = process.wait(ENDING)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{name} does not end within {ENDING} seconds of SIGTERM") from None
    if code:
        raise RuntimeError(f"{name} ended with {code}")
    image.say(f"  {name} stopped by SIGTERM after {time.monotonic() - began:.1f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

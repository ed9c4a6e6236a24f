"""A served application and a real browser. Skipped where there is no Chromium or the front end is not built."""
from __future__ import annotations

import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from tests.conftest import close, fill_with_content, settings_for
from webapp.app import create_app
from webapp.http.assets import DIST

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]


@pytest.fixture(scope="module")
def chromium():
    """The browser; every test opens windows of its own in it."""
    path = os.environ.get("DUBAN_TEST_BROWSER") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium")
    if not (DIST / ".vite" / "manifest.json").exists():
        pytest.skip("the front end is not built")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path, clock):
    """The application served from a thread, on SQLite: (application, address)."""
    url = f"sqlite:///{tmp_path / 'e2e.sqlite3'}"
    fill_with_content(url)
    app = create_app(settings_for(url, tmp_path), clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app, f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)
    close(app)


@pytest.fixture
def window(chromium, served):
    """Opens a window: `window(width, height, locale)`; a fault in the page's scripts fails the test."""
    opened, faults = [], []

    def open_window(width: int = 1280, height: int = 860, locale: str = "zh-CN"):
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale, base_url=served[1])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
        opened.append(context)
        return page

    yield open_window
    for context in opened:
        context.close()
    assert faults == []

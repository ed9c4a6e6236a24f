"""Draws the pictures of the README anew, from an application of its own: `.venv/bin/python -m scripts.pictures`. Needs Chromium and the built front end."""
from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server

from tests.conftest import MORNING, PASSWORD, fill_with_content, settings_for
from tests.desk_story import HANDLER, Story
from webapp.app import create_app
from webapp.scenarios.sandbox import StoryClock
from webapp.settings import ROOT
from webapp.worker import sweep

TARGET = ROOT / "docs" / "pictures"
PORTAL = {"width": 1280, "height": 900}
CASE = {"width": 1280, "height": 1500}


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        url = f"sqlite:///{folder}/pictures.sqlite3"
        fill_with_content(url)
        clock = StoryClock()
        clock.move(MORNING)
        app = create_app(settings_for(url, Path(folder)), clock)
        story = Story(app, clock)
        number = story.at_handle()
        story.wait(days=17)
        with app.app_context():
            sweep(app.extensions["duban"].env)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none"])
        page = browser.new_context(viewport=PORTAL, locale="zh-CN", base_url=f"http://127.0.0.1:{server.port}", device_scale_factor=1).new_page()
        TARGET.mkdir(exist_ok=True)
        page.goto("/")
        page.screenshot(path=TARGET / "portal.png")
        page.goto("/desk/login")
        page.fill("#login", HANDLER)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/")
        page.set_viewport_size(CASE)
        page.goto(f"/desk/cases/{number}")
        page.wait_for_selector("[data-diagram][data-ready] .step-now")
        page.wait_for_selector("#act-form[data-ready]")
        page.screenshot(path=TARGET / "case.png")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()

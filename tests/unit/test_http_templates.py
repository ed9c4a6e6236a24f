"""The macros draw, escape and speak both languages; every text of the templates has its English."""
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask_babel import Babel

from webapp.http import jinja
from webapp.http.assets import AssetsMissing, asset_files

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture()
def page():
    app = Flask("webapp", root_path=str(ROOT / "webapp"), template_folder="templates")
    spoken = {"lang": "zh"}
    Babel(app, default_locale="zh", locale_selector=lambda: spoken["lang"])
    jinja.install(app)

    def draw(source, lang="zh", **context):
        spoken["lang"] = lang
        with app.test_request_context():
            return render_template_string('{% import "macros.html" as ui %}' + source, **context)

    return draw


def test_lights_have_a_shape_and_a_word(page):
    assert "已逾期" in page("{{ ui.light('missed') }}") and "<svg" in page("{{ ui.light('missed') }}")
    assert page("{{ ui.light('met') }}").count("light-done") == 1


def test_days_left(page):
    drawn = page("{{ ui.days_left(3, due, 'yellow') }}", due=date(2026, 10, 19))
    assert "剩 3 个工作日" in drawn and "10月19日" in drawn and "light-yellow" in drawn
    assert "light-red" in page("{{ ui.days_left(-1, due, 'yellow') }}", due=date(2026, 10, 19))
    assert "已暂停" in page("{{ ui.days_left(none, none) }}")


def test_a_deadline_line_without_inline_styles(page):
    view = {"label": "办理", "start": date(2026, 9, 21), "today": date(2026, 10, 9), "due": date(2026, 10, 19), "status": "running", "light": "green", "days_left": 6, "span": "15 wd"}
    drawn = page("{{ ui.deadline_line(view) }}", view=view)
    assert "15 个工作日" in drawn and "到期 10月19日" in drawn and "style=" not in drawn


def test_nothing_a_citizen_wrote_is_markup(page):
    evil = "</script><script>alert(1)</script>"
    assert "<script>alert" not in page("{{ ui.js_form('f', {'components': []}, {'text': evil}, '/') }}{{ ui.empty(evil) }}", evil=evil)
    view = page("{{ ui.fields(fields_of(schema), {'text': evil}) }}", schema={"components": [{"type": "textarea", "key": "text", "label": evil}]}, evil=evil)
    assert "<script>" not in view and "&lt;/script&gt;" in view


def test_a_problem_stands_at_the_top_and_beside_its_field(page):
    drawn = page("{{ ui.error_summary(problems) }}{{ ui.fields(fields_of(schema), {}, problems) }}", problems=[{"field": "title", "code": "required", "zh": "请填写“标题”", "en": "Title: needed"}],
                 schema={"components": [{"type": "textfield", "key": "title", "label": "标题", "validate": {"required": True}}]})
    assert 'href="#f-title"' in drawn and 'aria-describedby="f-title-wrong"' in drawn and drawn.count("请填写“标题”") == 2


def catalogue():
    return {message.id: message for message in read_po(BytesIO((ROOT / "webapp/translations/en/LC_MESSAGES/messages.po").read_bytes())) if message.id}


def test_every_text_of_the_templates_has_its_english():
    english = catalogue()
    used = {message for _, _, message, _, _ in extract_from_dir(str(ROOT / "webapp/templates"), method_map=[("**.html", "jinja2")], options_map={"**.html": {"trimmed": "true"}})}
    assert used and sorted(text for text in used if text not in english or not english[text].string) == []


def test_figures_survive_translation():
    for text, message in catalogue().items():
        assert sorted(part.split(")")[0] for part in text.split("%(")[1:]) == sorted(part.split(")")[0] for part in message.string.split("%(")[1:]), text


def test_assets_say_what_is_missing(tmp_path):
    with pytest.raises(AssetsMissing, match="npm run build"):
        asset_files("base", tmp_path)
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite/manifest.json").write_text('{"entries/base.js": {"file": "assets/b.js", "imports": ["_c.js"], "css": ["assets/b.css"]}, "_c.js": {"file": "assets/c.js", "css": ["assets/c.css"]}}')
    from webapp.http import assets
    assets._manifest.cache_clear()
    assert asset_files("base", tmp_path) == (["/static/dist/assets/c.css", "/static/dist/assets/b.css"], "/static/dist/assets/b.js")
    with pytest.raises(AssetsMissing, match="no entry"):
        asset_files("nothing", tmp_path)

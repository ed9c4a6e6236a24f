"""Gives the templates their globals and filters; the reader's language is Flask-Babel's."""

from __future__ import annotations

from functools import wraps
from itertools import groupby
from typing import Any

from flask import Flask
from flask_babel import get_locale

from webapp.http import deadline_view, form_view, formats
from webapp.http.assets import vite_asset


def current_lang() -> str:
    """`zh` or `en`: the language of this request, Chinese outside of one."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def words_of(problem: Any) -> str:
    """A problem's words in the reader's language: `zh`/`en` as the answers' check has them, else its `text`."""
    get = problem.get if isinstance(problem, dict) else lambda name: getattr(problem, name, None)
    return get(current_lang()) or get("text") or get("zh") or ""


def _spoken(function):
    @wraps(function)
    def filtered(value, *args, **kwargs):
        return function(value, *args, lang=current_lang(), **kwargs)

    return filtered


def _short_date(value, today=None) -> str:
    return formats.short_date(value, current_lang(), today)


def _date_and_time(value, today=None) -> str:
    return formats.date_and_time(value, current_lang(), today)


def by_day(entries) -> list[tuple]:
    """[(Shanghai date, its entries)] of entries in time's order, either way round."""
    return [(day, list(found)) for day, found in groupby(entries, key=lambda each: formats.as_date(each["at"] if isinstance(each, dict) else each.at))]


def chosen(option: str, value: Any) -> bool:
    """Whether an option (as HTML knows it) is the value, or one of a list."""
    held = value if isinstance(value, list | tuple) else [value]
    return any(option == (str(each).lower() if isinstance(each, bool) else str(each)) for each in held if each is not None)


def install(app: Flask) -> None:
    """Filters long_date, short_date, weekday, clock_time, date_and_time, span, days_left, file_size; globals lang, vite_asset and what macros.html uses."""
    env = app.jinja_env
    for name in ("long_date", "weekday", "clock_time", "span", "days_left"):
        env.filters[name] = _spoken(getattr(formats, name))
    env.filters.update(short_date=_short_date, date_and_time=_date_and_time, file_size=formats.file_size, as_date=formats.as_date, groupby_day=by_day)
    env.globals.update(
        lang=current_lang,
        vite_asset=vite_asset,
        words_of=words_of,
        deadline_layout=lambda view, words: deadline_view.lay_out(view, words, current_lang()),
        proof_days=deadline_view.proof_days,
        fields_of=form_view.fields_of,
        chosen=chosen,
    )
    env.trim_blocks = env.lstrip_blocks = True

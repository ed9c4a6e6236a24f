"""How days are counted, in plain words, with three real cases drawn by the calendar that counts."""
from __future__ import annotations

from flask import render_template

from webapp.cases.calculator_input import NATIONAL
from webapp.domain.clock import start_of_day
from webapp.domain.deadlines import Deadline
from webapp.domain.examples import examples
from webapp.http.deadline_words import sheet_of
from webapp.http.web import env, public

from .frame import calculator_limit, limiter, portal


@portal.get("/about/counting")
@public
@limiter.limit(calculator_limit)
def about_counting():
    """The page that explains counting."""
    calendar = env().registry.calendar(NATIONAL)
    found = examples(calendar)
    sheets = {each.name: sheet_of(Deadline.begin(each.name, 1, each.span, None, start_of_day(each.start), calendar), calendar) for each in found}
    return render_template("portal/about_counting.html", examples=found, sheets=sheets)

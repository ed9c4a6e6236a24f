"""Every route has been decided on: each view says whether it is public or for staff. What nobody decided on is a mistake."""
from __future__ import annotations

import pytest

from tests.conftest import settings_for
from webapp.app import create_app

WITHOUT = {"static"}        # Flask's own: built files, no data
ACCESS = {"public", "staff", "token", "token or code"}


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("routes")
    app = create_app(settings_for(f"sqlite:///{folder / 'none.sqlite3'}", folder))
    return [(rule, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules() if rule.endpoint not in WITHOUT]


def test_every_route_says_who_may_come(routes):
    undecided = [f"{rule.endpoint} {rule.rule}" for rule, view in routes if getattr(view, "access", None) not in ACCESS]
    assert routes and undecided == []


def test_the_desk_is_for_staff_but_for_its_door(routes):
    public = {rule.endpoint for rule, view in routes if rule.endpoint.startswith("desk.") and view.access == "public"}
    assert public == {"desk.login", "desk.do_login"}


def test_nothing_changes_by_a_get(routes):
    verbs = {rule.endpoint: rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"} for rule, _ in routes if rule.endpoint.startswith("desk.")}
    assert {name for name, methods in verbs.items() if len(methods) > 1} == set()

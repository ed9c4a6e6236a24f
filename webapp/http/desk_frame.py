"""The frame of every page for staff: the rail with its counts, the place, the person, the languages. What is not registered is not listed."""
from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from webapp.cases.enter_case import desks
from webapp.permissions import REPORTING, Person, count_open

from .case_words import ROLES, word
from .jinja import current_lang
from .web import env, languages, person

COVERAGE = frozenset({"policy", "admin", "auditor"})      # the roles that see what scenarios cover
RAIL = (        # id, endpoint, roles that see it (None: everybody)
    ("tasks", "desk.tasks", None), ("unit", "desk.unit", None), ("notices", "desk.notices", None), ("search", "desk.search", None), ("enter", "desk.enter", None),
    ("supervision", "desk.supervision", {"supervisor", "leader"}),
    ("reports", "desk.reports", REPORTING), ("studio", "studio.index", {"policy", "admin"}), ("calendar", "desk.calendar", {"policy", "admin", "supervisor"}),
    ("coverage", "desk.coverage", COVERAGE), ("incidents", "desk.incidents", {"admin"}), ("admin", "admin.index", {"admin"}),
)
COUNTED_TO = 100


def frame(current: str = "") -> dict[str, Any]:
    """What desk/layout.html expects; `current` is the rail's id of the page."""
    who, registry, lang = person(), env().registry, current_lang()
    main = who.holdings[0].unit if who.holdings else None
    place = next((d for d in registry.directories().values() if main in d), None)
    roles = "、".join(dict.fromkeys(word(ROLES, h.role) for h in who.holdings))
    demo = current_app.extensions["duban"].settings.demo
    return {
        "rail": _rail(who, current), "languages": languages(), "place": {"name": (place.en if lang == "en" else place.zh) if place else ""},
        "person": {"name": who.name, "unit": registry.unit_name(main, lang), "role": roles,
                   "links": [{"label": _("退出"), "url": url_for("desk.logout"), "post": True}]},
        "demo_now": env().now() if demo else None,
    }


def _rail(who: Person, current: str) -> list[dict[str, Any]]:
    waiting = count_open(who, COUNTED_TO)
    items = []
    for name, endpoint, roles in RAIL:
        if endpoint not in current_app.view_functions or (roles is not None and not any(who.has_role(r) for r in roles)):
            continue
        if name == "enter" and not desks(env(), who):
            continue
        count = (waiting if waiting < COUNTED_TO else f"{COUNTED_TO}+") if name == "tasks" else None
        items.append({"id": name, "url": url_for(endpoint), "current": name == current, "count": count})
    return items

"""The demonstration's clock: moved forward, and everything that then is due has happened before the answer. Outside the demonstration there is none."""
from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import current_app, jsonify
from sqlalchemy import func, select

from webapp.cases.fire_moments import fire_all
from webapp.domain.clock import SHANGHAI
from webapp.http.web import env
from webapp.models import LedgerEntry, db
from webapp.models.storage import reading_only

from .blueprint import api
from .operations import NO_QUERY, answer, body, operation, problems
from .problems import ApiProblem
from .reading import read_body, read_query

FARTHEST = timedelta(days=800)      # at once: every weekly reminder on the way fires
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


@operation("public", {
    "operationId": "moveClock", "summary": "拨快演示时钟 Move the demonstration's clock",
    "description": "只能向前；到期的时点都触发之后才答复。 Forward only; answered after the moments have fired.",
    "requestBody": body("ClockMove"),
    "responses": {"200": answer("已拨。 Moved.", "Clock"), **problems(400, 413, 415, 422)}})
def clock():
    read_query(NO_QUERY)
    to = read_moment(read_body("ClockMove")["to"])
    now = env().now()
    if to < now:
        raise ApiProblem(422, [("to", "past", "时钟不能拨回", "The clock cannot go back")])
    if to > now + FARTHEST:
        raise ApiProblem(422, [("to", "too_far", f"一次最多拨快 {FARTHEST.days} 天", f"At most {FARTHEST.days} days at once")])
    db.session.remove()
    before = _count_fired(to)
    env().clock.move(to)
    fire_all(env())
    worker = current_app.extensions.get("duban_worker")
    if worker is not None:
        worker.turn()           # what was to be told is delivered too
    return jsonify(now=env().now().isoformat(), fired=_count_fired(to) - before)


@api.record
def _in_the_demonstration_only(state) -> None:
    if state.app.extensions["duban"].settings.demo:
        state.add_url_rule("/demo/clock", "clock", clock, methods=["POST"])


def read_moment(text: str) -> datetime:
    """A time as aware UTC; without an offset it is Asia/Shanghai, without a time midnight. ApiProblem 422."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "T").replace("Z", "+00:00")) if MOMENT.fullmatch(text) else None
        if found is not None:
            return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ApiProblem(422, [("to", "date", "不是有效的日期或时间", "Not a real date or time")])


def _count_fired(since: datetime) -> int:
    """Moments entered in the ledger since then, by whomever: the embedded worker wakes too when the clock moves."""
    with reading_only():
        found = db.session.scalar(select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "moment", LedgerEntry.at >= since)) or 0
        db.session.remove()
    return found

"""`GET /healthz`: whether this process can serve, for load balancers and container engines. It says nothing else."""
from __future__ import annotations

import logging

from flask import Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from webapp.models import Stamp, db

log = logging.getLogger("duban.health")


def health() -> tuple[Response, int]:
    """200 {"status": "ok"} when the database answers one cheap query and has our tables, otherwise 503."""
    try:
        db.session.execute(select(Stamp.name).limit(1)).first()
    except SQLAlchemyError:
        log.warning("the database does not answer", exc_info=True)
        return jsonify(status="unavailable"), 503
    finally:
        db.session.remove()
    return jsonify(status="ok"), 200

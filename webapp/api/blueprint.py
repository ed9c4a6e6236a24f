"""The API's blueprint and its brakes: by address, by token, and a tighter one on wrong query codes."""
from __future__ import annotations

import hashlib

from flask import Blueprint, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from webapp.http.web import csrf

PREFIX = "/api/v1"
WHOLE_LIMIT = "6000 per minute"         # of requests, for an address and for a token alike
GUESS_LIMIT = "100 per 10 minutes"      # of wrong query codes, for an address

api = Blueprint("api", __name__, url_prefix=PREFIX)
csrf.exempt(api)                        # nothing here is decided by a cookie
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=True)


def by_token() -> str:
    """Whoever sends the same credential, good or bad."""
    return hashlib.sha256(request.headers.get("Authorization", "").encode("utf-8", "replace")).hexdigest()


def unlimited() -> bool:
    return not current_app.extensions["duban"].settings.rate_limits


def _wrong_code(response) -> bool:
    return response.status_code == 404 and "code" in request.args


limiter.shared_limit(WHOLE_LIMIT, scope="api-address", exempt_when=unlimited)(api)
limiter.shared_limit(WHOLE_LIMIT, scope="api-token", key_func=by_token, exempt_when=lambda: unlimited() or "Authorization" not in request.headers)(api)
limiter.shared_limit(GUESS_LIMIT, scope="api-codes", deduct_when=_wrong_code, exempt_when=lambda: unlimited() or "code" not in request.args)(api)


@api.record_once
def _install(state) -> None:
    settings = state.app.extensions["duban"].settings
    state.app.config.setdefault("RATELIMIT_STORAGE_URI", settings.rate_limit_storage)
    state.app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)      # each process counts for itself while the storage is away
    limiter.init_app(state.app)

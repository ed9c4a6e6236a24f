"""The blueprint of the desk; the modules beside this one hang their routes on it. Guessing passwords is slowed down here."""
from flask import Blueprint, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

desk = Blueprint("desk", __name__, url_prefix="/desk")
limiter = Limiter(get_remote_address, default_limits=[])
WRONG_FROM_ONE_ADDRESS = "30 per 10 minutes"
WRONG_FOR_ONE_LOGIN = "10 per 10 minutes"


@desk.record_once
def _install(state) -> None:
    state.app.config.setdefault("RATELIMIT_STORAGE_URI", state.app.extensions["duban"].settings.rate_limit_storage)
    state.app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)      # each process counts for itself while the storage is away
    limiter.init_app(state.app)


def unlimited() -> bool:
    """Whether the settings turn the brakes off (tests, measurements)."""
    return not current_app.extensions["duban"].settings.rate_limits


def by_login() -> str:
    """The login that is tried."""
    return request.form.get("login", "").strip().lower()[:200]

"""The bundled calendars, for the tests of counting time."""

from datetime import datetime
from pathlib import Path

from hypothesis import settings

from webapp.domain.calendar import calendars_of, load_layer
from webapp.domain.clock import SHANGHAI

# the first question about a year reads the library's tables: no time limit for one example
settings.register_profile("counting", deadline=None)
settings.load_profile("counting")

FILES = Path(__file__).parents[2] / "processes" / "national" / "calendars"
LAYERS = [load_layer(path.read_bytes(), range(2015, 2035)) for path in sorted(FILES.glob("*.toml"))]
CALENDARS = calendars_of(LAYERS)
NATION, DALI = CALENDARS["national"], CALENDARS["dali"]


def at(text: str) -> datetime:
    """A Shanghai moment from `2026-09-21` or `2026-09-21 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

"""All routes of the desk, on one blueprint."""
from . import acts, calendars, cases, coverage, deadlines, entering, files, incidents, lists, notices, reports, signing_in, supervisions  # noqa: F401  (each hangs its routes on the blueprint)
from .blueprint import desk

__all__ = ["desk"]

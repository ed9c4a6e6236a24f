"""The API's door: its blueprint with every route attached."""
from __future__ import annotations

from . import calculator, cases, deadlines, demo, documents, files, problems, tasks
from .blueprint import api

__all__ = ["api", "calculator", "cases", "deadlines", "demo", "documents", "files", "problems", "tasks"]

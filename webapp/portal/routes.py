"""The portal's blueprint, with all its pages."""
from __future__ import annotations

from . import acts, calculator, counting, deadlines, files, filing, follow, home, opinions, receipt
from .frame import portal

__all__ = ["acts", "calculator", "counting", "deadlines", "files", "filing", "follow", "home", "opinions", "portal", "receipt"]

"""What use cases are given by the application: the injected clock, the registry, the ledger's key, the files. No use case reaches for these elsewhere."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from webapp.deployments.registry import Registry
from webapp.engine import Watch

from .courtesy import Courtesy
from .files import Files


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass
class Environment:
    """One per application."""

    clock: Clock
    registry: Registry
    ledger_key: bytes
    files: Files = field(default_factory=Files)     # in memory, unless the application says where
    watch: Watch | None = None                      # is told what the engine passes; none in service
    courtesy: Courtesy = field(default_factory=Courtesy)

    def now(self) -> datetime:
        """The time, aware UTC."""
        return self.clock.now()

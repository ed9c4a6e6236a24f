"""The worker: fires deadlines' moments as they come due, gathers reminders in the morning and sends what waits in the outbox. The rows are the truth; a lost turn only waits for the next."""
from .letters import deliver
from .moments import ATTEMPTS, sweep
from .reminders import gather
from .turns import Worker

__all__ = ["ATTEMPTS", "Worker", "deliver", "gather", "sweep"]

"""What a unit, a role and an account are: the words that the unit tree is written in."""

from dataclasses import dataclass
from typing import NamedTuple

LEVELS = ("province", "city", "county", "town", "village")  # from the highest to the lowest
KINDS = ("government", "department", "office", "platform")
ROLES = (
    "intake", "dispatcher", "clerk", "unit_head", "approver", "supervisor", "revisitor", "leader", "policy", "admin", "auditor",
)  # fmt: skip
ACCOUNTS_PER_ROLE = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the tree. `parent` is the code above it in the tree (None for the top), `up` the unit one level above it
    where the file says so, `leader` and `contact` who answers for this work and who is called ("" where nobody is named)."""

    code: str
    zh: str
    en: str
    level: str
    kind: str
    parent: str | None
    group: str | None
    roles: tuple[str, ...]
    leader: str
    contact: str
    up: str | None = None


class Group(NamedTuple):
    """A group of units that are assessed together."""

    id: str
    zh: str
    en: str


class Account(NamedTuple):
    """One person of the demo: `login` is `unit.role`, or `unit.role#2` for the second person in that role."""

    login: str
    unit: str
    role: str
    number: int
    name_zh: str


@dataclass(frozen=True, slots=True)
class DirectoryProblem:
    """One thing wrong with a directory file. `where` is a unit's code or a key of the file, `line` counts from 1 (None where
    it is not known), `code` is stable, `zh` and `en` say it to a reader."""

    where: str
    line: int | None
    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.where}" if self.line else self.where
        return f"{place}: {self.en}"


class DirectoryProblems(ValueError):
    """A directory file that cannot be used; `problems` holds everything found, in the order of the file."""

    def __init__(self, problems: list[DirectoryProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))

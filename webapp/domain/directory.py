"""The unit tree of a jurisdiction: who stands above whom, who is below whom, and the accounts of its people."""

from collections.abc import Iterator

from webapp.domain.directory_file import Contents, read_directory
from webapp.domain.person_names import demo_name
from webapp.domain.units import ACCOUNTS_PER_ROLE, LEVELS, Account, DirectoryProblem, DirectoryProblems, Group, Unit

__all__ = ["Account", "Directory", "DirectoryProblem", "DirectoryProblems", "Group", "Unit", "UnknownUnit", "load_directory"]


class UnknownUnit(KeyError):
    """No unit of the directory has this code."""


def load_directory(toml: bytes) -> "Directory":
    """The directory that a file holds; raises DirectoryProblems with everything that is wrong with the file."""
    directory = Directory(read_directory(toml))
    circles = [unit.code for unit in directory.units if _in_circle(directory, unit.code)]
    if circles:
        raise DirectoryProblems(
            [DirectoryProblem(code, None, "up_circle", "“up”绕成了圈", '"up" runs in a circle') for code in circles]
        )
    return directory


def _in_circle(directory: "Directory", code: str) -> bool:
    seen: set[str] = set()
    above = directory.one_up(code)
    while above is not None and above.code not in seen:
        if above.code == code:
            return True
        seen.add(above.code)
        above = directory.one_up(above.code)
    return False


class Directory:
    """An immutable tree of units, in the order of its file. `id`, `zh`, `en` name it; `groups` are those of its units; at `reminders_at` (Shanghai) its people are told what is due."""

    def __init__(self, contents: Contents) -> None:
        self.id, self.zh, self.en = contents.id, contents.zh, contents.en
        self.units = contents.units
        self.groups = contents.groups
        self.reminders_at = contents.reminders_at
        self._up = contents.up
        self._by_code = {unit.code: unit for unit in contents.units}
        self._children: dict[str | None, list[Unit]] = {}
        for unit in contents.units:
            self._children.setdefault(unit.parent, []).append(unit)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __len__(self) -> int:
        return len(self.units)

    @property
    def top(self) -> Unit:
        """The unit that all others are below."""
        return self._children[None][0]

    def unit(self, code: str) -> Unit:
        """The unit of this code; raises UnknownUnit."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownUnit(code) from None

    def parent(self, code: str) -> Unit | None:
        """The unit right above in the tree, None for the top; raises UnknownUnit."""
        above = self.unit(code).parent
        return None if above is None else self._by_code[above]

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """The units above in the tree, the nearest first; raises UnknownUnit."""
        found = []
        above = self.parent(code)
        while above is not None:
            found.append(above)
            above = self.parent(above.code)
        return tuple(found)

    def children(self, code: str) -> tuple[Unit, ...]:
        """The units right below, in the order of the file; raises UnknownUnit."""
        return tuple(self._children.get(self.unit(code).code, ()))

    def below(self, code: str) -> tuple[Unit, ...]:
        """The unit and all below it, in the order of the file; raises UnknownUnit."""
        self.unit(code)
        return tuple(unit for unit in self.units if self.within(unit.code, code))

    @staticmethod
    def within(code: str, top: str) -> bool:
        """Whether `code` is `top` or below it. Told by the codes alone, so that it also holds for units since removed."""
        return code == top or code.startswith(f"{top}/")

    def one_up(self, code: str) -> Unit | None:
        """The unit one level above: the one that the unit names (`up`), or the file for its level, or else the nearest unit
        above it in the tree whose level is higher. None where nothing stands above. Raises UnknownUnit."""
        unit = self.unit(code)
        named = unit.up or self._up.get(unit.level)
        if named is not None and named != code:
            return self._by_code[named]
        own = LEVELS.index(unit.level)
        return next((above for above in self.ancestors(code) if LEVELS.index(above.level) < own), None)

    def accounts(self) -> Iterator[Account]:
        """Every account, unit by unit: two for each role that the unit can hold."""
        for unit in self.units:
            for role in unit.roles:
                for number in range(1, ACCOUNTS_PER_ROLE + 1):
                    login = f"{unit.code}.{role}" + (f"#{number}" if number > 1 else "")
                    yield Account(login, unit.code, role, number, demo_name(login))

    def nobody_named(self) -> tuple[Unit, ...]:
        """The units that name no leader or no contact for this work, which each text demands."""
        return tuple(unit for unit in self.units if not (unit.leader and unit.contact))

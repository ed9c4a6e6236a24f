"""Reads a directory file: TOML to units, and every problem of the file at once."""

import re
import tomllib
from datetime import time
from typing import Any, NamedTuple

from webapp.domain.units import KINDS, LEVELS, ROLES, DirectoryProblem, DirectoryProblems, Group, Unit

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}(/[a-z0-9][a-z0-9-]{0,39}){0,7}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_UNIT_LINE = re.compile(r"^\s*(?:units\s*=\s*\[)?\s*\{\s*code\s*=")
_FILE_KEYS = {"id", "title", "default_roles", "groups", "up", "units", "reminders_at"}
_UNIT_KEYS = {"code", "zh", "en", "level", "kind", "group", "roles", "leader", "contact", "up"}
MAX_BYTES = 2_000_000
MAX_UNITS = 10_000
MAX_NAME = 120  # characters
MORNING = time(8, 30)  # when a day's reminders are told, where a directory does not say


class Contents(NamedTuple):
    """What a directory file holds once it is found sound."""

    id: str
    zh: str
    en: str
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    up: dict[str, str]
    reminders_at: time = MORNING


def read_directory(source: bytes) -> Contents:
    """The contents of a directory file; raises DirectoryProblems with all that is wrong with it."""
    return _Reader(source).contents()


def _among(value: Any, known: set[str]) -> bool:
    return isinstance(value, str) and value in known


class _Reader:
    def __init__(self, source: bytes) -> None:
        self.problems: list[DirectoryProblem] = []
        self.lines: list[int] = []
        self.data = self._parse(source)
        self.where, self.line = "", None

    def say(self, code: str, zh: str, en: str) -> None:
        self.problems.append(DirectoryProblem(self.where, self.line, code, zh, en))

    def _parse(self, source: bytes) -> dict[str, Any]:
        self.where, self.line = "file", None
        if len(source) > MAX_BYTES:
            self.say("too_big", f"文件超过 {MAX_BYTES} 字节", f"the file is larger than {MAX_BYTES} bytes")
            raise DirectoryProblems(self.problems)
        try:
            text = source.decode("utf-8-sig").replace("\r\n", "\n")
            data = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            found = re.search(r"at line (\d+)", str(error))
            self.line = int(found[1]) if found else None
            self.say("not_toml", "不是可读的 TOML 文件", f"not readable as TOML: {error}")
            raise DirectoryProblems(self.problems) from None
        self.lines = [number for number, line in enumerate(text.split("\n"), 1) if _UNIT_LINE.match(line)]
        return data

    def contents(self) -> Contents:
        self.where = "file"
        for key in sorted(self.data.keys() - _FILE_KEYS):
            self.say("unknown_key", f"不认识的键“{key}”", f'unknown key "{key}"')
        title = self.data.get("title")
        title = title if isinstance(title, dict) else {}
        head = {key: self._text(title, key, f"title.{key}") for key in ("zh", "en")}
        name = self._text(self.data, "id", "id")
        default = self._roles(self.data.get("default_roles"), "default_roles")
        groups = self._groups(self.data.get("groups", []))
        units = self._units(default, {group.id for group in groups})
        up = self._file_up({unit.code for unit in units})
        reminders_at = self._time("reminders_at", MORNING)
        if self.problems:
            raise DirectoryProblems(self.problems)
        return Contents(name, head["zh"], head["en"], units, groups, up, reminders_at)

    def _units(self, default: tuple[str, ...], groups: set[str]) -> tuple[Unit, ...]:
        rows = self.data.get("units")
        if not isinstance(rows, list) or not rows:
            self.say("no_units", "没有单位(units)", "there are no units")
            return ()
        if len(rows) > MAX_UNITS:
            self.say("too_many", f"单位多于 {MAX_UNITS} 个", f"there are more than {MAX_UNITS} units")
            return ()
        lines: list[int | None] = list(self.lines) if len(self.lines) == len(rows) else [None] * len(rows)
        codes = {row["code"] for row in rows if isinstance(row, dict) and isinstance(row.get("code"), str)}
        levels: dict[str, str] = {}  # of the units read so far
        units: dict[str, Unit] = {}
        for number, (row, line) in enumerate(zip(rows, lines, strict=True), 1):
            self.where, self.line = f"units[{number}]", line
            if not isinstance(row, dict) or not isinstance(row.get("code"), str):
                self.say("no_code", "单位没有代码", "a unit without a code")
                continue
            self.where = _CONTROL.sub("?", row["code"][:200])
            unit = self._unit(row, default, groups, codes, levels)
            if unit.code in units:
                self.say("duplicate", "代码重复", "the code occurs twice")
            units[unit.code] = unit
        self.where, self.line = "file", None
        tops = [code for code, unit in units.items() if unit.parent is None]
        if len(tops) != 1:
            self.say(
                "tops", f"应当只有一个最上级单位,现有 {len(tops)} 个", f"there must be one unit at the top, there are {len(tops)}"
            )
        return tuple(units.values())

    def _unit(
        self, row: dict[str, Any], default: tuple[str, ...], groups: set[str], codes: set[str], levels: dict[str, str]
    ) -> Unit:
        code = row["code"]
        for key in sorted(row.keys() - _UNIT_KEYS):
            self.say("unknown_key", f"不认识的键“{key}”", f'unknown key "{key}"')
        sound = bool(_CODE.fullmatch(code))
        if not sound:
            self.say(
                "bad_code", "代码只能由小写字母、数字和连字符的段组成", "a code is segments of a-z, 0-9 and - separated by /"
            )
        parent = code.rpartition("/")[0] or None
        if sound and parent is not None and parent not in levels:
            self.say("no_parent", f"上级单位“{parent}”没有列在它之前", f'its parent "{parent}" is not listed before it')
        level = levels[code] = self._level(row.get("level", levels.get(parent or "")), levels.get(parent or ""))
        group = row.get("group")
        if group is not None and not _among(group, groups):
            self.say("unknown_group", f"没有分组“{group}”", f'there is no group "{group}"')
        up = row.get("up")
        if up is not None and (not _among(up, codes) or up == code):
            self.say("unknown_up", f"上一级“{up}”不是另一个单位", f'"{up}" (up) is not another unit')
        return Unit(
            code=code,
            zh=self._text(row, "zh", "zh"),
            en=self._text(row, "en", "en"),
            level=level,
            kind=self._one_of(row.get("kind", "department"), KINDS, "unknown_kind", "类型"),
            parent=parent,
            group=group,
            roles=self._roles(row["roles"], "roles") if "roles" in row else default,
            leader=self._text(row, "leader", "leader", needed=False),
            contact=self._text(row, "contact", "contact", needed=False),
            up=up,
        )

    def _level(self, level: Any, above: str | None) -> str:
        if level is None:
            self.say("no_level", "没有层级", "it has no level")
            return ""
        known = self._one_of(level, LEVELS, "unknown_level", "层级")
        if known in LEVELS and above in LEVELS and LEVELS.index(known) < LEVELS.index(above):
            self.say("level_above_parent", "层级高于上级单位", "its level is higher than its parent's")
        return known

    def _one_of(self, value: Any, known: tuple[str, ...], code: str, zh: str) -> str:
        if value not in known:
            self.say(code, f"不认识的{zh}“{value}”", f'"{value}" is not one of {", ".join(known)}')
        return value if isinstance(value, str) else ""

    def _text(self, row: dict[str, Any], key: str, name: str, *, needed: bool = True) -> str:
        value = row.get(key, "")
        if not isinstance(value, str) or len(value) > MAX_NAME or _CONTROL.search(value):
            self.say("bad_text", f"“{name}”不是可用的文字", f'"{name}" is not a text of at most {MAX_NAME} printable characters')
        elif needed and not value.strip():
            self.say("no_text", f"缺少“{name}”", f'"{name}" is missing')
        return value.strip() if isinstance(value, str) else ""

    def _time(self, key: str, default: time) -> time:
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            self.say("bad_time", f"“{key}”应当是时刻,例如 08:30", f'"{key}" must be a time of day such as 08:30')
            return default
        return time.fromisoformat(value)

    def _roles(self, value: Any, name: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            self.say("no_roles", f"“{name}”应当是角色列表", f'"{name}" must be a list of roles')
            return ()
        for role in value:
            if role not in ROLES:
                self.say("unknown_role", f"不认识的角色“{role}”", f'there is no role "{role}"')
        return tuple(dict.fromkeys(role for role in value if isinstance(role, str)))

    def _groups(self, value: Any) -> tuple[Group, ...]:
        groups: dict[str, Group] = {}
        for row in value if isinstance(value, list) else [value]:
            row = row if isinstance(row, dict) else {}
            group = Group(*(self._text(row, key, f"groups.{key}") for key in ("id", "zh", "en")))
            if group.id in groups:
                self.say("duplicate", f"分组“{group.id}”重复", f'the group "{group.id}" occurs twice')
            groups[group.id] = group
        return tuple(groups.values())

    def _file_up(self, codes: set[str]) -> dict[str, str]:
        self.where, self.line = "up", None
        value = self.data.get("up", {})
        if not isinstance(value, dict):
            self.say("bad_up", "“up”应当是层级到单位的对照", '"up" must map a level to a unit')
            return {}
        for level, code in value.items():
            self._one_of(level, LEVELS, "unknown_level", "层级")
            if not _among(code, codes):
                self.say("unknown_up", f"没有单位“{code}”", f'there is no unit "{code}"')
        return dict(value)

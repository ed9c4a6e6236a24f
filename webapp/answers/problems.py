"""What can be wrong with an answer: the closed list of codes, each with its words in both languages."""

from __future__ import annotations

from dataclasses import dataclass

# code → (Chinese, English); {label} is the field's name, {limit} the figure it breaks.
WORDS: dict[str, tuple[str, str]] = {
    "required": ("请填写“{label}”", "{label}: an answer is required"),
    "unknown_field": ("表单中没有“{label}”这一项", "The form has no field {label}"),
    "type": ("“{label}”的内容类型不对", "{label}: the value is of the wrong type"),
    "control_characters": ("“{label}”含有不可用的控制字符，请删除后重填", "{label}: contains control characters; remove them"),
    "invisible_characters": (
        "“{label}”含有看不见的字符（零宽或改变文字方向的字符），请删除后重填",
        "{label}: contains invisible characters (zero-width or direction marks); remove them",
    ),
    "too_short": ("“{label}”至少要写 {limit} 个字", "{label}: at least {limit} characters"),
    "too_long": ("“{label}”最多 {limit} 个字", "{label}: at most {limit} characters"),
    "pattern": ("“{label}”的格式不对", "{label}: not in the form that is asked for"),
    "email": ("“{label}”不是有效的电子邮箱", "{label}: not a valid e-mail address"),
    "phone": (
        "“{label}”不是有效的国际电话号码，例如 +8687212345678",
        "{label}: not a valid international number, such as +8687212345678",
    ),
    "too_small": ("“{label}”不能小于 {limit}", "{label}: not less than {limit}"),
    "too_big": ("“{label}”不能大于 {limit}", "{label}: not more than {limit}"),
    "step": ("“{label}”须是 {limit} 的倍数", "{label}: must be a multiple of {limit}"),
    "decimals": ("“{label}”最多 {limit} 位小数", "{label}: at most {limit} decimal places"),
    "not_an_option": ("“{label}”不在可选的范围内", "{label}: not one of the choices"),
    "duplicate": ("“{label}”中有重复的选项", "{label}: something is chosen twice"),
    "too_many": ("“{label}”最多 {limit} 项", "{label}: at most {limit}"),
    "date": ("“{label}”不是有效的日期或时间", "{label}: not a real date or time"),
    "past_date": ("“{label}”不能早于今天", "{label}: not earlier than today"),
    "unknown_unit": ("“{label}”：没有这个单位，或该单位已停用", "{label}: there is no such unit, or it is closed"),
    "respondent": ("“{label}”不能是被反映的单位或其下级单位", "{label}: not the reported unit or one below it"),
    "unknown_case": ("“{label}”：没有这个编号的留言", "{label}: there is no case of this number"),
    "unknown_file": ("“{label}”：附件不存在，请重新上传", "{label}: there is no such file; upload it again"),
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one answer. `field` is its key (in a list `key.0.key`); `code` is of WORDS or a lookup's."""

    field: str
    code: str
    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The words in a language: English for `en…`, else Chinese."""
        return self.en if lang.startswith("en") else self.zh


class Refused(Exception):
    """Raised by a lookup that refuses what is named (a reported unit, say): its code and words become the field's problem."""

    def __init__(self, code: str, zh: str, en: str):
        super().__init__(f"{code}: {en}")
        self.code, self.zh, self.en = code, zh, en


def problem(path: str, code: str, labels: tuple[str, str], limit: object = "") -> Problem:
    """A problem of the closed list, its words filled in with the field's label in each language."""
    zh, en = WORDS[code]
    return Problem(path, code, zh.format(label=labels[0], limit=limit), en.format(label=labels[1], limit=limit))

"""File names made harmless: no path, no invisible characters, bounded, and with the ending that the content has."""
from __future__ import annotations

import re
import unicodedata

from webapp.cases.errors import refuse

from .kinds import KNOWN_ENDINGS, REFUSED_ENDINGS, Kind

MAX_CHARACTERS = 120
MAX_BYTES = 240                 # of UTF-8: what the usual file systems take, with room for a browser's " (1)"
RAW_MAX = 4_000                 # characters that are looked at, at all
UNFIT = re.compile(r'[<>:"|?*]')                            # a drive, a stream, a pipe: refused by some system as a name
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
ENDING = re.compile(r"\.([A-Za-z0-9]{1,12})$")


def clean_name(raw: str | None) -> str:
    """The last part of the name as it was sent, composed (NFC), without control, direction and other invisible characters. May be empty."""
    text = unicodedata.normalize("NFC", str(raw or "")[-RAW_MAX:]).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(" " if unicodedata.category(c) in ("Zs", "Zl", "Zp") else c for c in text if unicodedata.category(c)[0] != "C")
    text = re.sub(r" {2,}", " ", UNFIT.sub("_", text)).strip(". ")
    return "_" + text if RESERVED.match(text) else text


def ending_of(name: str) -> str:
    """The ending in small letters, compatibility forms (full-width letters, for example) folded; '' without one."""
    found = ENDING.search(unicodedata.normalize("NFKC", name).rstrip(". "))
    return found[1].lower() if found else ""


def fit_name(raw: str | None, kind: Kind) -> str:
    """The name under which a file of that kind is kept. Refusal `file_type` when it ends like something that is run, opened as a page or unpacked."""
    name = clean_name(raw)
    ending = ending_of(name)
    if ending in REFUSED_ENDINGS:
        raise refuse("file_type", f"不接收以“.{ending}”结尾的文件", f"Files that end in '.{ending}' are not taken")
    written = name.lower().endswith(f".{ending}") if ending else False
    known = KNOWN_ENDINGS.get(ending)
    # Another type's ending gives way; it stays visible before `.txt`, since a text under the name of a picture is odd.
    stem = name[: -len(ending) - 1] if written and known is not None and (known is kind or kind.family != "text") else name
    ending = ending if written and known is kind else kind.extensions[0]
    return f"{_cut(stem.strip('. ') or 'file', len(ending) + 1)}.{ending}"


def _cut(stem: str, more: int) -> str:
    stem = stem[: MAX_CHARACTERS - more]
    while len(stem.encode()) > MAX_BYTES - more:
        stem = stem[:-1]
    return stem.rstrip(". ") or "file"

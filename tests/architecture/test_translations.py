"""Every text that a person reads has its English: what is marked for translation in Python and templates stands in the catalogue."""
from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "webapp" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None, "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
PLACES = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def extracted() -> dict[tuple, str]:
    """Each (context, text) with the first place where it stands."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[tuple, str] = {}
    here = extract_from_dir(str(ROOT), method_map=methods, options_map=options, keywords=KEYWORDS, directory_filter=lambda d: Path(d).name not in
                            (".venv", "node_modules", ".git", "instance", "static", "frontend"))
    for name, line, message, _, context in here:
        found.setdefault((context, message[0] if isinstance(message, tuple) else message), f"{name}:{line}")
    return found


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def test_every_text_has_its_english(catalogue):
    missing = []
    for (context, text), place in extracted().items():
        message = catalogue.get(text, context)
        strings = message.string if message is not None and isinstance(message.string, tuple) else (message.string,) if message is not None else ()
        if not strings or not all(strings) or message.fuzzy:
            missing.append(f"{place}: {text}")
    assert not missing, "\n".join(missing)


def test_a_translation_keeps_the_places_for_values(catalogue):
    wrong = []
    for message in catalogue:
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = set(PLACES.findall(texts[0]))
        wrong += [f"{texts[0]} → {s}" for s in strings if message.id and s and not set(PLACES.findall(s)) <= wanted]
    assert not wrong, "\n".join(wrong)


def test_english_is_not_chinese(catalogue):
    strings = [(m.id, s) for m in catalogue if m.id for s in (m.string if isinstance(m.string, tuple) else (m.string,))]
    assert [pair for pair in strings if re.search(r"[\u4e00-\u9fff]", pair[1]) and pair[0] not in ("中文",)] == []

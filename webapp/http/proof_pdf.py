"""The proof of a deadline as a PDF to print or keep: Chinese first, then the same in English; its font is embedded, nothing is fetched."""
from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import orjson
import typst

from .proof_words import proof_view

TEMPLATE = Path(__file__).with_name("proof.typ")
FONTS = Path(noto_cjk_sans_otc.__file__).parent
SHEET = "sheet"     # what only the page draws


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Read once: the file holds twenty megabytes. The machine's own fonts are left out, so that every place prints the same."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def proof_pdf(proof: dict[str, Any]) -> bytes:
    """The PDF of a proof document. The same document gives the same bytes: its date is the one it was computed at."""
    parts = [{name: value for name, value in proof_view(proof, lang).items() if name != SHEET} for lang in ("zh", "en")]
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"proof": orjson.dumps(parts).decode()})
    return compiler.compile(format="pdf", timestamp=int(datetime.fromisoformat(proof["at"]).timestamp()))

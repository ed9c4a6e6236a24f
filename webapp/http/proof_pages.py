"""What the doors share to show a deadline's proof: the page's context, and the PDF as an answer."""
from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Response, send_file

from .jinja import current_lang
from .proof_pdf import proof_pdf
from .proof_words import proof_view


def proof_context(proof: dict[str, Any], page_url: Callable[[int], str], pdf_url: str) -> dict[str, Any]:
    """What proof.html needs. `page_url`: the address of the n-th deadline of that name."""
    numbers = [{"n": n, "url": page_url(n), "current": n == proof["n"]} for n in proof["numbers"]]
    return {"view": proof_view(proof, current_lang()), "numbers": numbers, "pdf_url": pdf_url}


def pdf_answer(proof: dict[str, Any]) -> Response:
    """The printed sheet, shown in the browser, to be saved under the case's number."""
    name = f"{proof['case']}-{proof['deadline']}-{proof['n']}.pdf"
    return send_file(BytesIO(proof_pdf(proof)), mimetype="application/pdf", download_name=name)

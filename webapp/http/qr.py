"""A link as a picture that a telephone reads."""
from __future__ import annotations

import segno
from markupsafe import Markup


def qr_picture(link: str) -> Markup:
    """The link's QR code as SVG to stand in a page."""
    code = segno.make(link, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=2, svgclass="qr", lineclass=None))      # noqa: S704  drawn by segno from our own link

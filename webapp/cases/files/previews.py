"""Small pictures of files, drawn when first asked for and kept on the disk; an icon where nothing can be drawn."""
from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from .store import SHA256

DRAWN = ("jpeg", "png", "gif", "webp", "pdf")
SECONDS = 15            # that a drawing may take in all
WAIT = 10               # seconds to wait for a turn
AT_ONCE = threading.BoundedSemaphore(2)
SCRIPT = Path(__file__).with_name("draw.py")
JPEG = b"\xff\xd8\xff"


def preview(folder: Path | None, sha256: str, kind: str, data) -> bytes | None:
    """A JPEG of at most 640 pixels a side, without the original's metadata; None where none can be drawn.

    `folder` keeps what was drawn (and that nothing could be); `data()` gives the content when it is needed.
    """
    if kind not in DRAWN or not SHA256.fullmatch(sha256):
        return None
    path = folder / sha256[:2] / f"{sha256}.jpg" if folder else None
    if path is not None and path.exists():
        return path.read_bytes() or None
    if not AT_ONCE.acquire(timeout=WAIT):
        return None
    try:
        drawn = _draw(kind, data())
    finally:
        AT_ONCE.release()
    if path is not None:
        _keep(path, drawn or b"")
    return drawn


def _draw(kind: str, data: bytes) -> bytes | None:
    """Runs draw.py on the content: isolated, without this process's environment, bounded in memory and time."""
    try:
        done = subprocess.run([sys.executable, "-I", str(SCRIPT), kind], input=data, capture_output=True, timeout=SECONDS, check=False,      # noqa: S603
                              env={"LANG": "C.UTF-8"}, cwd="/", close_fds=True)
    except (subprocess.TimeoutExpired, OSError):
        return None
    return done.stdout if done.returncode == 0 and done.stdout.startswith(JPEG) else None


def _keep(path: Path, drawn: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    part.write_bytes(drawn)
    os.replace(part, path)


@lru_cache(maxsize=32)
def icon(family: str) -> bytes:
    """A plain sheet (PNG, 96 × 120) for files without a preview, with a band in the colour of their family."""
    from PIL import Image, ImageDraw

    colours = {"picture": "#5b7c99", "pdf": "#a14b42", "text": "#6b7177", "office": "#3f6b52", "sound": "#7a5d8c", "film": "#7a5d8c"}
    sheet = Image.new("RGB", (96, 120), "white")
    pen = ImageDraw.Draw(sheet)
    pen.polygon([(8, 4), (64, 4), (88, 28), (88, 116), (8, 116)], fill="#f4f5f6", outline="#9aa1a8")
    pen.polygon([(64, 4), (64, 28), (88, 28)], fill="#dfe3e6", outline="#9aa1a8")
    for y in (44, 54, 64):
        pen.line([(20, y), (76, y)], fill="#c3c9ce", width=3)
    pen.rectangle([(8, 84), (88, 104)], fill=colours.get(family, "#6b7177"))
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()

"""What a file is, by its content: one of the kinds that are taken, or a refusal. Names and declared types count for nothing here."""
from __future__ import annotations

import re

import filetype

from webapp.cases.errors import refuse
from webapp.engine import Refusal

from . import ole, pictures, zipped
from .kinds import KINDS, Kind
from .names import fit_name

HEAD = 8_192
SNIFFED = 1_024         # bytes in which a browser that guesses would look for a page
BY_MIME = {
    "image/jpeg": "jpeg", "image/png": "png", "image/apng": "png", "image/gif": "gif", "image/webp": "webp", "image/heic": "heic", "application/pdf": "pdf",
    "audio/mpeg": "mp3", "audio/amr": "amr", "audio/mp4": "m4a", "video/mp4": "mp4", "video/x-m4v": "mp4", "video/quicktime": "mov",
}
STARTS = {              # what the first bytes must be; `filetype` alone is content with less
    "jpeg": re.compile(rb"\xff\xd8\xff"), "png": re.compile(rb"\x89PNG\r\n\x1a\n"), "gif": re.compile(rb"GIF8[79]a"), "webp": re.compile(rb"(?s)RIFF.{4}WEBPVP8"),
    "heic": re.compile(rb"(?s).{4}ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)"), "pdf": re.compile(rb"%PDF-[12]\.\d"),
    "mp3": re.compile(rb"(?s)ID3[\x02-\x04]|\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb\xe3][^\xff]"), "amr": re.compile(rb"#!AMR(-WB)?\n"),
    "m4a": re.compile(rb"(?s).{4}ftyp"), "mp4": re.compile(rb"(?s).{4}ftyp"), "mov": re.compile(rb"(?s).{4}(ftypqt|moov|mdat|free|wide|skip)"),
}
BRANDS = (              # where `filetype` knows fewer brands than telephones write
    ("heic", STARTS["heic"]), ("m4a", re.compile(rb"(?s).{4}ftypM4[AB]")), ("mp4", re.compile(rb"(?s).{4}ftyp(iso|mp4|avc|dash|MSNV|M4V)")), ("mov", STARTS["mov"]),
    ("pdf", STARTS["pdf"]),
)
PAGE = re.compile(rb"<(script|iframe|!doctype\s|object\s|embed\s)", re.IGNORECASE)            # long enough not to stand in a picture by chance
PAGE_AT_START = re.compile(rb"<(html|svg|body|head|title|img|\?php|%)|javascript:", re.IGNORECASE)
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"#!/", b"#! ", b"{\\rtf", b"%!PS", b"\x00asm", b"L\x00\x00\x00\x01\x14\x02\x00")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
MARKUP = re.compile(r"\s*<\s*[A-Za-z!?%/]")


def examine(data: bytes, name: str | None) -> tuple[Kind, str]:
    """(kind, the name to keep it under). Refusal: `file_empty`, `file_type`, `file_bomb` or `file_macros`, in words for the one who sent it.

    Nothing is unpacked beyond fixed bounds; a picture's pixels are not decoded.
    """
    if not data:
        raise refuse("file_empty", "文件是空的", "The file is empty")
    if data.startswith(PROGRAMS):
        raise _not_taken()
    kind = KINDS[_kind_of(data)]
    return kind, fit_name(name, kind)


def _kind_of(data: bytes) -> str:
    if data.startswith(b"PK"):
        return zipped.kind_of(data)
    if data.startswith(ole.MAGIC):
        return ole.kind_of(data)
    guess = filetype.guess(data[:HEAD])
    kind = BY_MIME.get(guess.mime) if guess else None
    if kind is None and guess is not None and b"\x00" in data:
        raise _not_taken()
    if kind is None:
        kind = next((k for k, pattern in BRANDS if pattern.match(data)), None)
    if kind is not None and STARTS[kind].match(data):
        _check_single(data, kind)
        return kind
    _check_text(data)
    return "text"


def _check_single(data: bytes, kind: str) -> None:
    """Refuse what is two things at once: a page, a script or an archive beside the picture, document or sound that it begins as."""
    if PAGE.search(data) or PAGE_AT_START.search(data, 0, SNIFFED) or zipped.has_directory(data):
        raise refuse("file_type", "文件里混有网页、脚本或压缩包，不予接收", "The file also holds a web page, a script or an archive, and is not taken")
    if kind in ("jpeg", "png", "gif", "webp"):
        pictures.check(data, kind)


def _check_text(data: bytes) -> None:
    """Plain text: UTF-8, no NUL nor other control characters, not the beginning of a page or of markup."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_taken("文字文件请另存为 UTF-8 编码后再上传。", "Save a text file as UTF-8 and send it again.") from None
    if CONTROL.search(text):
        raise _not_taken()
    if MARKUP.match(text):
        raise refuse("file_type", "不接收网页、SVG 和带标记的文件", "Web pages, SVG and other markup are not taken")


def _not_taken(more_zh: str = "", more_en: str = "") -> Refusal:
    return refuse("file_type", "不接收这种文件。可以上传照片、PDF、文字、Office 或 WPS 文档、录音和短视频。" + more_zh,
                  " ".join(filter(None, ("This kind of file is not taken. Photos, PDF, text, office documents, recordings and short films are.", more_en))))

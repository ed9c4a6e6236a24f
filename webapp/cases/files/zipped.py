"""Office documents of the new kinds are zip archives: told apart by their listing, which is read only within bounds. Other archives are refused."""
from __future__ import annotations

import io
import struct
import zipfile
import zlib

from webapp.cases.errors import refuse
from webapp.engine import Refusal

from .names import ending_of

END = b"PK\x05\x06"
END_SIZE = 22
TAIL = 65_535 + END_SIZE
MAX_ENTRIES = 2_000
MAX_DIRECTORY = 1_000_000       # bytes of listing
MAX_UNPACKED = 300_000_000      # bytes, all entries together, as the listing declares them
MAX_ENTRY = 150_000_000
MAX_RATIO = 250                 # of entries above SMALL; the XML of a large sheet reaches about 60
SMALL = 2_000_000
READ = 200_000                  # bytes that are ever unpacked here, of one small entry
OOXML = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
ODF = {b"application/vnd.oasis.opendocument.text": "odt", b"application/vnd.oasis.opendocument.spreadsheet": "ods"}
INNER_REFUSED = frozenset("exe dll scr com bat cmd ps1 vbs vbe js jse hta msi lnk jar sh html htm svgz class apk zip rar 7z".split())


def has_directory(data: bytes) -> bool:
    """Whether an archive's listing stands at the end of it: then an unpacker takes it for an archive, whatever it begins as."""
    at = data.rfind(END, max(0, len(data) - TAIL))
    return at >= 0 and len(data) - at >= END_SIZE and data.find(b"PK\x01\x02") >= 0


def kind_of(data: bytes) -> str:
    """`docx`, `xlsx`, `pptx`, `odt` or `ods`. Refusal `file_bomb`, `file_macros` or `file_type` otherwise."""
    entries = _listing(data)
    names = {entry.filename for entry in entries}
    _check_entries(data, entries, names)
    kinds = {kind for name, kind in OOXML.items() if name in names}
    if "[Content_Types].xml" in names and len(kinds) == 1:
        types = _read(data, "[Content_Types].xml")
        if b"macroEnabled" in types or b"vbaProject" in types:
            raise _macros()
        return kinds.pop()
    if "mimetype" in names and "content.xml" in names:
        kind = ODF.get(_read(data, "mimetype").strip())
        if kind is not None:
            return kind
    raise _archive()


def _listing(data: bytes) -> list[zipfile.ZipInfo]:
    """The archive's listing, after the bounds that its last record states were checked."""
    at = data.rfind(END, max(0, len(data) - TAIL))
    if at < 0 or len(data) - at < END_SIZE:
        raise _archive()
    disk, first_disk, here, count, size, offset, comment = struct.unpack("<HHHHIIH", data[at + 4:at + END_SIZE])
    if count > MAX_ENTRIES or size > MAX_DIRECTORY or 0xFFFF in (here, count) or 0xFFFFFFFF in (size, offset):
        raise _bomb()
    if disk or first_disk or here != count or comment or at + END_SIZE != len(data) or offset + size != at or not data.startswith(b"PK\x03\x04"):
        raise _archive()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error, UnicodeError):
        raise _archive() from None


def _check_entries(data: bytes, entries: list[zipfile.ZipInfo], names: set[str]) -> None:
    if len(names) != len(entries) or len({n.lower() for n in names}) != len(entries):
        raise _archive()
    if sum(e.file_size for e in entries) > MAX_UNPACKED:
        raise _bomb()
    before = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        name = entry.filename
        if entry.header_offset < before or data[entry.header_offset:entry.header_offset + 4] != b"PK\x03\x04":
            raise _bomb()           # entries that share their bytes
        before = entry.header_offset + 30 + entry.compress_size
        if entry.file_size > MAX_ENTRY or (entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)):
            raise _bomb()
        if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _archive()
        if entry.orig_filename != name or name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _archive()
        low = name.lower()
        if low.endswith(("vbaproject.bin", "vbadata.xml")) or "macrosheets/" in low or "/activex/" in low or low.startswith(("basic/", "scripts/")):
            raise _macros()
        if ending_of(low) in INNER_REFUSED:
            raise _archive()
    if before > len(data):
        raise _archive()


def _read(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as entry:
            return entry.read(READ)
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, KeyError, RuntimeError):
        raise _archive() from None


def _archive() -> Refusal:
    return refuse("file_type", "不接收压缩包；请把里面的文件分别上传", "Archives are not taken; send the files in them one by one")


def _bomb() -> Refusal:
    return refuse("file_bomb", "文件展开后过大，不予接收", "The file would be far too large when unpacked, and is not taken")


def _macros() -> Refusal:
    return refuse("file_macros", "文件带有宏，不予接收；请去掉宏后另存", "The file holds macros and is not taken; save it without them")

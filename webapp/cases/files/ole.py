"""Office documents of the old kind (OLE compound files): told apart by the streams their directory names."""
from __future__ import annotations

from webapp.cases.errors import refuse

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR = 512                    # directory sectors begin at multiples of it, their entries at multiples of 128
ENTRY = 128
KINDS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
MACROS = {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR_"}
ENCRYPTED = {"EncryptedPackage", "EncryptionInfo"}


def kind_of(data: bytes) -> str:
    """`doc`, `xls` or `ppt`. Refusal `file_macros` with macros in it, `file_type` for installers, mails and what else is kept in this way."""
    names = _stream_names(data)
    if names & MACROS:
        raise refuse("file_macros", "文件带有宏，不予接收；请去掉宏后另存", "The file holds macros and is not taken; save it without them")
    if names & ENCRYPTED:
        raise refuse("file_type", "文件加了密码，无法查看，不予接收", "The file is encrypted and cannot be read, so it is not taken")
    found = {KINDS[name] for name in names & set(KINDS)}
    if len(found) != 1:
        raise refuse("file_type", "不接收这种文件", "This kind of file is not taken")
    return found.pop()


def _stream_names(data: bytes) -> set[str]:
    """The names of all entries that look like a directory's: bounded by the file's size, independent of chains that may loop."""
    names = set()
    for at in range(SECTOR, len(data) - ENTRY + 1, ENTRY):
        length = int.from_bytes(data[at + 64:at + 66], "little")
        if 4 <= length <= 64 and length % 2 == 0 and data[at + 66] in (1, 2, 5):
            raw = data[at:at + length]
            if raw[-2:] == b"\x00\x00":
                names.add(raw[:-2].decode("utf-16-le", "replace"))
    return names

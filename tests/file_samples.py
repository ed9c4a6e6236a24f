"""Files made for tests: harmless ones of every kind, and hostile ones beside them."""
from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image
from pypdfium2 import PdfDocument


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#a03020").save(out, form, **options)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG that says where and with what it was taken."""
    image, out = Image.new("RGB", (1200, 900), "green"), io.BytesIO()
    exif = image.getexif()
    exif[0x010F] = "SECRET-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def pdf() -> bytes:
    out, document = io.BytesIO(), PdfDocument.new()
    document.new_page(200, 300)
    document.save(out)
    return out.getvalue()


def zipped(entries: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<r/>", "word/document.xml": "<w:document/>"}
XLSX = {"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>"}
PPTX = {"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}


def odf(kind: str) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": "<office/>"})


def ole(*streams: str) -> bytes:
    """A compound file with a directory of these streams, as far as a look at its directory goes."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    for name in ("Root Entry", *streams):
        raw = name.encode("utf-16-le") + b"\x00\x00"
        data += raw.ljust(64, b"\x00") + struct.pack("<HB", len(raw), 5 if name == "Root Entry" else 2) + bytes(61)
    return data


def swollen_png(side: int) -> bytes:
    """A small file that says it has side × side pixels."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def overlapping_zip() -> bytes:
    """Entries of a listing that all unpack the same bytes."""
    data = zipped({"word/document.xml": b"x" * 1000, "[Content_Types].xml": b"<Types/>", "a": b"y" * 500, "b": b"z"})
    at = data.rfind(b"PK\x05\x06")
    offset = struct.unpack("<I", data[at + 16:at + 20])[0]
    listing, place, changed = data[offset:at], 0, b""
    while place < len(listing):
        name, extra, comment = struct.unpack("<HHH", listing[place + 28:place + 34])
        end = place + 46 + name + extra + comment
        changed += listing[place:place + 42] + struct.pack("<I", 0) + listing[place + 46:end]
        place = end
    return data[:offset] + changed + data[at:]


MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41" + bytes(64)
M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00M4A mp42isom" + bytes(64)
MOV = b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  " + bytes(64)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(20) + b"\xff\xfb\x90\x00" + bytes(100)
AMR = b"#!AMR\n" + bytes(64)

# (name as sent, content, kind, name as kept)
TAKEN = [
    ("现场照片.JPG", picture(), "jpeg", "现场照片.jpg"), ("a.jpeg", picture(), "jpeg", "a.jpeg"), ("截图.png", picture("PNG"), "png", "截图.png"),
    ("a.gif", picture("GIF"), "gif", "a.gif"), ("a.webp", picture("WEBP"), "webp", "a.webp"), ("IMG_1.HEIC", HEIC, "heic", "IMG_1.heic"),
    ("合同.pdf", pdf(), "pdf", "合同.pdf"), ("说明.txt", "经过如下。\r\n第一，……".encode(), "text", "说明.txt"), ("bom.txt", "\ufeff有".encode(), "text", "bom.txt"),
    ("BMW.txt", b"BMW in front of the gate", "text", "BMW.txt"), ("报告.docx", zipped(DOCX), "docx", "报告.docx"), ("表.xlsx", zipped(XLSX), "xlsx", "表.xlsx"),
    ("a.pptx", zipped(PPTX), "pptx", "a.pptx"), ("a.odt", odf("text"), "odt", "a.odt"), ("a.ods", odf("spreadsheet"), "ods", "a.ods"),
    ("旧.doc", ole("WordDocument"), "doc", "旧.doc"), ("旧.xls", ole("Workbook"), "xls", "旧.xls"), ("a.ppt", ole("PowerPoint Document"), "ppt", "a.ppt"),
    ("录音.mp3", MP3, "mp3", "录音.mp3"), ("录音.amr", AMR, "amr", "录音.amr"), ("录音.m4a", M4A, "m4a", "录音.m4a"), ("视频.mp4", MP4, "mp4", "视频.mp4"),
    ("视频.MOV", MOV, "mov", "视频.mov"),
    # the ending follows the content
    ("photo.png", picture(), "jpeg", "photo.jpg"), ("photo", picture(), "jpeg", "photo.jpg"), ("合同v1.2", pdf(), "pdf", "合同v1.2.pdf"),
    ("收据.pdf", "文字".encode(), "text", "收据.pdf.txt"), ("a.csv", b"=1+1,2", "text", "a.csv.txt"), ("scan.pdf", picture(), "jpeg", "scan.jpg"),
    # names
    ("../../etc/passwd", b"x", "text", "passwd.txt"), ("..\\..\\windows\\win", b"x", "text", "win.txt"), ("/abs/说明.txt", b"x", "text", "说明.txt"),
    ("..", b"x", "text", "file.txt"), ("", b"x", "text", "file.txt"), (None, b"x", "text", "file.txt"), ("a\x00b\r\n.txt", b"x", "text", "ab.txt"),
    ("发\u202e票\u200b.txt", b"x", "text", "发票.txt"), ("C:evil.txt", b"x", "text", "C_evil.txt"), ("CON.txt", b"x", "text", "_CON.txt"), (".htaccess", b"x", "text", "htaccess.txt"),
    ('a"; filename="b.txt', b"x", "text", "a_; filename=_b.txt"), ("a.jpg ", picture(), "jpeg", "a.jpg"), ("e\u0301.txt", b"x", "text", "é.txt"),
]

MAIL = b"From: a\r\nContent-Type: text/html\r\n\r\n<html>"
# (name, content, code)
REFUSED = [
    ("empty.txt", b"", "file_empty"), ("run.exe", b"MZ\x90\x00" + bytes(100), "file_type"), ("photo.jpg", b"MZ\x90\x00" + bytes(100), "file_type"),
    ("a", b"\x7fELF\x02\x01\x01" + bytes(50), "file_type"), ("a.class", b"\xca\xfe\xba\xbe\x00\x00", "file_type"), ("run.txt", b"#!/bin/sh\nrm -rf /\n", "file_type"),
    ("a.txt", b"{\\rtf1\\ansi}", "file_type"), ("a.wasm", b"\x00asm\x01\x00\x00\x00", "file_type"), ("a.lnk", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(40), "file_type"),
    # double endings, hidden endings
    ("发票.pdf.exe", pdf(), "file_type"), ("photo.jpg.scr", picture(), "file_type"), ("gpj.\u202eexe", b"x", "file_type"), ("a.txt\x00.exe", b"x", "file_type"),
    ("a.exe. ", b"x", "file_type"), ("a.ｅｘｅ", b"x", "file_type"), ("a.pdf.js", b"alert(1)", "file_type"), ("a.html", b"hello", "file_type"), ("a.svg", b"text", "file_type"),
    ("a.docm", zipped(DOCX), "file_type"), ("a.zip", zipped(DOCX), "file_type"), ("page.mhtml", MAIL, "file_type"), ("a.hta", b"x", "file_type"),
    # pages and markup, whatever they are called
    ("a.txt", b"<html><script>alert(1)</script>", "file_type"), ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "file_type"),
    ("a.txt", b"\xef\xbb\xbf \n <!DOCTYPE html>", "file_type"), ("a.pdf", b"<?xml version='1.0'?><svg/>", "file_type"), ("a.txt", b"<?php system($_GET[0]);", "file_type"),
    ("a.txt", b"<!-- x --><script>1</script>", "file_type"),
    # two things at once
    ("a.pdf", b"%PDF-1.4\n<html><body onload=alert(1)>\n" + pdf(), "file_type"), ("a.pdf", pdf() + b"\n<script>alert(1)</script>", "file_type"),
    ("a.html.pdf", b"<html><!--" + pdf() + b"-->", "file_type"), ("a.gif", b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;alert(1);", "file_type"),
    ("a.gif", picture("GIF") + b"<script src=x></script>", "file_type"), ("a.jpg", picture() + zipped({"a.class": b"x"}), "file_type"),
    ("a.gif", picture("GIF") + zipped({"META-INF/MANIFEST.MF": b"x"}), "file_type"), ("a.jpg", picture("JPEG", comment=b"<?php system(1); ?>"), "file_type"),
    ("a.png", picture("PNG") + b"<iframe src=//evil>", "file_type"), ("a.docx", b"\xff\xd8\xff" + zipped(DOCX), "file_type"), ("a.docx", zipped(DOCX) + b"<script>", "file_type"),
    # archives and what swells
    ("a.docx", zipped({"a.txt": b"x"}), "file_type"), ("a.docx", zipped({**DOCX, "word/evil.exe": b"x"}), "file_type"), ("a.docx", zipped({**DOCX, "../../x.xml": b"x"}), "file_type"),
    ("a.docx", zipped({**DOCX, "/etc/x.xml": b"x"}), "file_type"), ("a.rar", b"Rar!\x1a\x07\x00" + bytes(30), "file_type"), ("a.gz", b"\x1f\x8b\x08\x00" + bytes(30), "file_type"),
    ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(30), "file_type"), ("a.tar", bytes(257) + b"ustar\x0000" + bytes(300), "file_type"),
    ("a.docx", zipped({**DOCX, "word/media/x.bin": bytes(8_000_000)}), "file_bomb"), ("a.docx", zipped({**DOCX, **{f"word/{i}.xml": b"" for i in range(2100)}}), "file_bomb"),
    ("a.docx", overlapping_zip(), "file_bomb"), ("a.png", swollen_png(60_000), "file_bomb"), ("a.png", swollen_png(12_000), "file_bomb"),
    # macros
    ("a.docx", zipped({**DOCX, "word/vbaProject.bin": b"x"}), "file_macros"), ("a.xlsx", zipped({**XLSX, "xl/macrosheets/sheet1.xml": b"x"}), "file_macros"),
    ("a.docx", zipped({**DOCX, "[Content_Types].xml": "application/vnd.ms-word.document.macroEnabled.main+xml"}), "file_macros"),
    ("a.doc", ole("WordDocument", "Macros", "VBA"), "file_macros"), ("a.msi", ole("SummaryInformation"), "file_type"), ("a.doc", ole("EncryptedPackage", "EncryptionInfo"), "file_type"),
    # texts that are none
    ("a.txt", "中文".encode("gbk"), "file_type"), ("a.txt", b"a\x00b", "file_type"), ("a.txt", b"\x1b]0;x\x07", "file_type"), ("a.txt", "x".encode("utf-16"), "file_type"),
    ("a.bin", bytes(range(256)), "file_type"), ("a.jpg", b"\xff\xd8", "file_type"), ("a.mp4", b"\x00\x00\x00\x18ftypevil" + bytes(20), "file_type"),
]

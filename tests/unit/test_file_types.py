"""What a file is by its content, under which name it is kept, and what is refused."""
from __future__ import annotations

import random
import struct
import time

import pytest

from tests.file_samples import DOCX, REFUSED, TAKEN, pdf, photo_with_place, picture, swollen_png, zipped
from webapp.cases.files import DiskStore, StoreDamaged, examine, icon, preview
from webapp.cases.files.names import clean_name
from webapp.engine import Refusal


@pytest.mark.parametrize(("name", "data", "kind", "kept"), TAKEN, ids=lambda v: str(v)[:24] if not isinstance(v, bytes) else "")
def test_taken(name, data, kind, kept):
    found, fitting = examine(data, name)
    assert (found.id, fitting) == (kind, kept)


@pytest.mark.parametrize(("name", "data", "code"), REFUSED, ids=lambda v: str(v)[:24] if not isinstance(v, bytes) else "")
def test_refused(name, data, code):
    with pytest.raises(Refusal) as refusal:
        examine(data, name)
    assert refusal.value.code == code
    assert refusal.value.zh and refusal.value.en


def test_names_are_bounded_and_plain():
    rng = random.Random(7)
    pool = "a甲\U0001f600\u202e\u200d\x00\x1f\x7f\x85/\\.:*?\"<>| \u3000．\ud800\ufdd0é̂"
    for _ in range(3_000):
        name = clean_name("".join(rng.choice(pool) for _ in range(rng.randrange(0, 400))))
        kept = examine(b"x", name)[1]
        assert len(kept) <= 120 and len(kept.encode()) <= 240 and kept.endswith(".txt") and not set(kept) & set('/\\:*?"<>|\x00\u202e\u200d\ud800')
        assert not kept.startswith(".") and kept == examine(b"x", kept)[1]


def test_broken_and_random_bytes_end_in_a_verdict():
    rng, samples = random.Random(11), [data for _, data, *_ in TAKEN + REFUSED if data]
    begun = time.perf_counter()
    for _ in range(1_500):
        data = bytearray(rng.choice(samples)[:20_000])
        for _ in range(rng.randrange(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        data = bytes(data[: rng.randrange(1, len(data) + 1)])
        try:
            examine(data, "a")
        except Refusal:
            pass
    assert time.perf_counter() - begun < 30


def test_a_listing_that_lies_about_its_size_is_not_read():
    data = zipped(DOCX)
    at = data.rfind(b"PK\x05\x06")
    huge = data[:at + 8] + struct.pack("<HHI", 60_000, 60_000, 9_000_000) + data[at + 16:]
    with pytest.raises(Refusal) as refusal:
        examine(huge, "a.docx")
    assert refusal.value.code == "file_bomb"


def test_large_files_are_judged_quickly():
    begun = time.perf_counter()
    for data in (b"x" * 10_000_000, picture() + random.Random(1).randbytes(10_000_000), zipped({**DOCX, "word/media/a.jpg": random.Random(2).randbytes(9_000_000)})):
        examine(data, "a")
    assert time.perf_counter() - begun < 6


# -- previews ----------------------------------------------------------------------------------------------------------
def test_a_preview_has_the_pixels_and_nothing_else(tmp_path):
    data = photo_with_place()
    assert b"SECRET-CAMERA" in data
    drawn = preview(tmp_path, "a" * 64, "jpeg", lambda: data)
    assert drawn.startswith(b"\xff\xd8\xff") and b"SECRET" not in drawn and b"Exif" not in drawn
    assert preview(tmp_path, "a" * 64, "jpeg", lambda: pytest.fail("drawn twice")) == drawn


@pytest.mark.parametrize(("kind", "data"), [("png", picture("PNG")), ("gif", picture("GIF")), ("webp", picture("WEBP")), ("pdf", pdf())])
def test_previews(kind, data):
    assert preview(None, "b" * 64, kind, lambda: data).startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(("kind", "data"), [("png", swollen_png(10_000)), ("png", swollen_png(60_000)), ("jpeg", b"\xff\xd8\xff" + bytes(100)), ("pdf", b"%PDF-1.4\nnothing"),
                                            ("gif", picture("PNG")), ("text", b"x"), ("docx", zipped(DOCX))])
def test_no_preview(kind, data, tmp_path):
    assert preview(tmp_path, "c" * 64, kind, lambda: data) is None
    assert preview(tmp_path, "c" * 64, kind, lambda: pytest.fail("tried twice")) is None or kind in ("text", "docx")


def test_icons():
    assert icon("office").startswith(b"\x89PNG") and icon("anything").startswith(b"\x89PNG")


# -- the store ---------------------------------------------------------------------------------------------------------
def test_the_store_keeps_by_hash_and_notices_changes(tmp_path):
    store = DiskStore(tmp_path / "files")
    sha256 = store.put("内容".encode())
    assert store.put("内容".encode()) == sha256 and store.read(sha256).decode() == "内容"
    path = tmp_path / "files" / sha256[:2] / sha256[2:4] / sha256
    assert path.is_file() and path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"other!")
    with pytest.raises(StoreDamaged):
        store.read(sha256)
    path.unlink()
    with pytest.raises(StoreDamaged):
        store.read(sha256)
    for bad in ("../../etc/passwd", "", "A" * 64, sha256 + "\n", sha256[:-1]):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(bad)

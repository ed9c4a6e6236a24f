"""Archives and folders that try to get out, to swell or to hide something, each beside a benign twin; single files; and judgements that never end."""
from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from tests.hostile.base import base, write
from webapp.cli import main
from webapp.deployments import gate as gates
from webapp.deployments.gate import Gate
from webapp.settings import ROOT

HERE = Path(__file__).parent / "files"
ZEROS = bytes(900_000)


@pytest.fixture(scope="module")
def gate():
    with Gate(ROOT) as gate:
        yield gate


def zipped(path: Path, more=(), prefix: str = "", **infos) -> Path:
    """An archive of the sound bundle and `more` (name, content, external attributes)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in base().items():
            archive.writestr(prefix + name, data)
        for name, data, mode in more:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


def tarred(path: Path, more=(), prefix: str = "", mode: str = "w:gz") -> Path:
    """Likewise as a tar; `more` holds (name, content or None, changes of the member)."""
    with tarfile.open(path, mode) as archive:
        for name, data, changes in [*((prefix + n, d, {}) for n, d in base().items()), *more]:
            member = tarfile.TarInfo(name)
            member.size = len(data or b"")
            for key, value in changes.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(data) if data else None)
    return path


REG = stat.S_IFREG | 0o644
ZIPS = {       # more members, the words of the problem
    "up": ([("../evil.bpmn", b"x", REG)], "leads out"),
    "up inside": ([("forms/../../evil.form.json", b"x", REG)], "leads out"),
    "absolute": ([("/etc/evil.bpmn", b"x", REG)], "absolute"),
    "drive": ([("C:/evil.bpmn", b"x", REG)], "absolute"),
    "backslash": ([("..\\evil.bpmn", b"x", REG)], "backslash"),
    "control character": ([("a\x1b[2Jb.bpmn", b"x", REG)], "control"),
    "NUL": ([("side.bpmn\0.txt", b"x", REG)], "control"),
    "direction mark": ([("a\u202enpmb.bpmn", b"x", REG)], "invisible"),
    "look-alike": ([("m\u0430in.bpmn", b"x", REG)], "taken for others"),
    "full width": ([("ｍain.bpmn", b"x", REG)], "taken for others"),
    "not composed": ([("e\u0301.bpmn", b"x", REG)], "normal form"),
    "capitals": ([("MAIN.bpmn", b"x", REG)], "same name"),
    "symbolic link": ([("evil.bpmn", b"/etc/passwd", stat.S_IFLNK | 0o777)], "symbolic link"),
    "device": ([("evil.bpmn", b"", stat.S_IFCHR | 0o666)], "device"),
    "pipe": ([("evil.bpmn", b"", stat.S_IFIFO | 0o666)], "device or pipe"),
    "twice": ([("side.bpmn", b"x", REG)], "twice"),
    "swelling": ([("big.bpmn", ZEROS, REG)], "swells"),
    "large": ([("big.bpmn", bytes(5_000_000), REG)], "larger than"),
    "many": ([(f"forms/f{i}.form.json", b"{}", REG) for i in range(450)], "more than 400"),
    "nested": ([("more.zip", b"PK\x05\x06" + bytes(18), REG)], "does not belong"),
    "program": ([("run.py", b"import os", REG)], "does not belong"),
    "two manifests": ([("other/procedure.toml", b"", REG)], "not one"),
    "hidden": ([(".bpmn", b"x", REG)], "taken for others"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ZIPS)
def test_zip(name, gate, tmp_path):
    more, words = ZIPS[name]
    verdict = gate.judge(zipped(tmp_path / "a.zip", more))
    assert any(words in p.message for p in verdict.problems), verdict.problems
    assert verdict.bundle is None
    assert all(c.isprintable() for p in verdict.problems for c in p.element)
    assert os.listdir(tmp_path) == ["a.zip"]


TARS = {
    "up": ([("../evil.bpmn", b"x", {})], "leads out"),
    "absolute": ([("/tmp/evil.bpmn", b"x", {})], "absolute"),
    "symbolic link": ([("evil.bpmn", None, {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"})], "symbolic link"),
    "hard link": ([("evil.bpmn", None, {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"})], "hard link"),
    "device": ([("evil.bpmn", None, {"type": tarfile.CHRTYPE, "devmajor": 1})], "device"),
    "pipe": ([("evil.bpmn", None, {"type": tarfile.FIFOTYPE})], "device or pipe"),
    "large": ([("big.bpmn", bytes(1_500_000), {})], "larger than"),
    "swelling": ([(f"big{i}.bpmn", ZEROS, {}) for i in range(40)], "unpacks to more"),
}


@pytest.mark.parametrize("name", TARS)
def test_tar(name, gate, tmp_path):
    more, words = TARS[name]
    for file, mode in (("a.tar.gz", "w:gz"), ("b.tar", "w:")):
        verdict = gate.judge(tarred(tmp_path / file, more, mode=mode))
        assert any(words in p.message or "swells" in p.message or "larger than 20000000" in p.message for p in verdict.problems), verdict.problems
        assert verdict.bundle is None


BROKEN = {
    "a.zip": b"PK\x03\x04 not a zip", "b.zip": b"", "c.tar.gz": b"\x1f\x8b\x08 no", "d.tar": b"\xff" * 2_000, "e.tgz": gzip.compress(b"x" * 100),
    "f.tar.gz": gzip.compress(bytes(30_000_000)), "g.tar.gz": gzip.compress(b"\0" * 10_240), "h.zip": b"\0" * 20_000_001,
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_archives(name, gate, tmp_path):
    (tmp_path / name).write_bytes(BROKEN[name])
    verdict = gate.judge(tmp_path / name)
    assert verdict.problems and verdict.bundle is None
    assert not any("could not be judged" in p.message for p in verdict.problems)


def test_encrypted_zip(gate, tmp_path):
    data = bytearray(zipped(tmp_path / "a.zip").read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert any("encrypted" in p.message for p in gate.judge(tmp_path / "a.zip").problems)


@pytest.mark.parametrize("prefix", ["", "shape/", "processes/shape/"])
def test_benign_archives(prefix, gate, tmp_path):
    for path in (zipped(tmp_path / "a.zip", prefix=prefix), tarred(tmp_path / "b.tar.gz", prefix=prefix), tarred(tmp_path / "c.tar", prefix=prefix, mode="w:")):
        verdict = gate.judge(path)
        assert verdict.problems == [], path
        assert verdict.bundle["main.bpmn"] == base()["main.bpmn"] and "forms/handle.form.json" in verdict.bundle


def test_folders(gate, tmp_path):
    sound = write(base() | {"办理.bpmn": base()["side.bpmn"].replace(b'"side"', b'"another"')}, tmp_path / "sound")
    assert gate.judge(sound).problems == []
    for name, make, words in (
        ("link", lambda p: p.symlink_to("/etc/passwd"), "symbolic link"), ("pipe", os.mkfifo, "device, pipe"),
        ("cyrillic m\u0430in", lambda p: p.write_bytes(b"x"), "taken for others"), ("bell \x07", lambda p: p.write_bytes(b"x"), "control"),
    ):
        folder = write(base(), tmp_path / name.split()[0])
        make(folder / f"{name}.bpmn")
        assert any(words in p.message for p in gate.judge(folder).problems), name
    folder = write(base(), tmp_path / "linked")
    (folder / "scenarios").symlink_to(tmp_path)
    assert any("symbolic link" in p.message for p in gate.judge(folder).problems)
    for path in (tmp_path / "none", tmp_path, "/dev/zero", "/dev/stdin", "\0", "a" * 5_000, "../../etc", ""):
        assert gate.judge(path).problems, path


@pytest.mark.parametrize("path", sorted(HERE.iterdir()), ids=lambda path: path.name)
def test_single_files(path, gate):
    problems = gate.judge(path).problems
    if ".benign." in path.name:
        assert problems == []
    else:
        assert problems and all(p.file == path.name for p in problems)
        assert (HERE / path.name.replace(".hostile.", ".benign.")).is_file()


@pytest.mark.parametrize("path", sorted((ROOT / "processes").glob("*/*.bpmn")), ids=lambda path: path.name)
def test_every_diagram_of_ours_stands_alone(path, gate):
    """What it calls and asks is in other files, and is not missed."""
    assert gate.judge(path).problems == []


def test_a_diagram_as_the_stock_editor_draws_it(gate, tmp_path):
    """bpmn-js marks a new diagram as not executable; Camunda's editor stamps what it writes."""
    plain = (HERE / "plain.benign.bpmn").read_text(encoding="utf-8")
    for old, new in (('isExecutable="true"', 'isExecutable="false"'),
                     ("<bpmn:definitions ", '<bpmn:definitions xmlns:modeler="http://camunda.org/schema/modeler/1.0" modeler:executionPlatform="Camunda Cloud" exporter="Camunda Modeler" ')):
        assert old in plain
        (tmp_path / "drawn.bpmn").write_text(plain.replace(old, new), encoding="utf-8")
        assert gate.judge(tmp_path / "drawn.bpmn").problems == []


def test_what_never_ends_is_ended(tmp_path, monkeypatch):
    """A judge that spins, sleeps, swallows memory, dies, writes or connects: a named problem, and the next judgement works."""
    module = tmp_path / "evil_judges.py"
    module.write_text("""
import os, socket, time
def spins(*args):
    while True: pass
def sleeps(*args): time.sleep(100)
def swallows(*args): return [bytearray(3_000_000_000)]
def dies(*args): os.abort()
def connects(*args): socket.create_connection(("127.0.0.1", 9))
def runs(*args): os.system("true")
def writes(*args): open(__file__ + ".out", "w").write("x" * 10_000)
""")
    monkeypatch.syspath_prepend(str(tmp_path))
    folder = write(base(), tmp_path / "shape")
    for name, words in (("spins", "longer than 1 seconds"), ("sleeps", "longer than 4 seconds"), ("swallows", "memory"), ("dies", "could not be judged"),
                        ("connects", "could not be judged"), ("runs", "could not be judged"), ("writes", "could not be judged")):
        start = time.monotonic()
        with Gate(ROOT, further=(f"evil_judges:{name}",), seconds=1, patience=4 if name == "sleeps" else 60) as gate:
            assert any(words in p.message for p in gate.judge(folder).problems), name
            assert gate.judge(tmp_path / "none").problems[0].message.startswith("there is no procedure")
        assert time.monotonic() - start < 60
    written = tmp_path / "evil_judges.py.out"
    assert not written.exists() or written.stat().st_size == 0


def test_the_commands(tmp_path, monkeypatch, capsys):
    """`check` and `deploy` of files, archives and folders: 0 or 2, every problem at once, nothing stored by halves."""
    data = tmp_path / "data"
    for name, value in {"DUBAN_SECRET": "s" * 40, "DUBAN_LEDGER_KEY": "k" * 40, "DUBAN_DATA": str(data), "DUBAN_WORKER": "none"}.items():
        monkeypatch.setenv(name, value)
    for name in ("DUBAN_DEMO", "DUBAN_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    good, evil = zipped(tmp_path / "good.zip"), zipped(tmp_path / "evil.zip", [("../a.bpmn", b"x", REG), ("b\x07.bpmn", b"x", REG)])
    assert main(["check", str(good), str(HERE / "plain.benign.bpmn")]) == 0
    capsys.readouterr()
    assert main(["check", str(good), str(evil), str(HERE / "script.hostile.bpmn")]) == 2
    said = capsys.readouterr()
    assert "leads out" in said.err and "control" in said.err and "scriptTask" in said.err and "good.zip: sound" in said.out and "\x07" not in said.err
    assert main(["check", "--json", str(evil)]) == 2
    assert '"remedy"' in capsys.readouterr().out
    assert main(["deploy", str(evil)]) == 2
    assert main(["deploy", str(HERE / "plain.benign.bpmn")]) == 2
    assert not data.exists()
    assert gates.judge(good, ROOT).sound

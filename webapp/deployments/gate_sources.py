"""From a path to the files to be judged: a procedure by name or folder, an archive, or a single file. Reads plain files only, and not too much of them."""
from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from webapp.engine import Problem

from .bundle import NATIONAL, PLAIN, SAFE_ID, TABLE_TESTS, Bundle, BundleError, overlay
from .gate_archive import MAX_FILE, MAX_FILES, MAX_PACKED, MAX_TOTAL, is_archive, unpack_archive
from .gate_names import REMEDY, clashes, fault_of_path, shown

MAX_SEEN = 5_000        # entries of a folder


def read_source(path: Path, content: Path, problems: list[Problem]) -> tuple[str, Bundle]:
    """("bundle" or "file", its files): a folder or archive as a whole bundle with what it builds on in `content`, or one file alone."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        mode = 0
    if stat.S_ISDIR(mode):
        return "bundle", _complete(_of_folder(path.resolve(), content, problems), content, problems)
    if stat.S_ISREG(mode):
        limit = MAX_PACKED if is_archive(path.name) else MAX_FILE
        data = _read(path, limit, path.name, problems)
        if data is None:
            return "file", {}
        if is_archive(path.name):
            return "bundle", _complete(_placed(unpack_archive(path.name, data, problems), shown(path.name), problems), content, problems)
        return "file", {path.name: data}
    if mode:
        problems.append(Problem(shown(path.name), "file", "is neither a folder nor a plain file"))
    elif SAFE_ID.fullmatch(str(path)) and (content / "processes" / str(path) / "procedure.toml").is_file():
        return read_source(content / "processes" / str(path), content, problems)
    else:
        problems.append(Problem("procedure.toml", "file", f"there is no procedure '{shown(str(path))}' in {content / 'processes'}"))
    return "file", {}


def _read(path: Path, limit: int, name: str, problems: list[Problem]) -> bytes | None:
    """A plain file's content, never more than the limit."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                problems.append(Problem(shown(name), "file", "is not a plain file"))
                return None
            data = stream.read(limit + 1)
    except OSError as error:
        problems.append(Problem(shown(name), "file", f"cannot be read: {error.strerror}"))
        return None
    if len(data) > limit:
        problems.append(Problem(shown(name), "file", f"larger than {limit} bytes"))
        return None
    return data


def _of_folder(folder: Path, content: Path, problems: list[Problem]) -> Bundle:
    """The files of a procedure's folder and of the forms that belong to it."""
    bundle: Bundle = {}
    total = 0
    forms = [folder / "forms"] + ([folder.parent.parent / "forms" / folder.name] if folder.parent.name == "processes" else [])
    places = [(folder, ""), (folder / "scenarios", "scenarios/"), *((each, "forms/") for each in forms)]
    for place, prefix in places:
        for entry in _entries(place, prefix, problems):
            name = prefix + ("forms/" if not prefix and entry.name.endswith(".form.json") else "") + entry.name
            if not _wanted(name):
                continue
            fault = fault_of_path(entry.name)
            if fault:
                problems.append(Problem(shown(name), "file", fault, REMEDY))
                continue
            data = _read(Path(entry.path), MAX_FILE, name, problems)
            if data is not None:
                bundle.setdefault(name, data)
                total += len(data)
        if total > MAX_TOTAL or len(bundle) > MAX_FILES:
            problems.append(Problem(shown(folder.name), "file", f"more than {MAX_TOTAL} bytes or {MAX_FILES} files"))
            return {}
    problems += clashes(bundle)
    return bundle


def _entries(folder: Path, prefix: str, problems: list[Problem]) -> list[os.DirEntry]:
    if folder.is_symlink():
        problems.append(Problem(shown(prefix), "file", "is a symbolic link", "a bundle holds plain files and folders only"))
        return []
    try:
        with os.scandir(folder) as listed:
            entries = [entry for entry, _ in zip(listed, range(MAX_SEEN + 1), strict=False)]
    except OSError:
        return []
    if len(entries) > MAX_SEEN:
        problems.append(Problem(shown(folder.name), "file", f"more than {MAX_SEEN} entries"))
        return []
    kept = []
    for entry in sorted(entries, key=lambda each: each.name):
        if entry.is_symlink():
            problems.append(Problem(shown(prefix + entry.name), "file", "is a symbolic link", "a bundle holds plain files and folders only"))
        elif entry.is_file(follow_symlinks=False):
            kept.append(entry)
        elif not entry.is_dir(follow_symlinks=False):
            problems.append(Problem(shown(prefix + entry.name), "file", "is a device, pipe or socket", "a bundle holds plain files and folders only"))
    return kept


def _wanted(name: str) -> bool:
    """Whether a file of that name belongs into a bundle; a folder may hold others, which are left alone."""
    folder, _, last = name.rpartition("/")
    if folder == "":
        return last in PLAIN or last.endswith((".bpmn", ".dmn", TABLE_TESTS))
    return (folder == "forms" and last.endswith(".form.json")) or (folder == "scenarios" and last.endswith((".yaml", ".yml")))


def _placed(files: dict[str, bytes], archive: str, problems: list[Problem]) -> Bundle:
    """An archive's files by their place in the bundle: those beside its one procedure.toml, and `forms/` of the same name."""
    roots = [PurePosixPath(path).parent for path in files if PurePosixPath(path).name == "procedure.toml" and NATIONAL not in PurePosixPath(path).parts]
    if len(roots) != 1:
        problems.append(Problem(archive, "file", f"holds {len(roots)} files procedure.toml, not one"))
        return {}
    root, bundle = roots[0], {}
    forms = [root / "forms"] + ([root.parent.parent / "forms" / root.name] if root.parent.name == "processes" else [])
    for path, data in files.items():
        place = PurePosixPath(path)
        name = place.name if place.parent == root else f"scenarios/{place.name}" if place.parent == root / "scenarios" else f"forms/{place.name}" if place.parent in forms else path
        name = f"forms/{name}" if name.endswith(".form.json") and "/" not in name else name
        if _wanted(name):
            bundle[name] = data
        elif place.name != "demo.yaml":
            problems.append(Problem(archive, shown(path), "does not belong into a bundle", "procedure.toml, articles.toml, figures.toml, reports.toml, *.bpmn, *.dmn, forms/*.form.json, scenarios/*.yaml, *.tests.yaml"))
    return bundle


def _complete(own: Bundle, content: Path, problems: list[Problem]) -> Bundle:
    """With the files of its base and the shared ones that its manifest names, where it has none of its own."""
    if not own:
        if not problems:
            problems.append(Problem("procedure.toml", "file", "there is no procedure here"))
        return {}
    try:
        return overlay(own, content)
    except BundleError as error:
        problems.append(Problem("procedure.toml", "base", str(error)))
    return own

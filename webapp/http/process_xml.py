"""A deployed process as it is drawn, read once: for names and for what leads where."""
from __future__ import annotations

from functools import lru_cache

from webapp.engine import Definition
from webapp.engine.xml import ProcessXml, parse_xml, read_processes

from .formats import english


def process_of(definition: Definition, process: str) -> ProcessXml | None:
    """The process with its elements and flows; None where the definition has no picture of it."""
    found = definition.diagrams.get(process)
    return _read(found[1], found[0], process) if found else None


@lru_cache(maxsize=64)
def _read(xml: bytes, file: str, process: str) -> ProcessXml | None:
    return next((p for p in read_processes(parse_xml(xml, file, stored=True), file, [], stored=True) if p.id == process), None)


def process_name(definition: Definition, process: str, lang: str) -> str:
    """What the diagram calls the process; its id where it is not named."""
    found = process_of(definition, process)
    if found is None:
        return process
    return (found.properties.get("en") if english(lang) else None) or found.name or process

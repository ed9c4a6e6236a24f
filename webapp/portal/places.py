"""The places whose procedures are in force, and what each procedure is."""
from __future__ import annotations

from dataclasses import dataclass

from webapp.cases.environment import Environment
from webapp.engine.manifest import Manifest


@dataclass(frozen=True)
class Procedure:
    """A procedure as the portal names it."""

    id: str
    title: str
    document: str
    manifest: Manifest


@dataclass(frozen=True)
class Place:
    """A jurisdiction and its procedures."""

    name: str
    procedures: tuple[Procedure, ...]


def places(env: Environment, lang: str) -> list[Place]:
    """Procedures in force now that citizens can file under, by place."""
    found: dict[str, list[Procedure]] = {}
    for deployed in env.registry.procedures(env.now()):
        manifest = deployed.manifest
        if manifest.filing.get("form", "file") in deployed.forms:
            found.setdefault(manifest.directory, []).append(
                Procedure(manifest.id, manifest.text(manifest.title, lang), manifest.text(manifest.document, lang), manifest))
    names = {key: directory.en if lang == "en" else directory.zh for key, directory in env.registry.directories().items()}
    return [Place(names.get(key, key), tuple(entries)) for key, entries in found.items()]

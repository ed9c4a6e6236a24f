"""The OpenAPI document, and a page that shows it without a script or anything from elsewhere."""
from __future__ import annotations

from typing import Any

from flask import current_app, jsonify, render_template
from markupsafe import Markup, escape

from webapp.http.web import public

from .blueprint import PREFIX, api
from .operations import document


def whole() -> dict[str, Any]:
    """The document, put together at the first request."""
    kept = current_app.extensions.get("duban_openapi")
    if kept is None:
        kept = current_app.extensions["duban_openapi"] = document(current_app)
    return kept


@api.get("/openapi.json")
@public
def openapi():
    return jsonify(whole())


@api.get("/docs")
@public
def docs():
    found = whole()
    operations = [{"method": method.upper(), "path": PREFIX + path, **words} for path, methods in found["paths"].items() for method, words in methods.items()]
    return render_template("api/docs.html", about=found["info"]["description"], operations=operations, schemas=found["components"]["schemas"],
                           said_type=said_type, name_of=name_of, coded=coded)


def name_of(schema: dict[str, Any]) -> str | None:
    """The schema that is pointed to, or None."""
    return schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None


def said_type(schema: dict[str, Any]) -> str:
    """A schema's type in a few words."""
    kind = schema.get("type", "")
    words = " / ".join(kind) if isinstance(kind, list) else kind
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"])) + (" | null" if "null" in kind else "")
    limits = [f"{sign} {schema[key]}" for key, sign in (("minLength", "≥"), ("maxLength", "≤"), ("minimum", "≥"), ("maximum", "≤"), ("maxItems", "≤")) if key in schema]
    return " ".join([words, *([f"({schema['format']})"] if "format" in schema else []), *([f"({', '.join(limits)})"] if limits else [])])


def coded(text: str) -> Markup:
    """A text with what stands between backticks as code."""
    return Markup("").join(Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate((text or "").split("`")))

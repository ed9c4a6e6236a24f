"""The form dialect as data: which components a form may hold, and which options of form-js each may use."""

from __future__ import annotations

TEXT = frozenset({"textfield", "textarea"})
CHOOSE_ONE = frozenset({"radio", "select"})
CHOOSE_MANY = frozenset({"checklist", "taglist"})
CHOICES = CHOOSE_ONE | CHOOSE_MANY
SHOWN = frozenset({"text", "html", "separator", "spacer"})
CONTAINERS = frozenset({"group", "dynamiclist"})
KEYED = TEXT | CHOICES | {"number", "checkbox", "datetime", "filepicker"}

_ANY = frozenset({"id", "type", "conditional", "layout", "properties"})
_ANSWERED = _ANY | {"key", "label", "description", "disabled", "defaultValue", "validate"}
_CHOICE = _ANSWERED | {"values", "valuesKey", "valuesExpression", "searchable"}

OPTIONS: dict[str, frozenset[str]] = {
    "textfield": _ANSWERED | {"appearance"},
    "textarea": _ANSWERED,
    "number": _ANSWERED | {"appearance", "decimalDigits", "increment"},
    "checkbox": _ANSWERED,
    "checklist": _CHOICE,
    "radio": _CHOICE,
    "select": _CHOICE,
    "taglist": _CHOICE,
    "datetime": _ANSWERED - {"label"}
    | {"subtype", "dateLabel", "timeLabel", "timeSerializingFormat", "timeInterval", "use24h", "disallowPassedDates"},
    "filepicker": _ANSWERED - {"defaultValue"} | {"multiple", "accept"},
    "group": _ANY | {"label", "components", "showOutline", "verticalAlignment"},
    "dynamiclist": _ANY
    | {"label", "components", "path", "isRepeating", "allowAddRemove", "defaultRepetitions", "showOutline", "verticalAlignment"},
    "text": _ANY | {"text"},
    "html": _ANY | {"content"},
    "separator": _ANY,
    "spacer": _ANY | {"height"},
}

FORM_OPTIONS = frozenset(
    {
        "id",
        "type",
        "components",
        "schemaVersion",
        "exporter",
        "executionPlatform",
        "executionPlatformVersion",
        "versionTag",
        "properties",
    }
)

VALIDATE: dict[str, frozenset[str]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "patternErrorMessage", "validationType"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
VALIDATE_OTHERS = frozenset({"required"})

# Ours, kept by form-js in a component's `properties`.
PROPERTIES = frozenset({"entity", "required_when", "starts_with", "en", "en_description", "en_time", "en_pattern", "en_suffix", "article"})
OPTION_KEYS = frozenset({"label", "value", "en"})
ENTITIES: dict[str, frozenset[str]] = {
    "unit": frozenset({"textfield", "select", "radio"}),
    "respondent": frozenset({"textfield", "select", "radio"}),
    "units": CHOOSE_MANY,
    "case": frozenset({"textfield", "select", "radio"}),
    "files": frozenset({"filepicker"}),
}

# What a condition may read besides the form's own fields (docs/modelling.md, Expressions).
KNOWN_NAMES = frozenset({"case", "answers", "request", "deadlines", "vars", "result", "params", "count", "open", "round", "today", "now"})

MAX_COMPONENTS = 200
MAX_TEXT = {"textfield": 500, "textarea": 10_000}
MAX_CHOSEN = 200
MAX_FILES = 20
MAX_ROWS = 50
MAX_NUMBER = 2**53 - 1  # what a browser counts exactly

ALLOWED_TAGS = frozenset(
    {
        "p",
        "br",
        "strong",
        "em",
        "ul",
        "ol",
        "li",
        "a",
        "h2",
        "h3",
        "h4",
        "span",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
)

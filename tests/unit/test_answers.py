"""Answers: the shared vectors (the browser runs the same), the bundled forms, and what a schema may not be."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from webapp.answers import WORDS, FormProblem, Refused, clean, compile_form, localise

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/forms.json").read_text("utf-8"))
FORMS = sorted((ROOT / "forms").glob("*/*.form.json"))
NOW = datetime(2026, 10, 18, 2, 0, tzinfo=UTC)


class Known:
    """Lookups over a vector's lists; what is under `refused` is refused with its code."""

    def __init__(self, units=(), refused=None, cases=(), files=()):
        self.units, self.refusals, self.cases, self.files = units, refused or {}, cases, files

    def unit(self, code):
        if code in self.refusals:
            raise Refused(self.refusals[code], "被反映的单位不能办理", "the reported unit cannot handle it")
        return code in self.units

    def respondent(self, code):
        return code in self.units

    def case(self, number):
        return number in self.cases

    def file(self, id):
        return id in self.files


def schema_of(vector):
    return vector["schema"] if "schema" in vector else json.loads((ROOT / f"forms/{vector['form']}.form.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_vector(vector):
    form = compile_form(schema_of(vector), known=vector.get("known", ()))
    now = datetime.fromisoformat(vector["now"]) if "now" in vector else NOW
    lookups = Known(**vector["lookups"]) if "lookups" in vector else None
    found = clean(form, vector["data"], context=vector.get("inputs"), now=now, lookups=lookups)
    codes = {}
    for each in found.problems:
        codes.setdefault(each.field, []).append(each.code)
        assert each.zh and each.en and "{" not in each.zh + each.en
    assert codes == vector["errors"]
    assert found.ok == vector["valid"]
    if "values" in vector:
        assert found.values == vector["values"]
    json.dumps(found.values)


def test_every_code_has_a_vector():
    assert {code for vector in VECTORS for codes in vector["errors"].values() for code in codes} >= set(WORDS)


@pytest.mark.parametrize("path", FORMS, ids=[f"{path.parent.name}/{path.name}" for path in FORMS])
def test_bundled_form_compiles_and_is_bilingual(path):
    schema = json.loads(path.read_text("utf-8"))
    form = compile_form(schema)
    assert form.fields
    for component in schema["components"]:
        properties = component.get("properties", {})
        assert properties.get("en"), component
        assert ("description" in component) == ("en_description" in properties), component
        assert ("patternErrorMessage" in component.get("validate", {})) == ("en_pattern" in properties)
        assert all(choice.get("en") for choice in component.get("values", []))


SCHEMA_PROBLEMS = [
    ("not a form", [], "form", "not a form-js schema"),
    ("an unknown component", {"type": "expression", "key": "a"}, "a", "unknown component type"),
    ("an unknown option", {"type": "textfield", "key": "a", "onclick": "x"}, "a", "unknown option `onclick`"),
    ("an unknown rule", {"type": "checkbox", "key": "a", "validate": {"min": 1}}, "a", "validate.min"),
    ("an unknown property", {"type": "textfield", "key": "a", "properties": {"entiy": "unit"}}, "a", "unknown property"),
    ("an unknown entity", {"type": "textfield", "key": "a", "properties": {"entity": "person"}}, "a", "unknown entity"),
    ("an entity on the wrong component", {"type": "number", "key": "a", "properties": {"entity": "unit"}}, "a", "cannot name"),
    ("a duplicate key", [{"type": "textfield", "key": "a"}, {"type": "number", "key": "a"}], "a", "duplicate key"),
    (
        "a duplicate id",
        [{"type": "textfield", "key": "a", "id": "x"}, {"type": "number", "key": "b", "id": "x"}],
        "b",
        "duplicate id",
    ),
    ("a key with a dot", {"type": "textfield", "key": "a.b"}, "a.b", "a key is"),
    ("no key", {"type": "textfield"}, "form/0", "a key is"),
    ("FEEL that does not parse", {"type": "textfield", "key": "a", "conditional": {"hide": "=b = ="}}, "a", "does not parse"),
    ("a condition that is no expression", {"type": "textfield", "key": "a", "conditional": {"hide": "true"}}, "a", "begins with"),
    ("another condition", {"type": "textfield", "key": "a", "conditional": {"show": "=true"}}, "a", "only hold `hide`"),
    ("an unknown name", {"type": "textfield", "key": "a", "conditional": {"hide": "=b = 1"}}, "a", "unknown name `b`"),
    (
        "conditions in a circle",
        [{"type": "textfield", "key": k, "conditional": {"hide": f'={o} = ""'}} for k, o in ("ab", "ba")],
        "a",
        "circle",
    ),
    (
        "a chain of three",
        [{"type": "textfield", "key": "a"}]
        + [{"type": "textfield", "key": k, "conditional": {"hide": f'={o} = ""'}} for k, o in ("ba", "cb", "dc")],
        "d",
        "two in a row",
    ),
    ("a template in a label", {"type": "textfield", "key": "a", "label": "{{b}}"}, "a", "plain text"),
    ("a pattern that is none", {"type": "textfield", "key": "a", "validate": {"pattern": "("}}, "a", "cannot be run safely"),
    (
        "a pattern that looks back",
        {"type": "textfield", "key": "a", "validate": {"pattern": "(a)\\1"}},
        "a",
        "cannot be run safely",
    ),
    ("too long a limit", {"type": "textfield", "key": "a", "validate": {"maxLength": 501}}, "a", "500 at most"),
    ("a default outside", {"type": "number", "key": "a", "defaultValue": "5"}, "a", "default value"),
    (
        "two sources of options",
        {"type": "select", "key": "a", "valuesKey": "x", "values": [{"label": "l", "value": "v"}]},
        "a",
        "exactly one",
    ),
    ("no source of options", {"type": "select", "key": "a"}, "a", "exactly one"),
    ("an option twice", {"type": "select", "key": "a", "values": [{"label": "l", "value": "v"}] * 2}, "a", "duplicate option"),
    ("an option without a label", {"type": "select", "key": "a", "values": [{"value": "v"}]}, "a", "an option is"),
    ("script in HTML", {"type": "html", "id": "h", "content": "<p>x</p><script>1</script>"}, "h", "<script>"),
    ("a handler in HTML", {"type": "html", "id": "h", "content": '<p onclick="x">x</p>'}, "h", "onclick"),
    ("a script link in HTML", {"type": "html", "id": "h", "content": '<a href="javascript:1">x</a>'}, "h", "href"),
    ("an unknown subtype", {"type": "datetime", "key": "a", "subtype": "week"}, "a", "subtype"),
    (
        "a list in a list",
        {"type": "dynamiclist", "path": "r", "components": [{"type": "group", "components": []}]},
        "r",
        "fields only",
    ),
    ("a step of nothing", {"type": "number", "key": "a", "increment": 0}, "a", "increment"),
]


@pytest.mark.parametrize(
    ("components", "element", "words"), [row[1:] for row in SCHEMA_PROBLEMS], ids=[row[0] for row in SCHEMA_PROBLEMS]
)
def test_schema_problem(components, element, words):
    schema = (
        {"type": "default", "components": components if isinstance(components, list) else [components]}
        if components
        else components
    )
    with pytest.raises(FormProblem) as raised:
        compile_form(schema)
    assert any(where == element and words in message for where, message in raised.value.problems), raised.value.problems


def test_all_schema_problems_at_once():
    broken = [{"type": "nothing"}, {"type": "textfield", "key": "A"}, {"type": "select", "key": "b"}]
    with pytest.raises(FormProblem) as raised:
        compile_form({"type": "default", "components": broken})
    assert len(raised.value.problems) == 3


def test_a_hostile_pattern_costs_nothing():
    field = {"type": "textfield", "key": "a", "validate": {"pattern": "^(a+)+$"}}
    try:
        form = compile_form({"type": "default", "components": [field]})
    except FormProblem:
        return
    assert not clean(form, {"a": "a" * 400 + "b"}, now=NOW).ok


def test_typed_answers():
    form = compile_form(
        {
            "type": "default",
            "components": [{"type": "datetime", "key": "d"}, {"type": "datetime", "key": "m", "subtype": "datetime"}],
        }
    )
    typed = form.typed({"d": "2026-10-19", "m": "2026-10-19T09:00"})
    assert typed["d"] == date(2026, 10, 19)
    assert typed["m"].isoformat() == "2026-10-19T09:00:00+08:00"


def test_localise():
    schema = json.loads((ROOT / "forms/dali-ducha/screen.form.json").read_text("utf-8"))
    english, chinese = localise(schema, "en"), localise(schema, "zh")
    by_key = {each.get("key"): each for each in english["components"]}
    assert by_key["decision"]["label"] == "What to do"
    assert by_key["decision"]["values"][0]["label"].startswith("Assign")
    assert by_key["urgent_due"]["dateLabel"] == "Latest date for the urgent matter"
    assert "Art.2, 6" in by_key["unit"]["description"]
    assert {each.get("key"): each for each in chinese["components"]}["decision"]["label"] == "怎样处理"
    compile_form(english)
    required = localise(
        {"type": "default", "components": [{"type": "textarea", "key": "a", "validate": {"required": True}}]}, "zh"
    )
    assert required["components"][0]["validate"] == {"required": True, "maxLength": 10000, "minLength": 1}


def test_the_documentation_lists_every_code():
    listed = (ROOT / "docs/forms.md").read_text("utf-8").split("## Codes")[1].split("##")[0]
    assert {code for code in WORDS if f"`{code}`" not in listed} == set()


STARTING = {"type": "default", "components": [
    {"type": "textarea", "key": "text", "label": "内容", "properties": {"starts_with": "=answers.handle.text"}},
    {"type": "textfield", "key": "who", "label": "谁", "properties": {"starts_with": "=answers.handle.number"}},
]}


def test_a_text_starts_with_what_the_case_says_and_stays_the_persons_to_change():
    form = compile_form(STARTING)
    assert form.beginning({"answers": {"handle": {"text": "已修好", "number": 3}}}, NOW) == {"text": "已修好"}
    assert form.beginning({"answers": {}}, NOW) == {} and form.beginning({}, NOW) == {}
    assert clean(form, {}, context={"answers": {"handle": {"text": "已修好"}}}, now=NOW).values == {}
    assert form.begins_from() == {("handle", "text"), ("handle", "number")}


@pytest.mark.parametrize("component", [
    {"type": "number", "key": "n", "label": "数", "properties": {"starts_with": "=round"}},
    {"type": "textfield", "key": "t", "label": "文", "properties": {"starts_with": "=answers."}},
    {"type": "textfield", "key": "t", "label": "文", "properties": {"starts_with": "=nothing.known"}},
])
def test_what_nothing_can_start_with(component):
    with pytest.raises(FormProblem):
        compile_form({"type": "default", "components": [component]})

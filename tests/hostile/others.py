"""Hostile manifests, tables and forms with their benign twins; each a change of one place."""
from __future__ import annotations

import json

from tests.hostile.base import Bundle, Pair

M, D, W = "procedure.toml", "limits.dmn", "forms/handle.form.json"


def manifest(old: str, bad: str, good: str, says: str) -> Pair:
    return Pair(M, (old.encode(), bad.encode()), (old.encode(), good.encode()), says)


def table(old: str, bad: str, good: str, says: str) -> Pair:
    return Pair(D, (old.encode(), bad.encode()), (old.encode(), good.encode()), says)


def component(bad: dict, good: dict, says: str) -> Pair:
    """One more component of the form."""
    def add(more: dict):
        def change(bundle: Bundle) -> None:
            schema = json.loads(bundle[W])
            schema["components"].append(more)
            bundle[W] = json.dumps(schema).encode()
        return change
    return Pair(W, add(bad), add(good), says)


def form(bad: bytes, good: bytes, says: str) -> Pair:
    """The form's bytes."""
    return Pair(W, lambda b: b.__setitem__(W, bad), lambda b: b.__setitem__(W, good), says)


SOUND = json.dumps({"type": "default", "id": "form", "components": [{"type": "textfield", "key": key, "id": f"f_{key}", "label": key} for key in ("text", "decision")]}).encode()
DECISION = '<decision id="limit" name="limit">'
LITERAL = '<decision id="more" name="more"><literalExpression id="y"{0}><text>{1}</text></literalExpression></decision>'
MANIFESTS = {
    "not TOML": manifest('id = "shape"', "id = ", 'id = "shape"  ', "TOML"),
    "TOML too deep": manifest("[filing]", "x = " + "[" * 5_000 + "]" * 5_000 + "\n[filing]", "[params]\nx = [[1]]\n[filing]", "TOML"),
    "a list for a table": manifest("[filing]\nform = \"file\"", "filing = []", "[filing]\nform = \"file\"", "must be a table"),
    "a number for a text": manifest('process = "main"', "process = 1", 'process = "main" ', "must be a text"),
    "an action that is a text": manifest("[actions.withdraw]", "[actions]\nx = \"y\"\n[actions.withdraw]", "[actions.withdraw]\nclosed = false", "must be a table"),
    "an unknown key": manifest('number = "SH"', 'number = "SH"\npickle = "gASV"', 'number = "SH"\noffice_instead = "dali/office"', "not a key"),
    "an unknown key of an action": manifest('message = "withdraw"', 'message = "withdraw"\nexec = "rm"', 'message = "withdraw"\narticle = "Art.1"', "not a key"),
    "an unknown key of a deadline": manifest("[deadlines.handle]", "[deadlines.handle]\nlapse = true", "[deadlines.handle]\nlapses = false", "not a key"),
    "a parameter that is no number": manifest("[filing]", "[params]\nx = nan\n[filing]", "[params]\nx = 0.5\n[filing]", "nan"),
    "an endless parameter": manifest("[filing]", "[params]\nx = -inf\n[filing]", "[params]\nx = -1e9\n[filing]", "inf"),
    "a number of 5,000 digits": manifest("[filing]", f"[params]\nx = {'9' * 5_000}\n[filing]", f"[params]\nx = {'9' * 15}\n[filing]", "TOML"),
    "a diagram that is a path": manifest("[filing]", 'uses = ["../../../etc/passwd"]\n[filing]', 'uses = ["supervision"]\n[filing]', "no diagram"),
    "a title that turns round": manifest('zh = "样例", en = "Shape"', 'zh = "样\\u202e例", en = "Shape"', 'zh = "样\\u2014例", en = "Shape"', "direction mark"),
    "an id that is a path": manifest('id = "shape"', 'id = "../../etc"', 'id = "shape-2"', "cannot be an id"),
    "a base that is a path": manifest('id = "shape"', 'id = "shape"\nbase = "../../../etc"', 'id = "shape"', "leads in a circle or is no procedure"),
    "a base that is not there": manifest('id = "shape"', 'id = "shape"\nbase = "atlantis"', 'id = "shape"', "does not exist"),
    "a number with a line break": manifest('number = "SH"', 'number = "S\\nH"', 'number = "SHA"', "cannot begin"),
    "unknown role of an action": manifest('{role = "citizen"}', '{role = "root"}', '{role = "clerk", unit = "lead"}', "unknown role"),
    "unknown unit of an action": manifest('role = "clerk", unit = "office"', 'role = "clerk", unit = "dali/atlantis"', 'role = "clerk", unit = "dali/market"', "no unit"),
    "an action without a form": manifest("[actions.withdraw]", "[actions.withdrawal]", "[actions.withdraw]", "no form"),
    "an action that does nothing": manifest('message = "withdraw"', "", 'message = "withdraw"', "does nothing"),
    "an action that runs": manifest('message = "withdraw"', 'does = "os.system"', 'message = "withdraw"', "not something an action can do"),
    "an action nobody hears": manifest('message = "withdraw"', 'message = "nothing"', 'message = "withdraw"', "nothing waits"),
    "an effect that is not there": manifest('name = "notify"', 'name = "eval"', 'name = "notify"', "unknown effect"),
    "a refusal that reads nothing": manifest('case.status = "closed"', 'case.statuses = "closed"', 'case.outcome != null', "unknown name"),
    "a check of an unknown field": manifest('field = "text"', 'field = "texts"', 'field = "decision"', "no field"),
    "a check of an unknown task": manifest('task = "handle"', 'task = "handled"', 'task = "handle"', "no task"),
    "a check that does not parse": manifest('answers.handle.text = ""', "answers.handle.text = (", 'answers.handle.text = null', "does not parse"),
    "an unknown directory": manifest('directory = "dali"', 'directory = "atlantis"', 'directory = "dali"', "no directory"),
    "a directory that is a path": manifest('directory = "dali"', 'directory = "../dali"', 'directory = "dali"', "no directory"),
    "an office that is not there": manifest('office = "dali/inspection"', 'office = "dali/atlantis"', 'office = "dali/office"', "no unit"),
    "an unknown calendar": manifest('calendar = "national"', 'calendar = "mars"', 'calendar = "dali"', "no calendar"),
    "an unknown channel": manifest('form = "file"', 'form = "file"\nchannels = ["telepathy"]', 'form = "file"\nchannels = ["web"]', "telepathy"),
    "an unknown case type": manifest('form = "file"', 'form = "file"\ntypes = ["bribe"]', 'form = "file"\ntypes = ["complaint"]', "bribe"),
    "a filing form that is not there": manifest('form = "file"', 'form = "fill"', 'form = "file"', "no form"),
    "a trigger that stands twice": manifest("[[supervision.trigger]]", '[[supervision.trigger]]\nid = "sh-s-1"\nzh = "x"\n[[supervision.trigger]]',
                                            '[[supervision.trigger]]\nid = "sh-s-2"\nzh = "x"\n[[supervision.trigger]]', "stands twice"),
    "a trigger by magic": manifest('by = ["clock", "hand"]', 'by = ["magic"]', 'by = ["hand"]', "magic"),
    "no limit decision": manifest('limits = "limit"', 'limits = "sky"', 'limits = "limit"', "no decision"),
    "an extension of nothing": manifest("[filing]", '[extensions.nothing]\ndecision = "extension"\n[filing]', '[extensions.handle]\ndecision = "extension"\n[filing]', "unknown deadline"),
    "an empty manifest": Pair(M, lambda b: b.__setitem__(M, b""), lambda b: None, "is missing"),
}
TABLES = {
    "doctype in a table": table("<definitions ", '<!DOCTYPE x [<!ENTITY a "b">]><definitions ', "<!-- <!DOCTYPE> --><definitions ", "DOCTYPE"),
    "a table of another encoding": Pair(D, lambda b: b.__setitem__(D, b[D].decode().encode("utf-16")), lambda b: b.__setitem__(D, b"\xef\xbb\xbf" + b[D]), "UTF-8"),
    "a business knowledge model in Java": table("</definitions>", '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic kind="Java"/></businessKnowledgeModel></definitions>',
                                                LITERAL.format("", "1") + "</definitions>", "k"),
    "an import": table("</definitions>", '<import id="k" namespace="urn:y" locationURI="http://127.0.0.1:9/" importType="x" name="y"/></definitions>', "</definitions>", "import"),
    "another language in a table": table("</definitions>", LITERAL.format(' expressionLanguage="python"', "1") + "</definitions>", LITERAL.format(' expressionLanguage="feel"', "1") + "</definitions>", "python"),
    "a requirement out of the file": table(DECISION, DECISION + '<informationRequirement id="q"><requiredDecision href="http://127.0.0.1:9/x#extension"/></informationRequirement>',
                                           DECISION + '<informationRequirement id="q"><requiredDecision href="#extension"/></informationRequirement>', "leads out"),
    "a decision without logic": table("</definitions>", '<decision id="more" name="more"/></definitions>', LITERAL.format("", "null") + "</definitions>", "no decision table"),
    "a decision that requires itself": table(DECISION, DECISION + '<informationRequirement id="q"><requiredDecision href="#limit"/></informationRequirement>', DECISION, "itself"),
    "an input that is not there": table("<text>deadline</text>", "<text>os.environ</text>", "<text>deadline</text>", "unknown name"),
    "a cell that does not parse": table('<text>"handle"</text>', '<text>"handle" or</text>', '<text>"handle", "accept"</text>', "handle"),
    "a call in a cell": table('<text>"5 wd"</text>', "<text>open(\"/etc/passwd\")</text>", '<text>string(5) + " wd"</text>', "unknown function"),
    "an attribute walk in a cell": table('<text>"5 wd"</text>', "<text>string([].__class__.__base__)</text>", '<text>"5" + " wd"</text>', "unknown name"),
    "a table that turns round": table('<text>"Art.1"</text>', '<text>"Art.\u20661"</text>', '<text>"Art.\\u0031"</text>', "direction mark"),
    "a foreign element in a table": table("</definitions>", '<x:script xmlns:x="urn:evil">1</x:script></definitions>', "<!-- urn:evil --></definitions>", "script"),
    "an attribute of camunda": table(DECISION, '<decision xmlns:c="http://camunda.org/schema/1.0/dmn" c:historyTimeToLive="1" id="limit" name="limit">', DECISION, "historyTimeToLive"),
    "an id that stands twice in a table": table('<rule id="r1">', '<rule id="t">', '<rule id="rule">', "stands twice"),
    "an unknown hit policy": table('hitPolicy="UNIQUE"', 'hitPolicy="RANDOM"', 'hitPolicy="FIRST"', "RANDOM"),
}
FORMS = {
    "a form that is no JSON": form(b"{", SOUND, "JSON"),
    "a form in UTF-16": form(SOUND.decode().encode("utf-16"), SOUND, "JSON"),
    "a form with a key twice": form(SOUND[:-1] + b', "id": "again"}', SOUND, "stands twice"),
    "a form with NaN": form(SOUND[:-1] + b', "schemaVersion": NaN}', SOUND[:-1] + b', "schemaVersion": 16}', "JSON"),
    "a form with an endless number": form(SOUND[:-1] + b', "schemaVersion": 1e999}', SOUND[:-1] + b', "schemaVersion": 1e2}', "too large"),
    "a form with a long number": form(SOUND[:-1] + b', "schemaVersion": ' + b"9" * 9_000 + b"}", SOUND, "JSON"),
    "a form too deep": form(b"[" * 100_000 + b"]" * 100_000, SOUND, "deep"),
    "a form too large": form(SOUND + b" " * 1_000_000, SOUND + b" " * 1_000, "larger than"),
    "a script in a form": component({"type": "html", "content": "<script>alert(1)</script>"}, {"type": "html", "content": "<p>a <strong>b</strong></p>"}, "not allowed"),
    "a handler in a form": component({"type": "html", "content": "<p onclick='alert(1)'>a</p>"}, {"type": "html", "content": "<p class='a'>a</p>"}, "not allowed"),
    "a link that runs": component({"type": "html", "content": "<a href='javascript:alert(1)'>a</a>"}, {"type": "html", "content": "<a href='https://example.com/'>a</a>"}, "not allowed"),
    "a tag that does not end": component({"type": "html", "content": "<p>a</p><img src=x onerror=alert(1) "}, {"type": "html", "content": "<p>a</p>"}, "not allowed"),
    "a script in a text": component({"type": "text", "text": "# a\n<img src=x onerror=alert(1)>"}, {"type": "text", "text": "# a\n<strong>b</strong>"}, "not allowed"),
    "a link of Markdown that runs": component({"type": "text", "text": "[a](javascript:alert(1))"}, {"type": "text", "text": "[a](https://example.com/)"}, "no web address"),
    "markup in a label": component({"type": "textfield", "key": "a", "label": "<script>alert(1)</script>"}, {"type": "textfield", "key": "a", "label": "1 < 2 > 0"}, "without markup"),
    "an expression in a label": component({"type": "textfield", "key": "a", "label": "=case.title"}, {"type": "textfield", "key": "a", "label": "case.title"}, "plain text"),
    "a template in a label": component({"type": "textfield", "key": "a", "label": "{{constructor}}"}, {"type": "textfield", "key": "a", "label": "(constructor)"}, "plain text"),
    "a field called __class__": component({"type": "textfield", "key": "__class__", "label": "a"}, {"type": "textfield", "key": "class_name", "label": "a"}, "small letters"),
    "a field called __proto__": component({"type": "textfield", "key": "__proto__", "label": "a"}, {"type": "textfield", "key": "proto", "label": "a"}, "small letters"),
    "a field that is a path": component({"type": "textfield", "key": "a.b.__proto__", "label": "a"}, {"type": "textfield", "key": "a_b", "label": "a"}, "small letters"),
    "a field twice": component({"type": "textfield", "key": "text", "label": "a"}, {"type": "textfield", "key": "text_2", "label": "a"}, "duplicate key"),
    "an unknown component": component({"type": "iframe", "url": "http://127.0.0.1:9/"}, {"type": "separator"}, "unknown component"),
    "a button": component({"type": "button", "action": "submit", "label": "a"}, {"type": "spacer"}, "unknown component"),
    "a pattern that bombs": component({"type": "textfield", "key": "a", "label": "a", "validate": {"pattern": "(?=(a+)+$)"}},
                                      {"type": "textfield", "key": "a", "label": "a", "validate": {"pattern": "^[a-z]+$"}}, "pattern"),
    "a form condition that does not parse": component({"type": "textfield", "key": "a", "label": "a", "conditional": {"hide": "=text = ("}},
                                                 {"type": "textfield", "key": "a", "label": "a", "conditional": {"hide": '=text = "x"'}}, "does not parse"),
    "a condition in a circle": component({"type": "textfield", "key": "a", "label": "a", "conditional": {"hide": "=a = null"}},
                                         {"type": "textfield", "key": "a", "label": "a", "conditional": {"hide": "=decision = null"}}, "circle"),
    "a label that turns round": component({"type": "textfield", "key": "a", "label": "\u202egnp.exe"}, {"type": "textfield", "key": "a", "label": "exe.png"}, "direction"),
    "half a character": component({"type": "textfield", "key": "a", "label": "\ud800"}, {"type": "textfield", "key": "a", "label": "\U0001f600"}, "half"),
}

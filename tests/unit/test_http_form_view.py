"""Forms of pages without a script: what is drawn, and what comes back."""
from werkzeug.datastructures import MultiDict

from webapp.http.form_view import fields_of, submitted

SCHEMA = {"type": "default", "components": [
    {"type": "text", "text": "说明"},
    {"type": "textfield", "key": "phone", "label": "电话", "validate": {"validationType": "phone", "required": True}},
    {"type": "group", "label": "时间", "components": [{"type": "datetime", "subtype": "date", "key": "when", "dateLabel": "哪天"}]},
    {"type": "radio", "key": "urgent", "label": "急吗", "values": [{"label": "是", "value": True}, {"label": "否", "value": False}]},
    {"type": "checklist", "key": "how", "label": "方式", "values": [{"label": "短信", "value": "sms"}]},
    {"type": "taglist", "key": "units", "label": "单位", "valuesKey": "units"},
    {"type": "checkbox", "key": "hide", "label": "保密"},
    {"type": "number", "key": "days", "label": "天数", "decimalDigits": 0},
    {"type": "filepicker", "key": "documents", "label": "材料", "multiple": True},
]}


def test_fields():
    views = fields_of(SCHEMA, {"units": [{"value": f"u{n}", "label": f"单位{n}"} for n in range(20)]})
    assert [view.kind for view in views] == ["words", "tel", "heading", "radio", "checklist", "multiselect", "checkbox", "number", "file"]
    assert views[1].required and views[1].id == "f-phone"
    assert views[2].fields[0].label == "哪天" and views[2].fields[0].kind == "date"
    assert [choice.value for choice in views[3].choices] == ["true", "false"]


def test_only_some_fields_leave_no_empty_group():
    assert [view.key for view in fields_of(SCHEMA, only={"phone"}) if view.kind != "words"] == ["phone"]


def test_what_comes_back():
    sent = MultiDict([("phone", " 138 "), ("when", ""), ("urgent", "false"), ("how", "sms"), ("units", "u1"), ("units", "u2"), ("days", "x")])
    assert submitted(SCHEMA, sent) == {"phone": "138", "when": None, "urgent": False, "how": ["sms"], "units": ["u1", "u2"], "hide": False, "days": "x"}
    assert submitted(SCHEMA, MultiDict({"hide": "true", "days": "3"}), only={"hide", "days"}) == {"hide": True, "days": 3}

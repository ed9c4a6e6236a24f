"""A deployment that was stored under an earlier gate is loaded and run, though today's gate would refuse it; what cannot be run is refused still."""
from __future__ import annotations

import pytest

from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.deployments.bundle import bundle_hash, flatten, pack
from webapp.deployments.deploy import deploy
from webapp.deployments.registry import build
from webapp.engine import DefinitionError
from webapp.models import Deployment, Task, db
from webapp.permissions import find_person
from webapp.settings import ROOT

NAME = "dali-ducha"
FILING = {"channel": "web", "type": "complaint", "category": "dc-2", "title": "路灯不亮", "text": "一个月了", "claimant": {"kind": "person", "name": "张三"}}
STYLE = {      # name -> (file, what stands there, what stood there when it was deployed)
    "an unknown property": ("dali-ducha.bpmn", b'name="role" value="', b'name="colour" value="red" /><spiffworkflow:property name="role" value="'),
    "an end that nothing leads to": ("dali-ducha.bpmn", b"</bpmn:process>", b'<bpmn:endEvent id="lonely" /></bpmn:process>'),
    "a kind of message that there no longer is": ("dali-ducha.bpmn", b"{kind: &quot;rate_wanted&quot;}", b"{kind: &quot;rate_me&quot;}"),
    "deeper than today's limit": ("dali-ducha.bpmn", b'isExecutable="true">', b'isExecutable="true"><bpmn:documentation>' + b"<b>" * 70 + b"</b>" * 70 + b"</bpmn:documentation>"),
    "an unknown key of the manifest": ("procedure.toml", b'id = "dali-ducha"', b'remark = "x"\nid = "dali-ducha"'),
    "a number today's shape refuses": ("procedure.toml", b'number = "DC"', b'number = "dc_"'),
    "an unknown option of a form": ("forms/screen.form.json", b'"type": "default"', b'"type": "default", "exporter_of_old": {}'),
    "an unknown property of a field": ("forms/feedback.form.json", b'"starts_with"', b'"begins_with"'),
    "a form that starts with what nobody asks": ("forms/feedback.form.json", b"=answers.handle.text", b"=answers.handle.words"),
}
BROKEN = {
    "an expression that does not parse": ("dali-ducha.bpmn", b"{kind: &quot;rate_wanted&quot;}", b"{kind: "),
    "a manifest that is none": ("procedure.toml", b"[params]", b"[params"),
    "no limits": ("procedure.toml", b'limits = "limit"', b'limits = "no_such"'),
    "no main process": ("procedure.toml", b'process = "dali_ducha"', b'process = "nothing"'),
    "a condition of a form that does not parse": ("forms/feedback.form.json", b"=answers.handle.text", b"=answers."),
}


def made(file: str, old: bytes, new: bytes) -> dict[str, bytes]:
    bundle = dict(flatten(ROOT, NAME))
    assert old in bundle[file], f"{file} has no {old!r}"
    return bundle | {file: bundle[file].replace(old, new)}


def store(bundle: dict[str, bytes], now) -> Deployment:
    """As it lies in the database: it passed the gate of its day."""
    row = Deployment(procedure=NAME, number=99, hash=bundle_hash(bundle), bundle=pack(bundle), effective_at=now, created_at=now, created_by="then")
    db.session.add(row)
    db.session.flush()
    return row


@pytest.mark.parametrize("what", STYLE)
def test_what_only_the_gate_minds_does_not_stop_it(app, clock, what):
    bundle, env = made(*STYLE[what]), app.extensions["duban"].env
    with app.app_context():
        with pytest.raises(DefinitionError):
            deploy(bundle, clock.now(), "now")
        row = store(bundle, clock.now())
        receipt, _ = file_case(env, NAME, FILING)
        task = db.session.query(Task).filter_by(case_id=receipt.case_id, name="screen").one()
        work = complete_task(env, task.id, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"))
        assert work.case.deployment_id == row.id and [t.name for t in work.tasks] == ["receive"]
        db.session.rollback()


@pytest.mark.parametrize("what", BROKEN)
def test_what_cannot_be_run_is_refused(what):
    bundle = made(*BROKEN[what])
    with pytest.raises(DefinitionError):
        build(bundle, stored=True)


def test_stored_or_not_a_sound_bundle_is_the_same():
    bundle = flatten(ROOT, NAME)
    here, there = build(bundle), build(bundle, stored=True)
    assert here.definition.nodes.keys() == there.definition.nodes.keys() and here.definition.kept_answers == there.definition.kept_answers
    assert here.forms.keys() == there.forms.keys()

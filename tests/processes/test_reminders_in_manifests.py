"""The manifest's [[remind]] table: what is wrong with an entry is said before a deployment, under its deadline and moment; the bundled ones are sound and cover what can be late."""
from __future__ import annotations

import tomllib

import pytest

from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.gate import surroundings
from webapp.deployments.gate_judge import Surroundings, judge_bundle
from webapp.domain.directory import DirectoryProblems, load_directory
from webapp.engine.compile import check_manifest_alone
from webapp.settings import ROOT

SOUND = 'deadline = "receive"\nmoment = "yellow"\ntell = ["assigned.intake"]\n'
SLIPS = {
    "an unknown deadline": (SOUND.replace("receive", "reception"), "reception yellow", "unknown deadline"),
    "no moment": (SOUND.replace("yellow", "purple"), "receive purple", "is no moment"),
    "an unknown role": (SOUND.replace(".intake", ".king"), "receive yellow", "is not UNIT.ROLE"),
    "no role": (SOUND.replace(".intake", ""), "receive yellow", "is not UNIT.ROLE"),
    "an unknown unit word": (SOUND.replace("assigned.", "Nobody."), "receive yellow", "is not UNIT.ROLE"),
    "the citizen": (SOUND.replace("assigned.intake", "citizen.citizen"), "receive yellow", "is not UNIT.ROLE"),
    "nobody": (SOUND.replace('"assigned.intake"', ""), "receive yellow", "tells nobody"),
    "twice": (SOUND.replace('"assigned.intake"', '"assigned.intake", "assigned.intake"'), "receive yellow", "is told twice"),
    "from without a repetition": (SOUND + "from = 2\n", "receive yellow", "does not repeat"),
    "a unit that there is not": (SOUND.replace("assigned.", "dali/atlantis."), "receive yellow", "there is no unit"),
    "a deadline that never starts": (SOUND.replace("receive", "ghost"), "ghost yellow", "no diagram starts"),
}


def bundle_with(entry: str, more: str = "") -> dict[str, bytes]:
    bundle = dict(flatten(ROOT, "dali-ducha"))
    manifest = bundle["procedure.toml"].decode().partition("\n[[remind]]")[0]
    bundle["procedure.toml"] = f'{manifest}\n{more}\n[[remind]]\n{entry}'.encode()
    return bundle


def judged(entry: str, more: str = ""):
    directories, calendars = surroundings(ROOT)
    return judge_bundle(bundle_with(entry, more), Surroundings(directories, frozenset(calendars)))


def test_a_sound_entry_is_taken():
    assert judged(SOUND) == []
    assert judged('deadline = "handle"\nmoment = "overdue every 2 wd"\nfrom = 3\ntell = ["one_up(lead).leader", "co.clerk", "vars.x.clerk", "dali/inspection.supervisor"]\narticle = "Art.11"\n') == []


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_named(name):
    entry, where, piece = SLIPS[name]
    more = '[deadlines.ghost]\nzh = "从不开始"\n' if "ghost" in where else ""
    found = judged(entry, more)
    assert [(p.file, p.element) for p in found] == [("procedure.toml", f"remind ({where})")], found
    assert piece in found[0].message


def test_a_window_that_lapses_is_never_overdue():
    found = judged(SOUND.replace("receive", "window").replace("yellow", "overdue"), '[deadlines.window]\nlapses = true\nzh = "窗口"\n')
    assert any("never overdue" in p.message for p in found)


@pytest.mark.parametrize("entry, key", [
    ('deadline = "receive"\nmoment = "yellow"\n', "remind.tell"), (SOUND + "colour = 1\n", "remind.colour"), (SOUND + "from = 0\n", "remind.from"),
    (SOUND + "from = true\n", "remind.from"), (SOUND.replace('["assigned.intake"]', '"assigned.intake"'), "remind.tell"),
])
def test_the_shape_is_closed(entry, key):
    assert [p.element for p in check_manifest_alone(bundle_with(entry)["procedure.toml"])] == [key]


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_each_procedure_reminds_of_handling_before_it_is_late_and_after(procedure):
    manifest = tomllib.loads((ROOT / "processes" / procedure / "procedure.toml").read_text(encoding="utf-8"))
    handling = "consider" if "consider" in manifest["deadlines"] else "handle"
    moments = {entry["moment"] for entry in manifest["remind"] if entry["deadline"] == handling}
    assert {"yellow", "last_day"} <= moments and any(moment.startswith("overdue every") for moment in moments)


@pytest.mark.parametrize("text, at", [("", "08:30"), ('reminders_at = "17:05"\n', "17:05")])
def test_the_hour_stands_in_the_directory(text, at):
    assert load_directory(directory(text)).reminders_at.isoformat("minutes") == at


@pytest.mark.parametrize("value", ['"8:30"', '"24:00"', "830", '"08:30:00"', "08:30:00"])
def test_an_hour_that_is_none_is_refused(value):
    with pytest.raises(DirectoryProblems) as caught:
        load_directory(directory(f"reminders_at = {value}\n"))
    assert [p.code for p in caught.value.problems] == ["bad_time"]


def directory(text: str) -> bytes:
    return f'id = "x"\ntitle = {{zh = "某地", en = "X"}}\n{text}default_roles = ["clerk"]\nunits = [{{code = "x", zh = "某地", en = "X", level = "city"}}]\n'.encode()

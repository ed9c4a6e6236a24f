"""The bundled directories hold what the scenarios name, their trees are sound, and a bad file says all that is wrong."""

import re
from pathlib import Path

import pytest

from webapp.domain.directory import Directory, DirectoryProblems, UnknownUnit, load_directory
from webapp.domain.units import LEVELS, ROLES

FOLDER = Path(__file__).parents[2] / "processes" / "directories"
NAMED = {
    "dali": """dali dali/office dali/inspection dali/business-env dali/education dali/transport dali/market dali/dali-city dali/xiangyun
        dali/xiangyun/education dali/xiangyun/market dali/xiangyun/housing dali/binchuan dali/binchuan/water dali/midu dali/weishan
        dali/nanjian dali/yongping dali/yunlong dali/eryuan dali/jianchuan dali/heqing dali/yangbi""",
    "district": """district district/service district/urban district/civil district/town-a district/town-a/village-1
        district/town-a/village-2 district/town-b district/town-b/village-3""",
    "suqian": """suqian suqian/command suqian/urban suqian/housing suqian/transport suqian/ecology suqian/market suqian/police
        suqian/shuyang suqian/siyang suqian/sucheng suqian/sihong suqian/suyu""",
    "liaoning": """liaoning liaoning/12345 liaoning/business-env liaoning/justice liaoning/shenyang liaoning/shenyang/12345
        liaoning/shenyang/business-env liaoning/shenyang/market liaoning/shenyang/housing liaoning/shenyang/heping
        liaoning/shenyang/heping/urban liaoning/dalian""",
    "xuchang": """xuchang xuchang/business-env xuchang/market xuchang/tax xuchang/inspection xuchang/yuzhou xuchang/yuzhou/market
        xuchang/weidu""",
}


@pytest.fixture(scope="module")
def bundled() -> dict[str, Directory]:
    return {name: load_directory((FOLDER / f"{name}.toml").read_bytes()) for name in NAMED}


def bad(units: str, head: str = 'default_roles = ["clerk"]') -> list:
    source = f'id = "x"\ntitle = {{zh = "某地", en = "Somewhere"}}\n{head}\nunits = [\n{units}\n]\n'
    with pytest.raises(DirectoryProblems) as caught:
        load_directory(source.encode())
    return caught.value.problems


TOP = '{code = "x", zh = "某市", en = "City", level = "city", kind = "government"},\n'


@pytest.mark.parametrize("name", NAMED)
def test_every_code_that_scenarios_may_use_exists_with_every_role(bundled, name):
    directory = bundled[name]
    for code in NAMED[name].split():
        assert directory.unit(code).roles == ROLES


@pytest.mark.parametrize("name", NAMED)
def test_the_tree_is_sound(bundled, name):
    directory = bundled[name]
    assert directory.id == directory.top.code == name
    for unit in directory.units:
        assert re.fullmatch(r"[a-z0-9/-]+", unit.code)
        assert directory.within(unit.code, name)
        assert [above.code for above in directory.ancestors(unit.code)][-1:] == ([] if unit.code == name else [name])
        if unit.parent:
            assert LEVELS.index(directory.unit(unit.parent).level) <= LEVELS.index(unit.level)
            assert unit in directory.children(unit.parent)
        assert re.search(r"[\u4e00-\u9fff]", unit.zh) and unit.en.isascii()


def test_the_annex_of_suqian_stands_in_its_five_groups(bundled):
    counted = {group.id: sum(unit.group == group.id for unit in bundled["suqian"].units) for group in bundled["suqian"].groups}
    assert counted == {"counties": 9, "party": 29, "government": 37, "vertical": 24, "other": 56}


def test_liaoning_has_fourteen_cities_and_five_levels(bundled):
    units = bundled["liaoning"].units
    assert sum(unit.level == "city" and unit.kind == "government" for unit in units) == 14
    assert {unit.level for unit in units} == set(LEVELS)


def test_dali_has_twelve_counties_and_cities(bundled):
    assert sum(unit.level == "county" and unit.kind == "government" for unit in bundled["dali"].units) == 12


@pytest.mark.parametrize(
    ("name", "code", "above"),
    [
        ("district", "district/town-a/village-1", "district/town-a"),
        ("district", "district/town-a", "district/service"),
        ("district", "district/urban", "district/service"),
        ("district", "district/service", "district"),
        ("district", "district", None),
        ("dali", "dali/xiangyun/education", "dali"),
        ("dali", "dali/education", None),
        ("liaoning", "liaoning/shenyang/heping/nanhu/community-1", "liaoning/shenyang/heping/nanhu"),
        ("liaoning", "liaoning/shenyang/heping/urban", "liaoning/shenyang"),
    ],
)
def test_one_level_up(bundled, name, code, above):
    found = bundled[name].one_up(code)
    assert (found and found.code) == above


def test_within_goes_by_whole_segments():
    assert Directory.within("dali/xiangyun/education", "dali/xiangyun")
    assert Directory.within("dali/xiangyun", "dali/xiangyun")
    assert not Directory.within("dali/xiangyun-2", "dali/xiangyun")
    assert not Directory.within("dali", "dali/xiangyun")


def test_below_and_unknown(bundled):
    assert [unit.code for unit in bundled["district"].below("district/town-a")] == [
        "district/town-a", "district/town-a/village-1", "district/town-a/village-2",
    ]  # fmt: skip
    with pytest.raises(UnknownUnit):
        bundled["district"].one_up("district/nowhere")
    assert "district/nowhere" not in bundled["district"]


@pytest.mark.parametrize("name", NAMED)
def test_two_accounts_for_each_role_with_names_that_stay(bundled, name):
    accounts = list(bundled[name].accounts())
    assert (
        len({account.login for account in accounts}) == len(accounts) == 2 * sum(len(unit.roles) for unit in bundled[name].units)
    )
    assert accounts == list(bundled[name].accounts())
    first = accounts[:2]
    assert [(a.login, a.unit, a.role, a.number) for a in first] == [
        (f"{name}.intake", name, "intake", 1),
        (f"{name}.intake#2", name, "intake", 2),
    ]
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2,3}", account.name_zh) for account in accounts)
    assert len({account.name_zh for account in accounts}) > len(accounts) / 10


def test_units_that_name_nobody_are_told(bundled):
    assert "dali/inspection" not in {unit.code for unit in bundled["dali"].nobody_named()}
    assert "dali/audit" in {unit.code for unit in bundled["dali"].nobody_named()}


def test_roles_of_its_own_replace_the_default():
    source = f'id = "x"\ntitle = {{zh = "某地", en = "Somewhere"}}\ndefault_roles = ["clerk"]\nunits = [{TOP[:-3]}, roles = ["leader"]}}]'
    assert [account.login for account in load_directory(source.encode()).accounts()] == ["x.leader", "x.leader#2"]


def test_all_problems_come_at_once_with_unit_and_line():
    found = bad(
        TOP
        + '{code = "x/a", zh = "甲", en = "A", level = "planet"},\n'
        + '{code = "x/a", zh = "甲", en = "A", roles = ["clerk", "citizen"]},\n'
        + '{code = "x/b/c", zh = "丙", en = "C", level = "county", color = "red"},\n'
        + '{code = "x/d", zh = "丁", en = "", kind = "shop", group = "none", up = "x/none"},\n'
        + '{code = "x/e", zh = "戊", en = "E", level = "province"},'
    )
    assert {(problem.where, problem.code) for problem in found} == {
        ("x/a", "unknown_level"),
        ("x/a", "duplicate"),
        ("x/a", "unknown_role"),
        ("x/b/c", "no_parent"),
        ("x/b/c", "unknown_key"),
        ("x/d", "no_text"),
        ("x/d", "unknown_kind"),
        ("x/d", "unknown_group"),
        ("x/d", "unknown_up"),
        ("x/e", "level_above_parent"),
    }
    assert {problem.line for problem in found if problem.where == "x/d"} == {9}
    assert all(problem.zh and problem.en for problem in found)


@pytest.mark.parametrize(
    "code", ["../x", "x/../y", "x//y", "/x", "x/", "X", "x/乡", "x y", "x.clerk", "x#2", "x\\\\y", "x/a\\n", "", "-x"]
)
def test_a_code_is_plain_segments(code):
    assert "bad_code" in {problem.code for problem in bad(TOP + f'{{code = "{code}", zh = "甲", en = "A", level = "county"}}')}


@pytest.mark.parametrize(
    "extra",
    ['group = ["a"]', "up = [1]", "roles = 3", "roles = [[]]", "zh2 = 1", "level = {}", "kind = 7", 'leader = "a\\u202eb"'],
)
def test_wrong_types_are_problems_not_crashes(extra):
    assert bad(TOP + f'{{code = "x/a", zh = "甲", en = "A", {extra}}}')


@pytest.mark.parametrize(
    "source", [b"\xff", b"units = [", b"n = " + b"9" * 5000, b"a = " + b"[" * 3000, b"", b"units = 3", b"title = 1\nunits = [1]"]
)
def test_what_is_not_a_directory_is_refused(source):
    with pytest.raises(DirectoryProblems):
        load_directory(source)


def test_up_may_not_run_in_a_circle():
    found = bad(TOP + '{code = "x/a", zh = "甲", en = "A", up = "x/b"},\n{code = "x/b", zh = "乙", en = "B", up = "x/a"}')
    assert {(problem.where, problem.code) for problem in found} == {("x/a", "up_circle"), ("x/b", "up_circle")}


def test_there_is_one_top():
    found = bad(TOP + '{code = "y", zh = "乙", en = "B", level = "city"}')
    assert [problem.code for problem in found] == ["tops"]

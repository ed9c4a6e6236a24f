"""What is published names nobody: a writer's own data and everything that looks like such data is taken out, and nothing else."""
from __future__ import annotations

import time

import pytest

from webapp.domain.impersonal import REMOVED, without_personal_data


@pytest.mark.parametrize("data", [
    "13900000001", "139 0000 0001", "139-0000-0001", "+86 13900000001", "１３９０００００００１", "024-86890000", "(024)86890000", "02486890000", "210102198001010011",
    "21010219800101001X", "21010219800101001x", "210102800101001", "6222021234567890123", "6222 0212 3456 7890 123", "wang.ming@example.com.cn", "wang＠example．org",
    "微信：wang_ming88", "微信号wang_ming88", "QQ：12345678", "qq 12345678"])
@pytest.mark.parametrize("around", ["请打{}找我。", "{}", "联系：{}，谢谢", "第十五条\n{}\n"])
def test_what_looks_like_personal_data_is_taken_out(data, around):
    assert without_personal_data(around.format(data)) == around.format(REMOVED)


@pytest.mark.parametrize("text", [
    "第十九条第（二）项改为15个工作日。", "2021年10月31日前", "投入12000000元", "〔2021〕1234号", "12345热线", "拨打110、119、120", "GB/T 39735-2020", "7×24小时",
    "满意率 99.5 %", "1. 2. 3. 4. 5.", "我的意见@主管部门", "第1、2、3、4、5、6、7、8、9、10、11、12、13、14、15条", ""])
def test_the_rest_stays(text):
    assert without_personal_data(text) == text


@pytest.mark.parametrize(("own", "text", "left"), [
    ("王明", "我叫王明，王 明是我。", f"我叫{REMOVED}，{REMOVED}是我。"), ("Li Fang", "LI FANG and lifang", f"{REMOVED} and {REMOVED}"), ("86890000", "打86890000", f"打{REMOVED}"),
    ("8689 0000", "打8689-0000", f"打{REMOVED}"), ("沈阳某协会", "沈阳某协会认为", f"{REMOVED}认为"), ("a.b", "a.b axb", f"{REMOVED} axb"), ("王", "王先生", "王先生"), (None, "王先生", "王先生"), (" ", "a b", "a b")])
def test_the_writer_s_own_data(own, text, left):
    assert without_personal_data(text, [own]) == left


def test_neighbours_become_one():
    assert without_personal_data("王明13900000001", ["王明"]) == REMOVED


@pytest.mark.parametrize("piece", ["1", "1 ", "a.", "a@", "a@b.", "微信", "((0", "王 ", "王", "-", "\n"])
def test_the_longest_text_takes_no_time(piece):
    text = (piece * 10_000)[:10_000]
    before = time.perf_counter()
    without_personal_data(text, ["王明王明王明", "1 1 1 1 1 1"])
    assert time.perf_counter() - before < 1

"""Long work waits for those who are being served, and is never starved by them."""
from __future__ import annotations

import threading

from webapp.cases.courtesy import Courtesy


def test_nobody_there_nothing_waits():
    turn = Courtesy().turn()
    turn.give_way()
    assert turn.waited == 0


def test_it_waits_until_the_last_has_left():
    courtesy, order = Courtesy(), []
    courtesy.enter()
    courtesy.enter()
    turn = courtesy.turn()
    turn.begun -= 60                    # it has worked for a minute

    def leave() -> None:
        for name in ("first", "second"):
            order.append(name)
            courtesy.leave()

    threading.Timer(0.05, leave).start()
    turn.give_way()
    assert order == ["first", "second"] and turn.waited > 0


def test_it_goes_on_however_many_there_are():
    courtesy = Courtesy()
    courtesy.enter()                    # and never leaves
    turn = courtesy.turn()
    for _ in range(5):
        turn.give_way()
    assert courtesy.people == 1, "it came back each time although somebody is still there"


def test_leaving_twice_does_no_harm():
    courtesy = Courtesy()
    courtesy.leave()
    courtesy.enter()
    assert courtesy.people == 1

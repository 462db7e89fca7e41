"""The queue in which calls wait for the user's decision."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.errors import Cancelled
from app.core.permission import ApprovalQueue, Decision, Permissions
from tests.support.waiting import PATIENCE_S

NEVER_SET = threading.Event()


def test_always_and_never_stand_for_later_calls_and_once_and_refuse_do_not() -> None:
    permissions = Permissions()
    for tool, decision in [
        ("read", Decision.ALWAYS),
        ("send", Decision.NEVER),
        ("look", Decision.ONCE),
        ("ask", Decision.REFUSE),
    ]:
        permissions = permissions.with_decision(tool, decision)

    assert permissions.standing("read") is Decision.ALWAYS
    assert permissions.standing("send") is Decision.NEVER
    assert permissions.standing("look") is None
    assert permissions.standing("ask") is None


def test_a_later_decision_takes_the_place_of_an_earlier_one() -> None:
    allowed = Permissions().with_decision("read", Decision.ALWAYS)

    assert allowed.with_decision("read", Decision.NEVER) == Permissions(never=frozenset({"read"}))
    assert allowed.with_decision("read", Decision.REFUSE) == allowed


def test_a_decision_made_on_another_thread_ends_the_wait() -> None:
    approvals = ApprovalQueue()
    with ThreadPoolExecutor(1) as turn:
        waiting = turn.submit(approvals.wait, "call 1", "read", NEVER_SET)
        approvals.decide("call 1", Decision.ALWAYS)

        assert waiting.result(timeout=PATIENCE_S) is Decision.ALWAYS
    assert approvals.standing("read") is Decision.ALWAYS
    assert approvals.permissions == Permissions(always=frozenset({"read"}))


def test_a_decision_may_come_before_anyone_waits() -> None:
    approvals = ApprovalQueue()
    approvals.decide("call 1", Decision.ONCE)

    assert approvals.wait("call 1", "read", NEVER_SET) is Decision.ONCE


def test_a_second_click_does_not_decide_the_next_call() -> None:
    approvals = ApprovalQueue()
    approvals.decide("call 1", Decision.ONCE)
    approvals.wait("call 1", "send", NEVER_SET)
    approvals.decide("call 1", Decision.ONCE)

    cancel = threading.Event()
    with ThreadPoolExecutor(1) as turn:
        waiting = turn.submit(approvals.wait, "call 2", "send", cancel)
        cancel.set()

        with pytest.raises(Cancelled):
            waiting.result(timeout=PATIENCE_S)


@pytest.mark.measures
def test_stopping_the_turn_ends_the_wait_at_once() -> None:
    approvals, cancel = ApprovalQueue(), threading.Event()
    with ThreadPoolExecutor(1) as turn:
        waiting = turn.submit(approvals.wait, "call 1", "read", cancel)
        started = time.monotonic()
        cancel.set()

        with pytest.raises(Cancelled):
            waiting.result(timeout=PATIENCE_S)
    assert time.monotonic() - started < 1

"""A circuit breaker, by a clock that only the test moves."""

from __future__ import annotations

from typing import Any

import pytest

from semsearch.core.errors import EncoderUnavailable, TextRefused
from semsearch.models.circuit_breaker import FIRST_PAUSE_S, MAX_PAUSE_S, CircuitBreaker


class StoppedClock:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    """Give the clock."""
    return StoppedClock()


@pytest.fixture
def breaker(clock: StoppedClock) -> CircuitBreaker:
    """Give a breaker with that clock."""
    return CircuitBreaker(clock)


def fail(breaker: CircuitBreaker, told: str = "away") -> None:
    """Make a call that fails."""
    with pytest.raises(EncoderUnavailable, match=told), breaker.call():
        raise EncoderUnavailable("away")


def blocked(breaker: CircuitBreaker) -> bool:
    """Return whether a call is refused without being made."""
    made: list[Any] = []
    try:
        with breaker.call():
            made.append(1)
    except EncoderUnavailable:
        pass
    return not made


def test_after_a_failure_no_call_is_made_for_a_while(
    breaker: CircuitBreaker, clock: StoppedClock
) -> None:
    """They fail with the same reason; a call that succeeds after the pause ends that."""
    assert not blocked(breaker)
    fail(breaker)
    assert breaker.is_open
    assert blocked(breaker)
    clock.now += FIRST_PAUSE_S
    assert not blocked(breaker)
    assert not breaker.is_open
    assert not blocked(breaker)


def test_one_call_tries_and_the_others_wait_for_it(
    breaker: CircuitBreaker, clock: StoppedClock
) -> None:
    """While it is under way, others fail at once."""
    fail(breaker)
    clock.now += FIRST_PAUSE_S
    with breaker.call():
        assert blocked(breaker)
    assert not blocked(breaker)


def test_a_trial_is_the_only_one_until_it_ends(
    breaker: CircuitBreaker, clock: StoppedClock
) -> None:
    """It may take longer than the pause, since the timeout may be longer."""
    fail(breaker)
    clock.now += FIRST_PAUSE_S
    with pytest.raises(EncoderUnavailable), breaker.call():
        clock.now += 10 * FIRST_PAUSE_S
        assert blocked(breaker)
        raise EncoderUnavailable("away")
    clock.now += 2 * FIRST_PAUSE_S - 0.001
    assert blocked(breaker)
    clock.now += 0.001
    with pytest.raises(ZeroDivisionError), breaker.call():
        _ = 1 / 0
    assert not blocked(breaker), "a trial without a result does not keep others out"


def test_a_late_result_says_nothing_new(breaker: CircuitBreaker, clock: StoppedClock) -> None:
    """Calls that began before the first failure do not shorten the pause, and end it no sooner."""
    with pytest.raises(EncoderUnavailable), breaker.call(), breaker.call():
        fail(breaker)
        clock.now += FIRST_PAUSE_S
        fail(breaker)  # the trial
        clock.now += 2 * FIRST_PAUSE_S - 0.001
        raise EncoderUnavailable("late")
    assert blocked(breaker)
    clock.now += 0.001
    fail(breaker)
    clock.now += 4 * FIRST_PAUSE_S - 0.001
    assert blocked(breaker)
    clock.now += 0.001
    assert not blocked(breaker)
    with breaker.call():
        fail(breaker)
    assert breaker.is_open


def test_pauses_become_longer_up_to_a_bound(breaker: CircuitBreaker, clock: StoppedClock) -> None:
    """Calls that fail at the same moment count as one; after a success the first pause is short."""
    with pytest.raises(EncoderUnavailable), breaker.call():
        fail(breaker)
        raise EncoderUnavailable("away")
    pause = FIRST_PAUSE_S
    for _ in range(8):
        clock.now += pause - 0.001
        assert blocked(breaker)
        clock.now += 0.001
        fail(breaker)
        pause = min(2 * pause, MAX_PAUSE_S)
    clock.now += pause
    assert not blocked(breaker)
    fail(breaker)
    clock.now += FIRST_PAUSE_S
    assert not blocked(breaker)


def test_a_refused_text_is_no_failure_and_no_success(
    breaker: CircuitBreaker, clock: StoppedClock
) -> None:
    """Whoever sends such texts keeps nobody out, and lets nobody in."""
    with pytest.raises(TextRefused), breaker.call():
        raise TextRefused("too long")
    assert not breaker.is_open
    fail(breaker)
    clock.now += FIRST_PAUSE_S
    with pytest.raises(TextRefused), breaker.call():
        raise TextRefused("too long")
    assert breaker.is_open
    assert not blocked(breaker)


def test_other_errors_do_not_count(breaker: CircuitBreaker) -> None:
    """An error of ours says nothing of the server."""
    with pytest.raises(ZeroDivisionError), breaker.call():
        _ = 1 / 0
    assert not breaker.is_open

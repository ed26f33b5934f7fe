"""A circuit breaker: after a failure a server is left alone for a while.

Who would ask meanwhile fails at once instead of waiting for the same timeout. When the pause is
over, one caller tries; the others fail until that trial ends, however long it takes. Only its
result closes the circuit or makes the pause longer: calls that began before the first failure, and
end after it, say nothing new.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from semsearch.core.errors import EncoderUnavailable, TextRefused

FIRST_PAUSE_S = 2.0
MAX_PAUSE_S = 30.0
"""Each failure after a pause makes the next pause twice as long, up to this."""


class CircuitBreaker:
    """Lets calls pass or fail. Thread-safe.

    Args:
        clock: returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._error: EncoderUnavailable | None = None
        self._pause_s = 0.0
        self._until = 0.0
        self._is_tried = False

    @property
    def is_open(self) -> bool:
        """Whether a call failed, and no trial has succeeded since."""
        return self._error is not None

    @contextmanager
    def call(self) -> Iterator[None]:
        """Run a call inside the context, and note whether it fails.

        Raises:
            EncoderUnavailable: the call failed, or an earlier one did and the pause is not over.
            TextRefused: the server refuses these texts, which neither opens nor closes the circuit.
        """
        is_trial = self._enter()
        try:
            yield
        except TextRefused:  # says nothing of other texts, nor of the model
            raise
        except EncoderUnavailable as error:
            self._open(error, is_trial=is_trial)
            raise
        else:
            if is_trial:
                self._close()
        finally:
            if is_trial:
                self._is_tried = False

    def _enter(self) -> bool:
        """Return whether this call is the trial after a pause."""
        with self._lock:
            if self._error is None:
                return False
            if self._is_tried or self._clock() < self._until:
                raise EncoderUnavailable(str(self._error))
            self._is_tried = True
            return True

    def _open(self, error: EncoderUnavailable, *, is_trial: bool) -> None:
        with self._lock:
            if self._error is not None and not is_trial:
                return
            self._pause_s = min(2 * self._pause_s, MAX_PAUSE_S) if is_trial else FIRST_PAUSE_S
            self._error, self._until = error, self._clock() + self._pause_s

    def _close(self) -> None:
        with self._lock:
            self._error = None

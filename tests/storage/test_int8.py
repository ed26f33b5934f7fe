"""Unit vectors in eight bits a number."""

from __future__ import annotations

import numpy as np

from semsearch.storage.int8 import SCALE, from_int8, to_int8


def test_cosines_are_kept_to_the_third_digit() -> None:
    """The error that the constant states, over random vectors; the ends of the scale are exact."""
    drawn = np.random.default_rng(5).standard_normal((200, 64)).astype(np.float32)
    unit = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    kept = from_int8(to_int8(unit))
    assert kept.dtype == np.float32
    assert float(np.abs(kept @ kept.T - unit @ unit.T).max()) < 0.02
    assert float(np.abs(kept @ kept.T - unit @ unit.T).mean()) < 0.003
    assert to_int8(np.array([[1.0, -1.0, 0.0]], dtype=np.float32)).tolist() == [[SCALE, -SCALE, 0]]

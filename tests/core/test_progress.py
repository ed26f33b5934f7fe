"""What a progress is told of a step."""

from __future__ import annotations

import pytest

from semsearch.core.progress import MAX_REPORTS, track


class _Reports:
    """Every report, as it came."""

    def __init__(self) -> None:
        self.started: list[tuple[str, int]] = []
        self.advanced: list[int] = []

    def start(self, step: str, total: int) -> None:
        self.started.append((step, total))

    def advance(self, parts: int) -> None:
        self.advanced.append(parts)


@pytest.mark.parametrize("total", [0, 1, 7, MAX_REPORTS, MAX_REPORTS + 1, 10_007])
def test_every_part_is_told_in_a_few_lumps(total: int) -> None:
    """All parts come through, all are counted, and a large step does not report each of them."""
    reports = _Reports()
    assert list(track(range(total), reports, "step", total)) == list(range(total))
    assert reports.started == [("step", total)]
    assert sum(reports.advanced) == total
    assert len(reports.advanced) <= min(total, MAX_REPORTS)

"""The short form of `benchmarks.torture.model_check`, and that it notices what it looks for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.torture.model_check import STEPS, IndexMachine
from semsearch.ingest import Editor

TestAnIndexIsWhatItsModelIs = IndexMachine.TestCase
TestAnIndexIsWhatItsModelIs.settings = settings(
    max_examples=25,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_an_edit_behind_the_back_of_the_model_is_noticed() -> None:
    """One that changes what is there, after one that is in the model."""
    machine = IndexMachine()
    try:
        machine.add("a", "What one is.")
        machine.questions_see_the_model()
        machine.the_store_holds_the_model()
        with Editor(machine.index) as editor:
            editor.change("torture:a", definition="What nobody said.")
        with pytest.raises(AssertionError):
            machine.questions_see_the_model()
        with pytest.raises(AssertionError):
            machine.the_store_holds_the_model()
    finally:
        machine.teardown()

"""Texts for people: percentages, and the parts of a score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from semsearch.core.answers import ScoreParts, Verdict
from semsearch.ranking.confidence import STRONG, THRESHOLD
from semsearch.ranking.fusion import fuse
from semsearch.ranking.weights import DEFAULT, PARTS
from semsearch.search.glossary import Glossary
from semsearch.web.display import (
    PART_NAMES,
    VERDICTS,
    cut,
    cut_line,
    former_default,
    percent,
    place,
    shares,
)
from tests.conftest import PROJECT


@pytest.mark.parametrize(
    ("probability", "shown"),
    [
        (0.0, "under 1 %"),
        (0.0099, "under 1 %"),
        (0.01, "1 %"),
        (0.29, "29 %"),
        (0.57, "57 %"),
        (0.3999, "39 %"),
        (0.9899, "98 %"),
        (0.9999, "99 %"),
        (1.0, "99 %"),
    ],
)
def test_percents_never_promise_more_than_is_known(probability: float, shown: str) -> None:
    """Rounded down to whole percents, and never 0 or 100."""
    assert percent(probability) == shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fifty fine\nwords", "Fifty fine\nwords"),
        ("word " * 20, "word " * 9 + "…"),
        ("x" * 51, "x" * 48 + " …"),
    ],
)
def test_a_long_text_is_cut_between_words(text: str, expected: str) -> None:
    """Lines of a short one stay; a script without spaces is cut anywhere."""
    assert cut(text, 50) == expected


def test_a_line_is_the_beginning_of_a_text() -> None:
    """White space counts as one blank, and what is left out is told."""
    assert cut_line("Fifty fine\n words", 50) == "Fifty fine words"
    assert cut_line("a" + " " * 500 + "b", 50) == "a …"


@pytest.mark.parametrize("threshold", [THRESHOLD, STRONG])
def test_a_confidence_that_missed_a_threshold_does_not_read_as_if_it_had_not(
    threshold: float,
) -> None:
    """One step of its four decimals below the threshold shows another number."""
    assert percent(threshold - 0.0001) != percent(threshold)


def test_the_readme_states_the_thresholds() -> None:
    """The README has to be updated when the thresholds are fitted again."""
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert f"is {percent(STRONG)} or more" in text
    assert f"it is {percent(THRESHOLD)} or more" in text
    assert f"Below {percent(THRESHOLD)} the answer is" in text


def test_shares_add_up_to_the_fused_score() -> None:
    """What the parts give, the most first, is what orders the hits."""
    import numpy as np  # noqa: PLC0415

    parts = ScoreParts(0.4, 0.5, 0.6, 0.3, 0.5, 0.7, 0.3, 4.0, 0.5)
    found = shares(parts)
    row = np.array([[getattr(parts, name) for name in PARTS]], dtype=np.float32)
    assert sum(share.given for share in found) == pytest.approx(float(fuse(row, DEFAULT)[0]))
    given = [share.given for share in found]
    assert given == sorted(given, reverse=True)
    assert (found[0].part, found[-1].part) == ("tokens", "named")
    assert found[-1].given == pytest.approx(0.5 * DEFAULT.named)


def test_parts_that_say_nothing_are_left_out() -> None:
    """An entry without a common word and without its name has five parts, one without any none."""
    assert [s.part for s in shares(ScoreParts(lead=0.5, tokens=-0.1))] == ["lead", "tokens"]
    assert shares(ScoreParts()) == []
    assert shares(ScoreParts(sentence=0.5)) == []  # it has no weight


def test_everything_has_its_words() -> None:
    """No part and no verdict is without a name."""
    assert list(PART_NAMES) == list(PARTS)
    assert list(VERDICTS) == list(Verdict)


def test_what_decides_the_place_of_a_hit() -> None:
    """The reranker, where it has read the entry; else a name that matched; else the sum."""
    assert place(None, None).startswith("The sum")
    assert place("CNN", None).startswith("Its name")
    assert place("CNN", 0.0).startswith("The reranker")


def test_an_index_of_the_former_default_encoder_says_so(glossary: Glossary) -> None:
    """The hint has both options; a named encoder and any other encoder get none."""
    info = replace(glossary.info(), path="words", model="all-MiniLM-L6-v2")
    assert former_default(info, None) == (
        "The index was built with all-MiniLM-L6-v2; today's default is semsearch-definitions-v4: run "
        "`semsearch build PATHS --index words` again, or set SEMSEARCH_MODEL=base to keep it and "
        "silence this"
    )
    assert former_default(info, "base") == ""
    for model in ("hashed", "./my-model", "owner/all-MiniLM-L6-v2", "semsearch-definitions-v4"):
        assert former_default(replace(info, model=model), None) == ""


def test_an_index_of_an_encoder_that_is_gone_says_so(glossary: Glossary) -> None:
    """It answers, but no setting keeps its encoder at the next build."""
    info = replace(glossary.info(), path="words", model="semsearch-definitions-v1")
    assert former_default(info, None) == (
        "The index was built with semsearch-definitions-v1; today's default is semsearch-definitions-v4: run "
        "`semsearch build PATHS --index words` again; semsearch-definitions-v1 is no longer bundled"
    )
    assert former_default(info, "semsearch-definitions-v1") == ""

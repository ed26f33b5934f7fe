"""`answer_view`: every verdict and every tier has its text on the page."""

from __future__ import annotations

import json

from semsearch.core.answers import Tier, Verdict
from semsearch.search.glossary import Glossary
from semsearch.server.serialize import to_json
from semsearch.web.answer_view import answer_view
from semsearch.web.display import MATCHED_BY, VERDICTS


def test_a_comparison_is_shown_as_such(glossary: Glossary) -> None:
    """Both entries match, no percentage is shown, and other entries stand apart."""
    page = answer_view(json.loads(to_json(glossary.ask("leaven vs hull"))))
    assert (page.verdict, page.kind, page.sure) == ("About these terms", "terms", "")
    assert [hit.name for hit in page.matches] == ["Leaven", "Hull"]
    assert page.nearest


def test_a_part_of_a_name_is_shown_as_such(glossary: Glossary) -> None:
    """The page shows the matched name if it is not the term."""
    page = answer_view(json.loads(to_json(glossary.ask("percentage"))))
    assert page.matches[0].reason == "words of a name"
    arrival = answer_view(json.loads(to_json(glossary.ask("arrival"))))
    assert arrival.matches[0].reason == "words of a name (Estimated Time of Arrival)"


def test_common_questions_are_shown_where_no_name_decided(glossary: Glossary) -> None:
    """What other people ask is no evidence for an entry that the question names."""
    body = json.loads(to_json(glossary.ask("leaven")))
    named = {**body["hits"][0], "matched_common_question": "what makes dough rise"}
    by_meaning = {**named, "matched_name": None, "matched_by": Tier.MEANING}
    assert named["matched_name"]
    for hit, shown in ((named, ""), (by_meaning, "what makes dough rise")):
        page = answer_view({**body, "hits": [hit]})
        assert page.matches[0].often_asked_as == shown


def test_no_verdict_or_tier_lacks_words(glossary: Glossary) -> None:
    """A new one cannot be forgotten."""
    assert set(VERDICTS) == set(Verdict)
    assert set(MATCHED_BY) == set(Tier)
    body = json.loads(to_json(glossary.ask("leaven")))
    for verdict in Verdict:
        assert answer_view({**body, "verdict": verdict}).kind
    for tier in Tier:
        hit = {**body["hits"][0], "matched_by": tier}
        assert answer_view({**body, "hits": [hit]})

"""The report and its page: nothing is left out, nothing is trusted, nothing comes from elsewhere.

Covers `quality/evaluation/optional_libraries`, `quality/evaluation/plots`,
`quality/evaluation/report_html`, `quality/evaluation/ablation`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting, MissingExtra
from semsearch.quality.evaluation.ablation import ask_each, variants
from semsearch.quality.evaluation.comparison import StoredOutcome
from semsearch.quality.evaluation.judgements import Half, read_judgements
from semsearch.quality.evaluation.outcomes import QuestionOutcome
from semsearch.quality.evaluation.plots import (
    confidence_histogram,
    reliability_diagram,
    risk_coverage_curve,
)
from semsearch.quality.evaluation.questions import prepare
from semsearch.quality.evaluation.report import AskedQuestion, Report, ask_all, summarise
from semsearch.quality.evaluation.report_html import to_html
from semsearch.quality.evaluation.results_json import to_json
from semsearch.ranking.weights import ABLATIONS
from semsearch.search.glossary import Glossary
from tests.quality.evaluation.support import outcome

HOSTILE = "<script>alert('&')</script>"


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a questions file with a hostile question, an unknown term and two glossaries."""
    path = tmp_path_factory.mktemp("questions") / "bakery.jsonl"
    lines = [
        {"query": "leaven", "terms": ["Leaven"]},
        {"query": "which pot keeps the steam around a loaf?", "terms": ["Crumb"]},
        {"query": HOSTILE, "terms": [HOSTILE], "kind": "<b>bold</b>"},
        {"query": "the body of a ship", "terms": ["Hull"], "glossary": "harbour"},
        {"query": "quantum physics", "kind": "far"},
        {"query": "bread that rises", "kind": "near"},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.fixture(scope="module")
def report(glossary: Glossary, questions: Path) -> Report:
    """Give a report with ablations and a comparison."""
    asked = ask_all(glossary, read_judgements(questions), half=Half.ALL, ablations=True)
    before = {o.question.key: StoredOutcome(1, 0.9, is_refused=True) for o in asked.outcomes}
    return summarise([asked], half=Half.ALL, before=before)


class _ReportPage(HTMLParser):
    """Checks that a page is well formed, and collects its tags and text."""

    VOID = ("meta", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it until it is closed."""
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember it."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Expect the one that was opened last."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect the text."""
        self.text += data

    def named(self, tag: str) -> Iterator[dict[str, str | None]]:
        """Yield the attributes of each element of this name."""
        return (attributes for name, attributes in self.tags if name == tag)


def test_the_page_lists_every_question_that_went_wrong(report: Report) -> None:
    """Each has the right terms, the first hit, and why that hit was shown."""
    page = _ReportPage(to_html(report))
    failed = [o for outcomes in report.failures.values() for o in outcomes]
    assert len(failed) >= 2
    for one in failed:
        assert one.question.query in page.text
        for hit in one.shown[:3]:
            assert f"{hit.term} ({hit.tier})" in page.text
    assert "right term not among the first ten" in page.text.lower()
    assert f"{report.warnings[0]}" in page.text


def test_questions_and_terms_are_shown_as_text(report: Report) -> None:
    """A question that is a script stays a question, in tables, plots and warnings."""
    text = to_html(report)
    page = _ReportPage(text)
    assert HOSTILE in page.text
    assert "<b>bold</b>" in page.text
    assert "<script" not in text
    assert "<b>" not in text


def test_the_page_needs_nothing_from_elsewhere(report: Report) -> None:
    """No script, no link, no address; the browser is told to load nothing."""
    page = _ReportPage(to_html(report))
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "a"})
    assert not any("src" in attributes or "href" in attributes for _, attributes in page.tags)
    policies = [a["content"] for a in page.named("meta") if "http-equiv" in a]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_page_can_be_read_aloud(report: Report) -> None:
    """Tables have captions and scopes, plots titles and descriptions, ids are not repeated."""
    page = _ReportPage(to_html(report))
    tables = sum(1 for _ in page.named("table"))
    assert sum(1 for _ in page.named("caption")) == tables > 5
    assert all(a.get("scope") in ("col", "row") for a in page.named("th"))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for svg in page.named("svg"):
        assert set((svg["aria-labelledby"] or "").split()) <= set(ids)
    assert [a.get("lang") for a in page.named("html")] == ["en"]


def test_a_page_without_anything_to_list_says_so(glossary: Glossary) -> None:
    """No failures, no answerable question, no ablation and no comparison."""
    only = AskedQuestion(glossary.info(), [outcome(kind="far", is_refused=True)], [], {})
    page = _ReportPage(to_html(summarise([only], half=Half.ALL)))
    assert "Nothing: every question was answered right." in page.text
    assert "What each part is worth" not in page.text


@pytest.mark.parametrize("made", [[outcome(1, 1.0)], [outcome(2, 0.0)], [outcome(kind="far")]])
def test_plots_of_a_single_question_are_drawn(
    made: list[QuestionOutcome], glossary: Glossary
) -> None:
    """Values at the ends of every axis are drawn, and no value is NaN."""
    report = summarise([AskedQuestion(glossary.info(), made, [], {})], half=Half.ALL)
    for svg in (
        reliability_diagram(report.bins),
        risk_coverage_curve(report.curve, 0.45),
        confidence_histogram(made),
    ):
        _ReportPage(svg)
        assert "nan" not in svg
        assert "inf" not in svg


def test_every_recipe_is_scored_and_only_the_default_is_the_default(report: Report) -> None:
    """Its figures are those of the report itself; unanswerable questions alone give none."""
    assert [v.name for v in report.variants] == list(ABLATIONS)
    (default,) = [v for v in report.variants if v.p is None]
    assert default.row.measures == report.rows[-1].measures
    assert all(0 < v.p <= 1 for v in report.variants if v.p is not None)


def test_ablations_without_an_answerable_question_are_empty(
    glossary: Glossary, questions: Path
) -> None:
    """There is nothing to rank."""
    hopeless = [j for j in read_judgements(questions) if not j.terms]
    assert variants(ask_each(glossary, prepare(glossary, hopeless)[0])) == []


def test_json_holds_everything_the_page_does(report: Report) -> None:
    """Every question with its hits, every figure, and which comparisons dropped."""
    stated = json.loads(to_json(report))
    assert [q["query"] for q in stated["questions"]] == [o.question.query for o in report.outcomes]
    assert stated["questions"][0]["hits"][0] == {
        "id": "bakery:leaven",
        "term": "Leaven",
        "tier": "exact",
    }
    assert [row["label"] for row in stated["measures"]] == [row.label for row in report.rows]
    assert [v["name"] for v in stated["ablations"]] == list(ABLATIONS)
    assert stated["comparison"]["shared"] == 6
    assert all(type(c["is_drop"]) is bool for c in stated["comparison"]["changes"])
    assert set(stated["comparison"]["lost"]) <= {q["key"] for q in stated["questions"]}


def test_nothing_to_ask_or_to_compare_is_an_error(glossary: Glossary, questions: Path) -> None:
    """A half may be empty, and a stored result may be of other questions."""
    judgements = read_judgements(questions)
    asked = ask_all(glossary, judgements[:1], half=Half.REPORTING, ablations=False)
    with pytest.raises(InvalidSetting, match=r"no questions to ask \(half: reporting\)"):
        summarise([asked], half=Half.REPORTING)
    asked = ask_all(glossary, judgements, half=Half.ALL, ablations=False)
    with pytest.raises(InvalidSetting, match="has none of these questions"):
        summarise([asked], half=Half.ALL, before={})


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("ir_measures", "ir-measures"),
        ("scipy.stats", "scipy"),
        ("scipy.optimize", "scipy"),
        ("matplotlib", "matplotlib"),
    ],
)
def test_a_library_that_is_not_there_is_named_before_anything_is_asked(
    glossary: Glossary, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    """As in an installation that only serves; None is what Python itself puts for "not here"."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        MissingExtra, match=rf"scoring an index needs {name}, .*pip install '\.\[build\]'"
    ):
        ask_all(glossary, [], half=Half.ALL, ablations=False)

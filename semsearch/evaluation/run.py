"""Ask an index its judged questions and count.

The measures are those of `ir-measures` (Success@k, called accuracy here, and RR@10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semsearch.errors import InvalidSetting, MissingExtra
from semsearch.evaluation.judgements import Judgement
from semsearch.glossary import Glossary

DEPTH = 10
"""Hits looked at."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one glossary answered: shares of its answerable questions, 0 to 1.

    `refused` is the share of the questions that nothing answers for which it said so.
    """

    glossary: str
    questions: int
    acc_at_1: float
    acc_at_3: float
    acc_at_10: float
    mrr_at_10: float
    unanswerable: int
    refused: float | None


def evaluate(glossary: Glossary, judgements: Sequence[Judgement]) -> list[Score]:
    """Score every glossary that the questions are put to, in their order.

    Raises:
        InvalidSetting: there are no questions.
        GlossaryNotFound: the index lacks a glossary that a question is put to.
    """
    if not judgements:
        raise InvalidSetting("there are no questions to ask")
    names = dict.fromkeys(judgement.glossary for judgement in judgements)
    return [_score(glossary, n, [j for j in judgements if j.glossary == n]) for n in names]


def _score(glossary: Glossary, name: str, judgements: Sequence[Judgement]) -> Score:
    answerable = [j for j in judgements if j.terms]
    hopeless = [j for j in judgements if not j.terms]
    refused = [glossary.ask(j.query, k=1, glossary=name).no_close_match for j in hopeless]
    measured = _measure(glossary, name, answerable)
    return Score(
        glossary=name,
        questions=len(answerable),
        acc_at_1=measured["Success@1"],
        acc_at_3=measured["Success@3"],
        acc_at_10=measured["Success@10"],
        mrr_at_10=measured["RR@10"],
        unanswerable=len(hopeless),
        refused=sum(refused) / len(refused) if refused else None,
    )


def _measure(glossary: Glossary, name: str, judgements: Sequence[Judgement]) -> dict[str, float]:
    try:
        import ir_measures
    except ImportError as error:
        raise MissingExtra("ir-measures", "scoring an index") from error
    measures = [
        ir_measures.parse_measure(m) for m in ("Success@1", "Success@3", "Success@10", "RR@10")
    ]
    judged, ranked = [], []
    for number, judgement in enumerate(judgements):
        judged += [ir_measures.Qrel(str(number), term, 1) for term in judgement.terms]
        answer = glossary.ask(judgement.query, k=DEPTH, glossary=name)
        ranked += [
            ir_measures.ScoredDoc(str(number), hit.entry.term, -hit.rank) for hit in answer.hits
        ]
    if not judged:
        return dict.fromkeys((str(m) for m in measures), 0.0)
    found = ir_measures.calc_aggregate(measures, judged, ranked)
    return {str(measure): round(float(value), 4) for measure, value in found.items()}

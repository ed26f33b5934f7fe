"""Training on hand-written questions: what the trainer reads, and a run from end to end."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import ADAPTER
from tests.training.test_concepts import COMMON, line, written
from tests.training.test_train import pair
from training import evaluate, tune
from training.concepts import KINDS, read_concepts
from training.held_out import of_domains
from training.runs import BATCH


def test_a_share_of_the_definitions_has_its_term_in_front(tmp_path: Path) -> None:
    """Each definition once, beside a question of each kind; drawn by a fixed lot."""
    terms = [f"term {number}" for number in range(200)]
    concepts = read_concepts(written(tmp_path, *map(line, terms)))
    found = tune.concept_columns(concepts, terms=0.5, seed=0)
    assert [*found] == [*(f"asked by {kind}" for kind in KINDS), "document", "label"]
    in_front = sum(
        document.startswith(f"{concept.term}: ")
        for document, concept in zip(found["document"], concepts, strict=True)
    )
    assert 70 < in_front < 130
    assert found == tune.concept_columns(concepts, terms=0.5, seed=0)
    plain = tune.concept_columns(concepts, terms=0, seed=0)
    assert plain["document"] == [concept.definition for concept in concepts]
    assert found["asked by scenario"][7] == "scenario of term 7"


def test_parts_of_the_concepts_alternate(tmp_path: Path) -> None:
    """Together they are all concepts; there is no part beyond the last one."""
    concepts = read_concepts(written(tmp_path, *map(line, "abcde")))
    first, second = tune.part_of(concepts, "1/2"), tune.part_of(concepts, "2/2")
    assert [one.term for one in first] == ["a", "c", "e"]
    assert [one.term for one in second] == ["b", "d"]
    for share in ("3/2", "0/2", "half"):
        with pytest.raises(ValueError, match=r".+"):
            tune.part_of(concepts, share)


@pytest.mark.model
def test_a_run_learns_the_concepts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up words get a meaning, in batches of domains and of old pairs."""
    data, run = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    lines = [json.dumps(asdict(pair(n))) for n in range(BATCH)]
    (data / "pairs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    words = ["plovun", "gribbet", "tasmol", "quenlid", "dorvane", "fispick"]
    asked = [
        line(
            word,
            f"domain {number % 3}",
            definition=f"A thing of kind {'ABCDEF'[number]}.",
            questions=[f"{kind} {word}" for kind in KINDS],
        )
        for number, word in enumerate(words)
    ]
    file = written(tmp_path, *asked)
    monkeypatch.setattr(tune, "CONCEPTS", file)
    options = ["--epochs", "4", "--terms", "0", "--learning-rate", "1e-3"]
    monkeypatch.setattr(
        sys, "argv", ["tune", str(data), str(run), "--start", str(ADAPTER), *options]
    )
    assert tune.main() == 0
    state = json.loads(next(run.glob("checkpoints/*/trainer_state.json")).read_text())
    assert state["global_step"] == 4 * (2 + 1)  # batches of two domains, and one of old pairs
    sets = [*of_domains(read_concepts(file), {f"domain {number}" for number in range(3)})]
    before, after = (
        evaluate.mean_of([evaluate.score(_encoder(name), one) for one in sets])
        for name in (str(ADAPTER), str(run))
    )
    assert after["whole texts"][0] > before["whole texts"][0]


@pytest.mark.model
def test_a_run_learns_a_part_of_the_other_fields(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come in full batches by topic; what a domain has is left out."""
    data, run = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    lines = [json.dumps(asdict(pair(n))) for n in range(BATCH)]
    (data / "pairs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(tune, "CONCEPTS", written(tmp_path, line("term 0")))
    others = [
        {name: value for name, value in line(f"term {number}").items() if name in COMMON}
        for number in range(2 * BATCH + 1)
    ]
    text = "".join(json.dumps(one) + "\n" for one in others)
    (tmp_path / "field.jsonl").write_text(text, encoding="utf-8")
    options = ["--start", str(ADAPTER), "--common", "2/2", "--epochs", "1"]
    monkeypatch.setattr(sys, "argv", ["tune", str(data), str(run), *options])
    assert tune.main() == 0
    state = json.loads(next(run.glob("checkpoints/*/trainer_state.json")).read_text())
    assert state["global_step"] == 1 + 1  # a batch of half of 192 concepts, and one of old pairs
    assert json.loads((run / "run.json").read_text())["common"] == "2/2"


def _encoder(name: str) -> SentenceEncoder:
    return SentenceEncoder(evaluate.model_of(name))

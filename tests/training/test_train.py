"""Training: which pairs, what tokens count, and a run from end to end."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from semsearch.models.registry import BASE_MODEL, find_model
from training import train
from training.runs import BATCH, token_weights
from training.senses import TrainingPair


def pair(
    number: int, kind: str = "cross", query: str = "a small house made of wood"
) -> TrainingPair:
    """Return a pair of the own sense."""
    document = f"Hut {number}: a simple dwelling, number {number}, built of planks."
    return TrainingPair(
        query=f"{query} {number}",
        document=document,
        kind=kind,
        source="own",
        sense=str(number),
        terms=("hut",),
    )


def test_each_kind_has_its_share() -> None:
    """Kinds that are not named, and questions of a few words, are left out; terms may be short."""
    pairs = [
        *(pair(n) for n in range(10)),
        *(pair(n + 10, "terms", "hut") for n in range(4)),
        *(pair(n + 20, "cross", "hut") for n in range(4)),
        pair(30, "other"),
    ]
    found = train.chosen(pairs, {"cross": 6, "terms": 3})
    assert sorted(p.kind for p in found) == ["cross"] * 6 + ["terms"] * 3
    assert all(len(p.query.split()) > 2 for p in found if p.kind == "cross")
    assert found == train.chosen(pairs, {"cross": 6, "terms": 3})
    assert train.chosen(pairs, {"cross": 6, "terms": 3}, limit=5) == found[:5]


def test_rare_tokens_count_more_and_meaningless_ones_nothing() -> None:
    """The weight depends on how many definitions use a token, as in the index."""
    found = token_weights([[1, 2, 2], [1, 3], [1]], np.array([False, True, True, True, False]))
    assert found[0] == found[4] == 0
    assert 0 < found[1] < found[2] == found[3]


def test_a_definition_may_name_its_term() -> None:
    """The trial without terms looks for whole words."""
    assert train.names_its_term(pair(1))
    assert not train.names_its_term(
        TrainingPair(
            query="q", document="A shutter.", kind="cross", source="own", sense="1", terms=("hut",)
        )
    )


@pytest.mark.model
def test_a_run_writes_an_adapter_and_goes_on_from_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two steps on the real base change its vectors, and a third follows them."""
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch
    from sentence_transformers import SentenceTransformer

    data, run = tmp_path / "data", tmp_path / "run"
    data.mkdir()
    lines = [json.dumps(asdict(pair(n))) for n in range(BATCH)]
    (data / "pairs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    arguments = ["train", str(data), str(run), "--rank", "2", "--no-topics", "--epochs"]
    monkeypatch.setattr(sys, "argv", [*arguments, "2"])  # the first step only warms up
    assert train.main() == 0
    assert json.loads((run / "adapter/adapter_config.json").read_text())["r"] == 2
    texts = ["a simple dwelling built of planks"]
    trained = SentenceTransformer(str(run / "model"), device="cpu").encode(texts)
    base = SentenceTransformer(str(find_model(BASE_MODEL).path), device="cpu")
    cosine = float((trained * base.encode(texts)).sum())
    assert 0.5 < cosine < 0.999999
    assert [p.name for p in (run / "checkpoints").iterdir()] == ["checkpoint-2"]
    known = run / "checkpoints/checkpoint-2/adapter_model.safetensors"
    marked = {n: t + 0.01 if "lora_B" in n else t for n, t in load_file(known).items()}
    save_file(marked, known, {"format": "pt"})
    monkeypatch.setattr(sys, "argv", [*arguments, "3"])
    assert train.main() == 0
    with pytest.raises(SystemExit, match="other data or options"):
        monkeypatch.setattr(sys, "argv", [*arguments, "3", "--learning-rate", "1e-5"])
        train.main()
    state = json.loads((run / "checkpoints/checkpoint-3/trainer_state.json").read_text())
    assert state["global_step"] == 3
    found = load_file(run / "adapter/adapter_model.safetensors")
    assert all(abs(t.mean().item() - 0.01) < 2e-3 for n, t in found.items() if "lora_B" in n)

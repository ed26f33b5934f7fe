"""Any CrossEncoder with one label reranks; anything else says what to give instead."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.core.errors import EncoderError, IndexMissing, ModelRefused
from semsearch.ingest.build import build_index
from semsearch.models.registry import BASE_MODEL, find_model
from semsearch.models.rerankers.cross_encoder import CrossReranker, find_reranker
from semsearch.search.glossary import Glossary
from tests.conftest import ENTRIES
from tests.models.small_reranker import make_cross_encoder


@pytest.mark.parametrize("name", ["no-such-folder", "./missing/cross", "all-MiniLM-L6-v2", ""])
def test_a_model_that_is_not_there(name: str) -> None:
    """The name, and what may be given."""
    with pytest.raises(ModelRefused, match=r"give an existing folder, or a hub id such as"):
        find_reranker(name or "no model")


@pytest.mark.process
def test_a_hub_that_cannot_be_reached_names_the_way_out(tmp_path: Path) -> None:
    """One line, exit code 4, and nothing built."""
    code = "import os; os.environ['HF_HUB_OFFLINE'] = '1'; from semsearch.cli import main; main()"
    command = ["build", "corpus", "-i", str(tmp_path / "index"), "--model", "hashed"]
    done = subprocess.run(
        [sys.executable, "-c", code, *command, "--reranker", "nobody/no-such-reranker"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 4
    said = done.stderr.decode()
    assert "'nobody/no-such-reranker' is neither a folder here nor to be had from the hub" in said
    assert "download it elsewhere and give its folder" in said
    with pytest.raises(IndexMissing):
        Glossary.open(tmp_path / "index")


def test_a_bi_encoder_is_sent_to_the_other_option() -> None:
    """It would load, with random weights where the score comes from."""
    folder = str(find_model(BASE_MODEL).path)
    with pytest.raises(ModelRefused, match=r"vectors of single texts.*use it with --model"):
        find_reranker(folder)


@pytest.mark.model
def test_a_bare_transformer_without_a_head_is_refused(cross_encoder: Path, tmp_path: Path) -> None:
    """What tells is its architecture, where sentence-transformers has stated nothing."""
    folder = tmp_path / "model"
    shutil.copytree(cross_encoder, folder)
    (folder / "config_sentence_transformers.json").unlink()
    assert find_reranker(str(folder)).name == str(folder)
    config = folder / "config.json"
    config.write_text(config.read_text().replace("BertForSequenceClassification", "BertModel"))
    with pytest.raises(ModelRefused, match=r"\(BertModel\) makes vectors of single texts"):
        find_reranker(str(folder))


@pytest.mark.model
def test_several_labels_are_refused_before_anything_is_embedded(tmp_path: Path) -> None:
    """The number of labels and what to give are named; no export is left."""
    model = make_cross_encoder(tmp_path / "three", labels=3)
    with pytest.raises(ModelRefused, match=r"gives 3 labels.*CrossEncoder with one label"):
        build_index(ENTRIES, tmp_path / "index", model="hashed", reranker=str(model))
    assert not (tmp_path / "index" / "rerankers").exists()


@pytest.mark.model
def test_a_model_that_could_run_code_is_refused(cross_encoder: Path, tmp_path: Path) -> None:
    """Rerankers are refused like encoders."""
    folder = tmp_path / "model"
    shutil.copytree(cross_encoder, folder)
    (folder / "modeling.py").write_text("print('no')")
    with pytest.raises(ModelRefused, match=r"holds modeling\.py: code and pickled"):
        find_reranker(str(folder))


@pytest.mark.model
def test_weights_that_cannot_be_read_say_so(cross_encoder: Path, tmp_path: Path) -> None:
    """The error has the name of the model."""
    folder = tmp_path / "model"
    shutil.copytree(cross_encoder, folder)
    (folder / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(EncoderError, match=r"the model '.*model' cannot be loaded"):
        CrossReranker(find_reranker(str(folder)))

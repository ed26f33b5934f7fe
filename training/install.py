"""Put a trained adapter where the package loads it, and write its hashes.

    python -m training.install FOLDER [--strength SHARE] [--accurate]

FOLDER is what PEFT's `save_pretrained` wrote; `--accurate` means the adapter of the larger base.
`--strength` scales the adapter, which averages the trained weights with those of the base (WiSE-FT,
Wortsman et al., 2022, https://arxiv.org/abs/2109.01903). The weights are stored in half precision,
and the description names the base by its public name. The two hashes in
`semsearch/models/registry.py` are replaced. The same adapter gives the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.models import registry
from semsearch.models.encoders.mpnet_parts import ACCURATE_MODEL

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
MAX_BYTES = 6_000_000
"""Largest adapter that is worth its size in the package; the base has 90 MB."""


@dataclass(frozen=True, slots=True)
class AdapterPlace:
    """Where an adapter belongs: its folder, the constant with its hashes, and its base."""

    folder: Path
    constant: str
    base: str


DEFAULT = AdapterPlace(registry.ADAPTER, "ADAPTER_SHA256", registry.BASE_MODEL)
ACCURATE = AdapterPlace(registry.ACCURATE_ADAPTER, "ACCURATE_ADAPTER_SHA256", ACCURATE_MODEL)


def install(
    trained: Path, place: AdapterPlace, constants: Path, strength: float = 1.0
) -> dict[str, str]:
    """Copy an adapter in half precision, and write its hashes into a module.

    Args:
        trained: a folder that PEFT wrote.
        place: where it belongs; the folder is made if it is not there.
        constants: the module with the hashes, each after the name of its file.
        strength: what share of the change is kept.

    Returns:
        The hashes by the names of the files.

    Raises:
        ImportFailed: it is no LoRA adapter that changes something, or too large; its base is not
            checked. Nothing is written.
    """
    files = contents_of(trained, strength, place.base)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    text = _with_hashes(constants.read_text(encoding="utf-8"), place.constant, hashes, constants)
    place.folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place.folder / name).write_bytes(content)
    constants.write_text(text, encoding="utf-8")
    return hashes


def contents_of(
    trained: Path, strength: float = 1.0, base: str = registry.BASE_MODEL
) -> dict[str, bytes]:
    """Return the files of an adapter as the package has them, by name.

    Raises:
        ImportFailed: it is no LoRA adapter that changes something, or too large.
    """
    return {CONFIG: _config(trained / CONFIG, base), WEIGHTS: _weights(trained / WEIGHTS, strength)}


def _config(file: Path, base: str) -> bytes:
    """Return the description with the base named, its keys in the order of their names."""
    try:
        stated = json.loads(file.read_text(encoding="utf-8"))
        kind = stated["peft_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ImportFailed(f"is not the description of an adapter ({error!r})", file) from error
    if kind != "LORA" or stated.get("modules_to_save"):
        raise ImportFailed(
            f"describes {kind} with modules_to_save={stated.get('modules_to_save')}; only LoRA "
            "that changes nothing else can be merged",
            file,
        )
    ordered = {k: sorted(v) if isinstance(v, list) else v for k, v in stated.items()}  # PEFT's sets
    whole = {
        **ordered,
        "base_model_name_or_path": f"sentence-transformers/{base}",
        "inference_mode": True,
    }
    return f"{json.dumps(whole, indent=2, sort_keys=True)}\n".encode()


def _weights(file: Path, strength: float) -> bytes:
    """Return the file in half precision, its tensors in the order of their names.

    A layer changes by lora_B @ lora_A, so one of the two carries the strength.
    """
    import torch
    from safetensors.torch import load_file, save  # noqa: PLC0415 - loads torch

    try:
        tensors = load_file(file)
    except Exception as error:  # the library has an error of its own
        raise ImportFailed(f"is not a file of weights ({error})", file) from error
    shares = {name: strength if "lora_B" in name else 1.0 for name in sorted(tensors)}
    halves = {n: (tensors[n] * share).to(torch.float16).contiguous() for n, share in shares.items()}
    broken = [name for name, half in halves.items() if not torch.isfinite(half).all()]
    if broken or not halves:
        raise ImportFailed(
            f"has {broken[0]}, which half precision cannot hold" if broken else "is empty", file
        )
    if not any(half.any() for name, half in halves.items() if "lora_B" in name):
        raise ImportFailed("changes nothing: every lora_B is 0, as before training", file)
    content: bytes = save(halves, {"format": "pt"})
    if len(content) > MAX_BYTES:
        raise ImportFailed(
            f"has {len(content):,} bytes in half precision; at most {MAX_BYTES:,} belong in the package",
            file,
        )
    return content


def _with_hashes(text: str, constant: str, hashes: dict[str, str], constants: Path) -> str:
    for name, digest in hashes.items():
        hash_of = rf'(^{constant} = \{{[^}}]*"{re.escape(name)}": ")[0-9a-f]{{64}}"'
        text, found = re.subn(hash_of, rf'\g<1>{digest}"', text, flags=re.MULTILINE)
        if found != 1:
            raise ImportFailed(f"states {found} hashes of {name} in {constant}, not one", constants)
    return text


def main() -> None:
    """Install the adapter in the folder that is named."""
    parser = argparse.ArgumentParser(prog="python -m training.install")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--accurate", action="store_true", help="the adapter of the larger base")
    given = parser.parse_args()
    place = ACCURATE if given.accurate else DEFAULT
    hashes = install(given.folder, place, Path(registry.__file__), given.strength)
    for name, digest in hashes.items():
        size = (place.folder / name).stat().st_size
        print(f"{place.folder / name}: {size:,} bytes, sha256 {digest}")


if __name__ == "__main__":
    main()

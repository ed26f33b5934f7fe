"""The mean of several trained encoders (model soup).

    python -m training.means TARGET FOLDER... [--base NAME]

Each FOLDER is what `training.tune` wrote, with the same `--base` if it trained adapters. TARGET
gets the mean of the adapters and, merged, of the models in `model/`; of runs with
`--all-parameters` it gets the models only. The mean of adapters is that of the factors of each
layer. It differs from the mean of their products by products of the changes since the start, which
are small for a short training (Wortsman et al., 2022, https://arxiv.org/abs/2203.05482).
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from semsearch.core.errors import ImportFailed
from semsearch.models.registry import BASE_MODEL
from training.install import CONFIG, WEIGHTS
from training.runs import save_whole

MODEL_WEIGHTS = "model.safetensors"
"""The weights of a whole model, in its folder."""


def write_mean(folders: Sequence[Path], target: Path, name: str) -> None:
    """Write the mean of files of weights.

    Args:
        folders: hold one file each.
        target: gets the mean; made if it is not there.
        name: of the file in each folder.

    Raises:
        ImportFailed: the files have different layers.
    """
    from safetensors.torch import load_file, save_file  # noqa: PLC0415 - loads torch

    first, *others = [load_file(folder / name) for folder in folders]
    shapes = {layer: tensor.shape for layer, tensor in first.items()}
    for folder, one in zip(folders[1:], others, strict=True):
        if {layer: tensor.shape for layer, tensor in one.items()} != shapes:
            raise ImportFailed(f"has other layers or another rank than {folders[0]}", folder / name)
    mean = {
        layer: sum((one[layer].float() for one in others), first[layer].float()) / len(folders)
        for layer in first
    }
    target.mkdir(parents=True, exist_ok=True)
    save_file(mean, target / name, {"format": "pt"})


def main() -> None:
    """Write the mean of the encoders that are named."""
    parser = argparse.ArgumentParser(
        prog="python -m training.means",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("target", type=Path)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--base", default=BASE_MODEL, help="of the adapters")
    given = parser.parse_args()
    if all((folder / WEIGHTS).exists() for folder in given.folders):
        write_mean(given.folders, given.target, WEIGHTS)
        shutil.copyfile(given.folders[-1] / CONFIG, given.target / CONFIG)
        save_whole(given.target, given.target / "model", given.base)
    else:
        models, target = [folder / "model" for folder in given.folders], given.target / "model"
        write_mean(models, target, MODEL_WEIGHTS)  # first: it may refuse
        others = shutil.ignore_patterns(MODEL_WEIGHTS)
        shutil.copytree(models[-1], target, ignore=others, dirs_exist_ok=True)
    print(f"The mean of {len(given.folders)} encoders: {given.target}")


if __name__ == "__main__":
    main()

"""Damages files of an index; every damage must be noticed before an answer uses it.

    python -m benchmarks.torture.bits --draws 10000 --seed 1

In one file of a generation, its manifest, CURRENT or the store, a bit is flipped, the end is cut
off, or the content is replaced by that of another file or by random bytes. A damaged generation
must be refused with the name of the file, and repaired by the next build. With a damaged store,
questions are answered as before or refused. Exit code 1: one of these failed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchmarks.torture.kill import PromiseBroken
from semsearch.core.answers import Answer
from semsearch.core.errors import StoredIndexError
from semsearch.ingest.build import build_index
from semsearch.search.glossary import Glossary
from semsearch.storage.files.layout import IndexLayout
from tests.small_glossary import ENTRIES

QUESTION = "what makes dough rise"


def torture(whole: Path, draws: int, seed: int) -> Counter[str]:
    """Damage copies of a whole index of `ENTRIES`, and return how often each file was damaged.

    Raises:
        PromiseBroken: a damage was not noticed, or not mended.
    """
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    damaged: Counter[str] = Counter()
    right = answer(whole)
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
        index = Path(folder) / "index"
        for draw in range(draws):
            shutil.rmtree(index, ignore_errors=True)
            shutil.copytree(whole, index)
            file = chance.choice(_files(IndexLayout(index)))
            before = file.read_bytes()
            how = chance.choice((_flip, _cut, _swap, _foreign))
            file.write_bytes(how(before, chance, index))
            if file.read_bytes() == before:
                continue
            damaged[file.name] += 1
            try:
                check(index, file, right)
            except PromiseBroken as error:
                what = f"{how.__name__.strip('_')} {file.name}"
                raise PromiseBroken(f"draw {draw} of seed {seed}, {what}: {error}") from error
    return damaged


def answer(index: Path) -> Answer:
    """Ask an index what it is asked before and after it is damaged."""
    with Glossary.open(index) as glossary:
        return glossary.ask(QUESTION)


def _files(layout: IndexLayout) -> list[Path]:
    generation = sorted(file for file in layout.generation(1).root.iterdir() if file.is_file())
    return [*generation, layout.current, layout.store]


def _flip(content: bytes, chance: random.Random, _: Path) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _cut(content: bytes, chance: random.Random, _: Path) -> bytes:
    return content[: chance.randrange(max(len(content), 1))]


def _swap(content: bytes, chance: random.Random, index: Path) -> bytes:
    others = [file.read_bytes() for file in _files(IndexLayout(index))]
    return chance.choice([other for other in others if other != content])


def _foreign(content: bytes, chance: random.Random, _: Path) -> bytes:
    return chance.randbytes(len(content) + 1)


def check(index: Path, file: Path, right: Answer) -> None:
    """Ask a damaged index, and let a build mend it unless the store is what is damaged."""
    layout = IndexLayout(index)
    is_store = file == layout.store
    said = _refusal(index, right)
    if said is None and not is_store:
        raise PromiseBroken("the damage was not noticed")
    # a pointer that leads elsewhere makes what it leads to look damaged
    named = file.name if file != layout.current else str(layout.root)
    if said is not None and named not in said:
        raise PromiseBroken(f"the refusal does not name the file: {said}")
    if not is_store:
        build_index(ENTRIES, index, model="hashed")
        if (left := _refusal(index, right)) is not None:
            raise PromiseBroken(f"a build did not mend it: {left}")


def _refusal(index: Path, right: Answer) -> str | None:
    """Return why an index cannot be asked; None if it answers, which has to be right.

    Raises:
        PromiseBroken: the answer is wrong, or the error is none of ours.
    """
    try:
        found = answer(index)
    except StoredIndexError as error:
        return str(error)
    except Exception as error:
        raise PromiseBroken(f"an error that says nothing of the index: {error!r}") from error
    if found != right:
        raise PromiseBroken("the answer is wrong")
    return None


def run(what: str, torture_: Callable[[Path], str]) -> int:
    """Build an index, torture it, and say what came of it; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="semsearch-torture-") as folder:
        index = Path(folder) / "index"
        build_index(ENTRIES, index, model="hashed")
        try:
            print(f"{what}: {torture_(index)}")
        except PromiseBroken as error:
            print(f"{what}: {error}", file=sys.stderr)
            return 1
    return 0


def main() -> int:
    """Read the arguments, and damage."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"))
    given = parser.parse_args()

    def damage(index: Path) -> str:
        damaged = torture(index, given.draws, given.seed)
        files = ", ".join(f"{name} {count}" for name, count in sorted(damaged.items()))
        return f"all of {damaged.total()} damages noticed (seed {given.seed}): {files}"

    return run("bits", damage)


if __name__ == "__main__":
    sys.exit(main())

"""A process that edits and announces each edit, to be killed by its parent.

    python -m benchmarks.torture.writer INDEX SEED

Each line is JSON: `{"about": {ID: DEFINITION or null}}` before an edit, with the state after it,
and `{"done": true}` after the edit was acknowledged. Publishing changes no entry and prints
nothing.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

from semsearch.core.errors import IndexBusy
from semsearch.core.progress import Silent
from semsearch.ingest import Editor
from semsearch.ingest.drafts import Draft
from semsearch.ingest.publish import publish_edits
from semsearch.storage.entry_reader import EntryReader
from semsearch.storage.files.layout import IndexLayout

GLOSSARY = "torture"
MIN_ENTRIES = 5
"""Least number of entries; below it none is deleted."""


class RandomEditor:
    """Makes random edits for ever."""

    def __init__(self, index: Path, seed: int) -> None:
        self._layout = IndexLayout(index)
        self._chance = random.Random(seed)  # noqa: S311 - a draw, no secret
        self._editor = Editor(index, who="torture")
        reader = EntryReader(self._layout.store)
        self._ids = [entry.id for entry in reader.entries() if entry.glossary == GLOSSARY]
        reader.close()
        self._number = self._chance.randrange(1 << 40)

    def run(self) -> None:
        """Edit until this process is killed."""
        steps = (self._add, self._change, self._delete, self._import, self._publish)
        while True:
            self._chance.choices(steps, (4, 4, 2, 2, 1))[0]()

    def _add(self) -> None:
        id_, draft = self._next()
        self._do({id_: draft.definition}, lambda: self._editor.add(GLOSSARY, draft))
        self._ids.append(id_)

    def _change(self) -> None:
        if self._ids:
            id_, text = self._chance.choice(self._ids), f"Changed to {self._count()}."
            self._do({id_: text}, lambda: self._editor.change(id_, definition=text))

    def _delete(self) -> None:
        if len(self._ids) > MIN_ENTRIES:
            id_ = self._ids.pop(self._chance.randrange(len(self._ids)))
            self._do({id_: None}, lambda: self._editor.delete(id_))

    def _import(self) -> None:
        made = dict(self._next() for _ in range(3))
        lines = [json.dumps({"term": d.term, "definition": d.definition}) for d in made.values()]
        wanted: dict[str, str | None] = {id_: draft.definition for id_, draft in made.items()}
        self._do(wanted, lambda: self._editor.take("\n".join(lines), GLOSSARY, strict=True))
        self._ids.extend(made)

    def _publish(self) -> None:
        try:
            publish_edits(self._layout, Silent())
        except IndexBusy:
            return

    def _next(self) -> tuple[str, Draft]:
        term = f"t{self._count()}"
        return f"{GLOSSARY}:{term}", Draft(term, f"Number {self._number} of some.")

    def _count(self) -> int:
        self._number += 1
        return self._number

    def _do(self, about: dict[str, str | None], edit: Callable[[], object]) -> None:
        print(json.dumps({"about": about}), flush=True)
        edit()
        print(json.dumps({"done": True}), flush=True)


def main() -> None:
    """Edit until this process is killed."""
    index, seed = sys.argv[1:]
    RandomEditor(Path(index), int(seed)).run()


if __name__ == "__main__":
    main()

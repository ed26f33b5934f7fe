"""A glossary on its way into a format: its files, and what these cannot hold."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile

from semsearch.exporters.context import ExportContext
from semsearch.exporters.formats import Target

_IN_MEMORY = 1 << 24
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format cannot hold of an entry, or not as it is, by the names of its parts."""

    id: str
    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GlossaryExport:
    """A glossary to be written as one format."""

    target: Target
    material: ExportContext

    @property
    def name(self) -> str:
        """The name of the file, of the archive where there are several."""
        return self.material.glossary + (".zip" if self.target.is_several else self.target.suffix)

    @property
    def media_type(self) -> str:
        """Of `content`."""
        return "application/zip" if self.target.is_several else self.target.media_type

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the name and the content of each file; one is read before the next is asked for."""
        for suffix, content in self.target.write(self.material):
            yield self.material.glossary + suffix, content

    def content(self) -> Iterator[bytes]:
        """Yield the file, or an archive of the files, in pieces."""
        if self.target.is_several:
            yield from self._archive()
        else:
            for _, content in self.files():
                yield from content

    def losses(self) -> Iterator[Loss]:
        """Yield what gets lost, for each entry of which something does."""
        for entry in self.material.entries():
            if parts := tuple(dict.fromkeys(self.target.lost(entry, self.material))):
                yield Loss(entry.id, parts)

    def save(self, folder: Path) -> list[Path]:
        """Write the files into a folder, which is made; each is there when it is whole.

        Raises:
            OSError: a file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return [write_whole(folder / name, content) for name, content in self.files()]

    def _archive(self) -> Iterator[bytes]:
        with SpooledTemporaryFile(_IN_MEMORY) as packed:
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in self.files():
                    with archive.open(name, "w", force_zip64=True) as file:
                        for piece in content:
                            file.write(piece)
            packed.seek(0)
            while piece := packed.read(_CHUNK):
                yield piece


def write_whole(file: Path, content: Iterator[bytes]) -> Path:
    """Write a file that is there when all of it is, and return it.

    Raises:
        OSError: it cannot be written.
    """
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as made:
        try:
            for piece in content:
                made.write(piece)
            made.close()
            _mode_as_usual(made.name)
            Path(made.name).replace(file)
        except BaseException:
            made.close()
            Path(made.name).unlink()
            raise
    return file


def _mode_as_usual(file: str) -> None:
    """Let others read what they could read of a file written directly: temporary ones are their owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    Path(file).chmod(0o666 & ~mask)

"""Exports a glossary in one format: its files or archive, and the list of losses."""

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
    """The parts of an entry that a format cannot hold unchanged."""

    id: str
    parts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GlossaryExport:
    """A glossary to be written in one format."""

    target: Target
    context: ExportContext

    @property
    def name(self) -> str:
        """The name of the file, or of the archive if there are several."""
        return self.context.glossary + (".zip" if self.target.is_several else self.target.suffix)

    @property
    def media_type(self) -> str:
        """Of `content`."""
        return "application/zip" if self.target.is_several else self.target.media_type

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each file; consume one before the next."""
        for suffix, content in self.target.write(self.context):
            yield self.context.glossary + suffix, content

    def content(self) -> Iterator[bytes]:
        """Yield the file, or an archive of several files, in pieces."""
        if self.target.is_several:
            yield from self._archive()
        else:
            for _, content in self.files():
                yield from content

    def losses(self) -> Iterator[Loss]:
        """Yield the losses of each entry that has any."""
        for entry in self.context.entries():
            if parts := tuple(dict.fromkeys(self.target.lost(entry, self.context))):
                yield Loss(entry.id, parts)

    def save(self, folder: Path) -> list[Path]:
        """Write the files into a folder, which is created; each appears when it is complete.

        Raises:
            OSError: a file cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return [write_whole(folder / name, content) for name, content in self.files()]

    def _archive(self) -> Iterator[bytes]:
        with SpooledTemporaryFile(_IN_MEMORY) as archive_file:
            with zipfile.ZipFile(archive_file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in self.files():
                    with archive.open(name, "w", force_zip64=True) as file:
                        for piece in content:
                            file.write(piece)
            archive_file.seek(0)
            while piece := archive_file.read(_CHUNK):
                yield piece


def write_whole(file: Path, content: Iterator[bytes]) -> Path:
    """Write a file that appears when it is complete, and return it.

    Raises:
        OSError: it cannot be written.
    """
    with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}-", delete=False) as temporary:
        try:
            for piece in content:
                temporary.write(piece)
            temporary.close()
            _set_usual_mode(temporary.name)
            Path(temporary.name).replace(file)
        except BaseException:
            temporary.close()
            Path(temporary.name).unlink()
            raise
    return file


def _set_usual_mode(file: str) -> None:
    """Give a file the usual permissions; temporary files are private to their owner."""
    mask = os.umask(0)
    os.umask(mask)
    Path(file).chmod(0o666 & ~mask)

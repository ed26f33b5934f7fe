"""What holds for every place where a shared store has its files."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from semsearch.core.shared_store_errors import SharedFileDamaged
from semsearch.storage.files.file_places import FilePlace

SEVERAL_PARTS = (9 << 20) + 1


def written(file: Path, size: int, seed: int = 1) -> str:
    """Write a file of some size, and return its SHA-256."""
    content = hashlib.shake_128(bytes([seed])).digest(size)
    file.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


class FilePlaceContract(ABC):
    """Tests of a place; `place` is a fixture of the class that inherits them."""

    @abstractmethod
    def damage(self, place: FilePlace, digest: str) -> None:
        """Change the content of a file that is there, as nobody should."""

    @pytest.mark.parametrize("size", [0, 1, 8 << 20, SEVERAL_PARTS])
    def test_what_is_fetched_is_what_was_put(
        self, place: FilePlace, tmp_path: Path, size: int
    ) -> None:
        """Also an empty file, one of whole parts, and one that is put again."""
        file, fetched = tmp_path / "file", tmp_path / "fetched"
        digest = written(file, size)
        for _ in range(2):
            place.put(file, digest)
            assert place.sizes() == {digest: size}
        place.fetch(digest, fetched)
        assert fetched.read_bytes() == file.read_bytes()

    def test_a_file_that_is_missing_or_damaged_is_named(
        self, place: FilePlace, tmp_path: Path
    ) -> None:
        """So is the place; put again, it is as it was."""
        file, fetched = tmp_path / "file", tmp_path / "fetched"
        digest = written(file, 1000)
        with pytest.raises(SharedFileDamaged, match=f"{digest} .* is missing in .*publish"):
            place.fetch(digest, fetched)
        place.put(file, digest)
        self.damage(place, digest)
        with pytest.raises(SharedFileDamaged, match=f"{digest} .* has another SHA-256") as caught:
            place.fetch(digest, fetched)
        assert place.name in str(caught.value)
        place.remove([digest])
        place.put(file, digest)
        place.fetch(digest, fetched)

    def test_only_what_is_named_is_removed(self, place: FilePlace, tmp_path: Path) -> None:
        """What is not there is removed already."""
        digests = []
        for seed in range(3):
            digests.append(written(tmp_path / "file", 10, seed))
            place.put(tmp_path / "file", digests[-1])
        place.remove([digests[0], "0" * 64, digests[2]])
        assert place.sizes() == {digests[1]: 10}

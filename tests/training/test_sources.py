"""Packages are fetched once, and only those that are known are taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from semsearch.core.errors import ImportFailed
from training.sources import SOURCES, Registry, fetch

FREE = {
    "WordNet 3.0",
    "public domain",
    "PostgreSQL",
    "Apache-2.0",
    "PSF-2.0",
    "CC-BY-4.0",
    "BSD-3-Clause",
    "MIT",
}


def test_every_source_has_a_free_licence_and_a_hash() -> None:
    """Of the one package under the GPL only public-domain parts are read."""
    assert {s.licence for s in SOURCES if s.package != "dict-gcide"} == FREE
    assert all(len(source.sha256) == 64 for source in SOURCES)
    assert len({source.package for source in SOURCES}) == len(SOURCES)


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    """A wheel is returned itself, of others the folder."""
    source = replace(SOURCES[0], package="no-such-package", version="1:2")
    place = tmp_path / "no-such-package-1_2"
    place.mkdir()
    assert fetch(source, tmp_path) == place
    (place / "baking.whl").touch()
    assert fetch(source, tmp_path) == place / "baking.whl"


@pytest.mark.process
def test_a_package_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    """The error has the failed command, and no incomplete package stays."""
    source = replace(SOURCES[0], package="no/such", registry=Registry.PYPI)
    with pytest.raises(ImportFailed, match=r"pip .*download .*no/such"):
        fetch(source, tmp_path)
    assert not (tmp_path / f"no/such-{source.version}").exists()

"""Addresses of shared stores: what messages say of them, and what they never say.

Covers `storage/files/shared_setting`.
"""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.storage.files.layout import IndexLayout
from semsearch.storage.files.shared_setting import public_address, write_shared_url

pytest.importorskip("psycopg_pool", reason="the extra postgres is not installed")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://ann:secret@h:5432/db?sslmode=require", "postgresql://h:5432/db"),
        ("postgres://ann:secret@h/db", "postgresql://h/db"),
        ("postgresql://ann:s#e?c[r]e:t@h/db", "postgresql://h/db"),
        ("postgresql://ann:s%40%2Fe%25@h/db", "postgresql://h/db"),
        ("postgresql://h/db?user=ann&password=secret&sslpassword=secret", "postgresql://h/db"),
        ("postgresql://ann@a:1,b:2/db", "postgresql://a:1,b:2/db"),
        ("postgresql://ann@a,b/db?port=7", "postgresql://a:7,b:7/db"),
        ("postgresql://ann@[::1]:5/db", "postgresql://[::1]:5/db"),
        ("postgresql:///db?host=/run/postgresql", "postgresql:///run/postgresql/db"),
        ("postgresql://", "postgresql://localhost"),
    ],
)
def test_the_name_has_host_port_and_database(url: str, name: str) -> None:
    """Nothing else of the address is shown, whatever signs the password has."""
    assert public_address(url) == name


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:SECRET%zz@h/db",
        "postgresql://u:SECR/ET@h/db",
        "postgresql://u:1234/SECRET@h/db",
        "postgresql://u:SECR@SECRET@h/db",
        "postgresql://u:SE/CRET@SECRET@h/db",
        "postgresql://u:1?SECRET/@h/db",
        "postgresql://u:pw@h/db?options=-csearch_path=SECRET",
        "host=h password=SECRET",
        "mysql://u:SECRET@h/db",
    ],
)
def test_an_address_that_cannot_be_read_is_not_quoted(url: str, tmp_path: Path) -> None:
    """The message says what is usually wrong, and nothing is written."""
    from semsearch.storage.postgres.database import SharedDatabase  # noqa: PLC0415 - an extra

    layout = IndexLayout(tmp_path / "index")
    for use in (public_address, SharedDatabase, lambda url: write_shared_url(layout, url)):
        with pytest.raises(InvalidSetting, match="percent-encoded") as caught:
            use(url)
        assert "SECR" not in "".join(traceback.format_exception(caught.value)).replace(url, "")
    assert not layout.root.exists()

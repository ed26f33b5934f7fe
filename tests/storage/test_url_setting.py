"""Files of settings that name an address; see `storage/files/url_setting`."""

from pathlib import Path

import pytest

from semsearch.core.errors import IndexDamaged
from semsearch.storage.files.url_setting import stated_url


def test_an_address_is_read_and_none_is_none(tmp_path: Path) -> None:
    """No file and no folder mean that nothing is set."""
    file = tmp_path / "FOLLOWS"
    assert stated_url(file, "so ...") is None
    assert stated_url(tmp_path / "no" / "FOLLOWS", "so ...") is None
    file.write_text('{"url": "http://127.0.0.1:8000"}', encoding="utf-8")
    assert stated_url(file, "so ...") == "http://127.0.0.1:8000"
    assert stated_url(file / "below", "so ...") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"url": 5}', b'{"u": "x"}', b"\xff"])
def test_what_cannot_be_read_is_named_with_the_way_out(tmp_path: Path, content: bytes) -> None:
    """It is never taken for no setting, which would let edits go to the wrong store."""
    file = tmp_path / "SHARED"
    file.write_bytes(content)
    with pytest.raises(IndexDamaged, match="SHARED cannot be read, so move it away"):
        stated_url(file, "so move it away")

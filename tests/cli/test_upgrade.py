"""`semsearch upgrade`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from semsearch.index.manifest import FORMAT
from tests.cli.running import run
from tests.ingest.test_upgrade import unpacked


def test_an_upgrade_says_what_it_did(tmp_path: Path) -> None:
    """The message of an index of an earlier format names the command, which mends it."""
    index = str(unpacked(5, tmp_path))
    refused = run("ask", "crumb", "-i", index)
    assert refused.returncode == 3
    assert f"run `semsearch upgrade --index {index}`" in refused.stderr.decode()
    done = run("upgrade", "-i", index)
    backup = tmp_path / "index-format-5.tar"
    assert done.stdout.decode() == (
        f"upgraded {index} from format 5 to {FORMAT}: generation 2 with 6 entries, 8 texts embedded; the "
        f"state before is in {backup}\n"
    )
    assert (
        run("upgrade", "-i", index)
        .stdout.decode()
        .endswith(f"of this version already ({FORMAT})\n")
    )
    stated = json.loads(run("upgrade", "-i", index, "--json").stdout)
    assert (stated["from_format"], stated["generation"], stated["backup"]) == (FORMAT, 2, None)
    restored = str(tmp_path / "new")
    assert run("restore-backup", str(backup), "-i", restored).returncode == 0
    assert json.loads(run("ask", "crumb", "-i", restored, "--json").stdout)["verdict"] == "exact"

"""The data of terms: short for the script of pages, whole for plugins."""

from __future__ import annotations

import json
from dataclasses import replace

from semsearch.doc_sites.terms_data import for_plugins, for_script
from tests.conftest import entry

ENTRIES = [
    replace(
        entry("Recurrent Neural Network (RNN)", "A network " + "that goes on " * 40),
        aliases=("recurrent net",),
    ),
    entry("Query", "A question."),
]


def test_a_script_has_what_a_tooltip_shows() -> None:
    """The beginning of a long definition; nothing of how a term is found."""
    script = for_script(ENTRIES)
    assert script.startswith("semsearchTerms = {")
    data = json.loads(script.removeprefix("semsearchTerms = ").rstrip(";\n"))
    assert data["bakery:query"] == {"term": "Query", "text": "A question."}
    assert len(data[ENTRIES[0].id]["text"]) <= 280


def test_plugins_get_the_names_and_the_path_of_the_page() -> None:
    """Names in both numbers; acronyms in their case only."""
    data = json.loads(for_plugins(ENTRIES))
    network = data[ENTRIES[0].id]
    assert network["path"] == f"entry/{ENTRIES[0].id}"
    assert set(network["names"]) >= {
        "Recurrent Neural Network",
        "Recurrent Neural Networks",
        "recurrent net",
        "recurrent nets",
    }
    assert network["exact"] == ["RNN", "RNNs"]
    assert {"Query", "Queries"} <= set(data["bakery:query"]["names"])

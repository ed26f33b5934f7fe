"""The data that explains terms in pages: for the script of the pages, and for plugins.

`terms-data.js` has what a tooltip shows. `terms.json` also has what a plugin needs to mark terms by
itself: how texts write their names, and the paths of their pages on a service.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from semsearch.core.entries import Entry
from semsearch.text.mentions import written_forms
from semsearch.text.names import names_of
from semsearch.web.display import cut_line
from semsearch.web.urls import entry_path

SHOWN_CHARS = 280
"""Most characters of a definition in a tooltip."""


def for_script(entries: Iterable[Entry]) -> str:
    """Return a script that sets `semsearchTerms`.

    Pages that are opened from the disk may load a script, but no data.
    """
    return f"semsearchTerms = {_json({entry.id: _shown(entry) for entry in entries})};\n"


def for_plugins(entries: Iterable[Entry]) -> str:
    """Return JSON: by id what a tooltip shows, `path`, and `names` and `exact`.

    `exact` are names that count in this case only, such as acronyms.
    """
    return _json({entry.id: {**_shown(entry), **_found_by(entry)} for entry in entries})


def _shown(entry: Entry) -> dict[str, object]:
    return {"term": entry.term, "text": cut_line(entry.definition, SHOWN_CHARS)}


def _found_by(entry: Entry) -> dict[str, object]:
    written = written_forms(names_of(entry))
    path = entry_path(entry.id)
    return {"path": path, "names": written.any_case, "exact": written.exact}


def _json(data: dict[str, dict[str, object]]) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, indent=0)

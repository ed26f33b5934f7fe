"""The revision of the store that an answer shows, and the one that a request asks for.

Whoever edits by one server or process and asks another one sends the `Semsearch-Revision` of the
edit as `min_revision`, and gets no answer of before.
"""

from __future__ import annotations

from pydantic import Field

from semsearch.server.schemas.base import StrictModel

REVISION_HEADER = "Semsearch-Revision"


class RevisionQuery(StrictModel):
    """A parameter of GETs of search, names while typing, one entry, related entries and changes.

    Lists, maps, pages and exports show a revision, too, and do not wait for one.
    """

    min_revision: int = Field(
        default=0,
        ge=0,
        lt=10**18,
        description=f"The `{REVISION_HEADER}` of an earlier answer, such as that of an edit: this "
        "answer shows it, too, or is a 503 after five seconds.",
        examples=[21],
    )

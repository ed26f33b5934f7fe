"""JSON shapes of what the tools return.

`search` and `fetch` have the members that connectors of ChatGPT need: `results` with `id`, `title`
and `url`; `id`, `title`, `text`, `url` and `metadata`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field
from pydantic_core import from_json

from semsearch.core.answers import Authored, Neighbour, Reference, Related
from semsearch.core.entries import Entry
from semsearch.server.schemas.base import OptionalTexts, Wire
from semsearch.web import Site
from semsearch.web.display import cut
from semsearch.web.markdown_pages import entry_markdown

DEFINITION_CHARS = 500
"""Longest definition in a list. Ten whole ones could fill the context of an assistant; `fetch`
returns one whole."""

_Id = Annotated[str, Field(description="Pass it to `fetch` or `related_terms`.")]
_Url = Annotated[str, Field(description="Page to cite; empty if the service has no public URL.")]


def _url(site: Site, id: str) -> str:
    return site.address and site.address + site.entry_path(id)


@dataclass(slots=True)
class SearchResult(Wire):
    """An entry that a search found."""

    id: _Id
    title: Annotated[str, Field(description="The term.")]
    url: _Url
    definition: Annotated[
        str, Field(description=f"At most {DEFINITION_CHARS} characters; `fetch` has all of them.")
    ]
    glossary: str
    matched_by: Annotated[
        str, Field(description="How it was found; `nearest` if it does not match the query.")
    ]
    similarity: Annotated[float, Field(description="Cosine in meaning, -1 to 1.")]
    status: Annotated[str, Field(description="As its author calls it; empty if there is none.")]
    outdated: Annotated[
        bool, Field(description="True if the status says not to use the term any more.")
    ]


@dataclass(slots=True)
class SearchOutput(Wire):
    """The entries that fit a query, best first, and how sure that is."""

    verdict: Annotated[
        str, Field(description="exact, strong, possible, about these terms, or no close match.")
    ]
    confidence: Annotated[
        float, Field(description="Estimated probability that the first result is right, 0 to 1.")
    ]
    no_close_match: Annotated[
        bool, Field(description="True if nothing fits: the results are only the nearest entries.")
    ]
    repaired: Annotated[
        str | None, Field(description="The corrected query, if a typing error was assumed.")
    ]
    results: list[SearchResult]
    notices: Annotated[
        OptionalTexts,
        Field(description="Remarks on how the query was answered; left out if there is none."),
    ]

    @classmethod
    def of(cls, content: bytes, site: Site) -> Self:
        """Return the shape of an answer.

        Args:
            content: its JSON; see `WireAnswer`.
            site: has the addresses of pages.
        """
        answer = from_json(content)
        results = [
            SearchResult(
                hit["id"],
                hit["term"],
                _url(site, hit["id"]),
                cut(hit["definition"], DEFINITION_CHARS),
                hit["glossary"],
                hit["matched_by"],
                hit["similarity"],
                hit.get("status", ""),
                hit.get("outdated", False),
            )
            for hit in answer["hits"]
        ]
        return cls(
            answer["verdict"],
            answer["confidence"],
            answer["no_close_match"],
            answer["repaired"],
            results,
            tuple(notice["message"] for notice in answer.get("notices", ())),
        )


@dataclass(slots=True)
class FetchOutput(Wire):
    """One entry, whole."""

    id: _Id
    title: Annotated[str, Field(description="The term.")]
    text: Annotated[str, Field(description="The definition and its related terms, in Markdown.")]
    url: _Url
    metadata: Annotated[
        dict[str, str], Field(description="Glossary, language, and what else the entry states.")
    ]

    @classmethod
    def of(cls, related: Related, site: Site) -> Self:
        """Return the shape of an entry with its related entries."""
        entry = related.entry
        return cls(
            entry.id,
            entry.term,
            entry_markdown(site, related),
            _url(site, entry.id),
            _metadata(entry),
        )


def _metadata(entry: Entry) -> dict[str, str]:
    details = entry.details
    stated = {
        "glossary": entry.glossary,
        "language": entry.language,
        "aliases": "; ".join(entry.aliases),
        "category": details.category,
        "notation": details.notation,
        "status": details.status,
        "source": str(entry.source.public) if entry.source else "",
    }
    return {name: text for name, text in stated.items() if text}


@dataclass(slots=True)
class LinkedTerm(Wire):
    """An entry that an author links or mentions."""

    id: _Id
    title: str
    url: _Url
    relation: Annotated[
        Authored | None,
        Field(description="Its authored relation to the entry asked for; null for a mere mention."),
    ]

    @classmethod
    def of(cls, reference: Reference, site: Site) -> Self:
        """Return the shape of a reference."""
        entry = reference.entry
        return cls(entry.id, entry.term, _url(site, entry.id), reference.relation)


@dataclass(slots=True)
class SimilarTerm(Wire):
    """An entry of similar meaning."""

    id: _Id
    title: str
    url: _Url
    definition: str
    similarity: Annotated[float, Field(description="Mean cosine in meaning, -1 to 1.")]

    @classmethod
    def of(cls, neighbour: Neighbour, site: Site) -> Self:
        """Return the shape of a neighbour."""
        entry = neighbour.entry
        definition = cut(entry.definition, DEFINITION_CHARS)
        return cls(entry.id, entry.term, _url(site, entry.id), definition, neighbour.similarity)


@dataclass(slots=True)
class RelatedOutput(Wire):
    """The entries related to one: authored relations and computed similarity, apart."""

    id: _Id
    title: str
    see_also: Annotated[list[LinkedTerm], Field(description="Authored links.")]
    mentions: Annotated[list[LinkedTerm], Field(description="Terms that the definition names.")]
    mentioned_by: Annotated[
        list[LinkedTerm], Field(description="Entries that link to it or name it.")
    ]
    similar_meaning: Annotated[list[SimilarTerm], Field(description="Computed; not authored.")]

    @classmethod
    def of(cls, related: Related, site: Site) -> Self:
        """Return the shape of related entries."""
        return cls(
            related.entry.id,
            related.entry.term,
            [LinkedTerm.of(one, site) for one in related.see_also],
            [LinkedTerm.of(one, site) for one in related.mentions],
            [LinkedTerm.of(one, site) for one in related.mentioned_by],
            [SimilarTerm.of(one, site) for one in related.similar],
        )

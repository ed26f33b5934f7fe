"""The types of errors over HTTP (RFC 9457) in one table: status, texts and `Retry-After`.

A meaning says what to do. It stands at the address of the type, `/problems/SLUG`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One type of problem."""

    slug: str
    status: int
    title: str
    meaning: str
    retry_after: int | None = None
    """Seconds after which the same request may succeed; every response of the type states them."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that every response of the type has."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    @property
    def uri(self) -> str:
        """The URL of the type, relative to the service; GET explains the type."""
        return f"/problems/{self.slug}"


MALFORMED_URL = ProblemType(
    "malformed-url",
    400,
    "The address is not valid UTF-8",
    "Percent-encoded bytes of the path and of the parameters must form UTF-8 text.",
)
MALFORMED_BODY = ProblemType(
    "malformed-body",
    400,
    "The body is not strict JSON",
    "A body is one JSON value in UTF-8: no NaN or Infinity, no name twice in one object, no lone "
    "surrogates, at most 32 levels deep.",
)
MALFORMED_REQUEST = ProblemType(
    "malformed-request",
    400,
    "The request is not valid HTTP",
    "The bytes received do not form an HTTP/1.1 request.",
)
KEY_IN_ADDRESS = ProblemType(
    "key-in-address",
    400,
    "An access key does not belong in an address",
    "Logs, histories and bookmarks keep addresses. Send a key in the header Authorization: Bearer "
    "KEY, and revoke "
    "one that stood in an address.",
)
KEY_NEEDED = ProblemType(
    "key-needed",
    401,
    "This needs an access key",
    "Send the header Authorization: Bearer KEY. Whoever runs the service makes keys with "
    "`semsearch keys create`.",
)
KEY_REFUSED = ProblemType(
    "key-refused",
    401,
    "The access key is invalid, expired or revoked",
    "It is no key of this index, or it has expired or was revoked. Whoever runs the service makes "
    "another with "
    "`semsearch keys create`.",
)
NOT_PERMITTED = ProblemType(
    "not-permitted",
    403,
    "The access key does not permit this",
    "A key has a scope: search, edit (which includes search) or admin (which includes both), and "
    "may be restricted "
    "to some glossaries.",
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    "There is nothing at this address",
    "The service has no such route; /openapi.json lists those it has.",
)
ENTRY_NOT_FOUND = ProblemType(
    "entry-not-found",
    404,
    "There is no such entry",
    "No entry of the index has this id or name. Ids come with the hits of every answer.",
)
GLOSSARY_NOT_FOUND = ProblemType(
    "glossary-not-found",
    404,
    "There is no such glossary",
    "No glossary of the index has this name; /v1/glossaries lists them.",
)
LANGUAGE_NOT_FOUND = ProblemType(
    "language-not-found",
    400,
    "There is nothing in this language",
    "No entry that was asked is in this language; the detail names the languages there are.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    "This address does not take this method",
    "The Allow header lists the methods that it takes.",
)
NOT_ACCEPTABLE = ProblemType(
    "not-acceptable",
    406,
    "No representation matches the Accept header",
    "The Accept header names no media type that this address has; the detail names those there "
    "are.",
)
TOO_LARGE = ProblemType(
    "too-large",
    413,
    "The request is too large",
    "A body may hold 256 KiB, one of JSON Lines 4 MiB, and ask for 8 MB of answers; send several "
    "smaller requests.",
)
LARGE_HEAD = ProblemType(
    "large-head",
    431,
    "The head of the request is too large",
    "The request line and header fields may hold 16 KiB and 100 fields.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    "unsupported-media-type",
    415,
    "The body must be JSON",
    "Send the header Content-Type: application/json (an import: application/jsonl), with a body "
    "in UTF-8.",
)
WRONG_HOST = ProblemType(
    "wrong-host",
    421,
    "This service is not asked by this host name",
    "Ask by localhost or an IP address. Whoever runs the service allows other names with "
    "`semsearch serve --allowed-host`.",
)
INVALID_QUESTION = ProblemType(
    "invalid-question",
    422,
    "The question cannot be asked",
    "A question is text of 1 to 1,000 characters with at least one word in it, and without "
    "control characters.",
)
INVALID_REQUEST = ProblemType(
    "invalid-request",
    422,
    "A parameter or member is not valid",
    "Something is missing, unknown, given twice or out of range; `errors` says which.",
)
ENTRY_EXISTS = ProblemType(
    "entry-exists",
    409,
    "The entry already exists",
    "An entry of this id is there. Change it with PUT or PATCH, or leave `id` out.",
)
POSITION_GONE = ProblemType(
    "position-gone",
    410,
    "This place in the changes has gone",
    "The store was made anew or restored from a backup since. Read all entries with since=0, "
    "replace your copy by them, and go on from the Semsearch-Position of that answer.",
)
CONDITION_FAILED = ProblemType(
    "condition-failed",
    412,
    "The entry has been changed",
    "The entry has another revision than If-Match states, or it already exists. Read it again and "
    "repeat the edit.",
)
CONDITION_NEEDED = ProblemType(
    "condition-needed",
    428,
    "The edit must say which revision it was made from",
    "Send the ETag of the entry as If-Match, so that nobody's edit is lost.",
)
INVALID_ENTRY = ProblemType(
    "invalid-entry",
    422,
    "The entry is invalid",
    "A term has 1 to 300 characters, a definition 1 to 20,000; the same thing is not added twice.",
)
KEY_REUSED = ProblemType(
    "key-reused",
    422,
    "The Idempotency-Key stands for another request",
    "A key may be reused within a day only for the same request. Send a new key.",
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    429,
    "Too many requests",
    "A key, or without one an address, may send so many requests in a time as RateLimit-Policy "
    "says. Go on when the answer says.",
)
QUOTA_USED = ProblemType(
    "quota-used",
    429,
    "The key has written what it may today",
    "A key of scope edit may write so many edits, entries and bytes a day (UTC). Nothing was "
    "changed. Go on when the answer says, or ask whoever runs the service for more.",
)
BUSY = ProblemType(
    "busy",
    503,
    "The index is being written",
    "A build or another edit is under way. Nothing was changed; try again after the seconds of "
    "Retry-After.",
    retry_after=1,
)
STORE_AWAY = ProblemType(
    "store-away",
    503,
    "The shared store does not answer",
    "Edits go to a database that does not answer now; try again after the seconds of Retry-After, "
    "with the same Idempotency-Key: no edit is made twice. Search still works, from a copy, unless "
    "that database has the vectors, too.",
    retry_after=5,
)
NOT_WRITABLE = ProblemType(
    "not-writable",
    503,
    "The index cannot be written",
    "Writing to disk failed. The edit was not stored; search still works. See the log.",
)
NOT_EDITABLE = ProblemType(
    "not-editable",
    503,
    "A file of the index cannot be used",
    "What this needs, such as the store, is missing, damaged, or of another version of semsearch or "
    "another index; what does not need it is answered. See the log, and ask again after the seconds "
    "of Retry-After.",
    retry_after=60,
)
FOLLOWS = ProblemType(
    "follows",
    403,
    "The index follows another service",
    "It is a mirror, which takes the edits of the service that it follows and no others. The "
    "detail names that service: send the edit there.",
)
NO_ROOM = ProblemType(
    "no-room",
    507,
    "There is no room to write",
    "The disk is full. Nothing was changed; questions are answered. Try again when there is room.",
)
INTERNAL = ProblemType(
    "internal-error",
    500,
    "The service failed",
    "A fault of the service, not of the request. Its log has the details under the request id.",
)
NOT_READY = ProblemType(
    "not-ready",
    503,
    "The service is not ready",
    "The index is still being loaded; ask again after the seconds of Retry-After.",
    retry_after=1,
)
OVERLOADED = ProblemType(
    "overloaded",
    503,
    "The service has too much to do",
    "More requests wait than can be answered in time. Nothing was done; ask again after the "
    "seconds of Retry-After.",
    retry_after=1,
)
NOT_SHOWN_YET = ProblemType(
    "not-shown-yet",
    503,
    "The revision is not shown yet",
    "The service has waited in vain to show the revision that `min_revision` names. It may have "
    "been made by another server, which this one follows. Ask again after the seconds of "
    "Retry-After.",
    retry_after=1,
)
ENCODER_AWAY = ProblemType(
    "encoder-away",
    503,
    "The encoder does not answer",
    "The index is embedded by a server, which is away. Questions are answered by words and names; "
    "what needs a vector waits. Nothing was changed; try again after the seconds of Retry-After.",
    retry_after=5,
)
KEYS_UNREADABLE = ProblemType(
    "keys-unreadable",
    503,
    "Keys cannot be checked",
    "The file of access keys is damaged, busy, or another user's; see the log. What needs no "
    "key is answered. Try again after the seconds of Retry-After.",
    retry_after=1,
)
TOO_MANY_CONNECTIONS = ProblemType(
    "too-many-connections",
    503,
    "Too many connections are open",
    "A process holds so many connections, and half as many of one address. Close some, or send "
    "the requests one after the other over those that are open; Retry-After has seconds.",
    retry_after=1,
)

PROBLEM_TYPES: Mapping[str, ProblemType] = {
    kind.slug: kind for kind in list(globals().values()) if isinstance(kind, ProblemType)
}
"""All of the above, in their order."""

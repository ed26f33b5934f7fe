"""Access keys: their format, scope and expiry.

A key is `semsearch_<id>_<secret>`. The id is public: lists, logs and histories name the key by it.
The secret is shown once. Only its hash is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from semsearch.core.entries import glossary_of
from semsearch.core.errors import EntryNotFound, KeyRefused, NotPermitted

PREFIX = "semsearch_"
"""Prefix of every key, by which people and scanners for leaked secrets recognise one."""

_ID_BYTES = 6
_SECRET_BYTES = 24
_ID_CHARS = 2 * _ID_BYTES
_KEY_CHARS = len(PREFIX) + _ID_CHARS + 1 + 2 * _SECRET_BYTES
_HEX = frozenset("0123456789abcdef")
_NO_DIGEST = bytes(hashlib.sha256().digest_size)
"""Compared with a secret when no key has its id, so that both cases take the same time."""


class KeyScope(StrEnum):
    """What a key permits. Each scope includes those before it."""

    SEARCH = "search"
    EDIT = "edit"
    ADMIN = "admin"

    def includes(self, needed: KeyScope) -> bool:
        """Whether a key of this scope permits what needs another scope."""
        return _RANKS[self] >= _RANKS[needed]


_RANKS = {scope: rank for rank, scope in enumerate(KeyScope)}


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key without its secret. Times are UTC, to the second.

    `glossaries` are those it is restricted to; empty means the whole index.
    """

    id: str
    name: str
    scope: KeyScope
    glossaries: tuple[str, ...]
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def refusal(self, now: datetime) -> str | None:
        """Return why the key is not valid any more, or None if it is."""
        if self.revoked is not None:
            return f"the key {self.id} was revoked on {shown(self.revoked)}"
        if self.expires is not None and now >= self.expires:
            return f"the key {self.id} expired on {shown(self.expires)}"
        return None


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request: the holder of a key, or anybody if reading is open.

    `id` and `name` are those of the key, for the history of entries.
    """

    id: str
    name: str
    scope: KeyScope
    glossaries: tuple[str, ...] = ()

    @classmethod
    def of(cls, key: AccessKey) -> Caller:
        """Return the holder of a key."""
        return cls(key.id, key.name, key.scope, key.glossaries)

    @property
    def may_edit(self) -> bool:
        """Whether the key is good for editing what it may use."""
        return self.scope.includes(KeyScope.EDIT)

    def may_use(self, glossary: str) -> bool:
        """Whether the key permits a glossary."""
        return not self.glossaries or glossary in self.glossaries

    def may_see(self, id_: str) -> bool:
        """Whether the key permits the glossary of an entry, which may be gone."""
        return self.may_use(glossary_of(id_))

    def check_visible(self, id_: str) -> None:
        """Deny an entry of a glossary that the key does not permit, as if there were none.

        Raises:
            EntryNotFound: the key does not permit it.
        """
        if not self.may_see(id_):
            raise EntryNotFound("there is no entry with this id")

    def check(self, glossary: str) -> None:
        """Refuse a glossary that the key does not permit.

        Raises:
            NotPermitted: the key does not. The message names the glossaries that it permits.
        """
        if not self.may_use(glossary):
            raise NotPermitted(
                f"this key is not for that glossary, but for {', '.join(self.glossaries)}"
            )

    def searchable_glossary(self, glossary: str | None) -> str | None:
        """Return the glossary to search in, or None for the whole index.

        Raises:
            NotPermitted: the key does not permit it, or permits several and none was named.
        """
        if glossary is not None:
            self.check(glossary)
            return glossary
        if len(self.glossaries) > 1:
            raise NotPermitted(
                f"this key is not for the whole index; name one of {', '.join(self.glossaries)}"
            )
        return self.glossaries[0] if self.glossaries else None


ANYBODY = Caller("", "anybody", KeyScope.SEARCH)
"""The sender without a key, if reading is open."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The two parts of a key. `repr` hides the second one; only `text` has it."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> Secret:
        """Make a key with 48 random bits as id and 192 as secret."""
        return cls(secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Secret:
        """Split a key into its parts.

        Raises:
            KeyRefused: the text is not a key. The message does not repeat it.
        """
        if not is_key(text):
            raise KeyRefused(
                f"this is not an access key; one begins with {PREFIX} and has {_KEY_CHARS} "
                "characters"
            )
        at = len(PREFIX) + _ID_CHARS
        return cls(text[len(PREFIX) : at], text[at + 1 :])

    @property
    def text(self) -> str:
        """The key as it is shown, once."""
        return f"{PREFIX}{self.id}_{self.secret}"

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret.

        A fast hash is enough: a slow one protects passwords that people choose, and nobody can try
        2^192 secrets.
        """
        return hashlib.sha256(self.secret.encode("ascii")).digest()

    def matches(self, digest: bytes | None) -> bool:
        """Compare with the stored hash of the id, None if no key has it, in constant time."""
        return hmac.compare_digest(self.digest, digest or _NO_DIGEST)


def is_key(text: str) -> bool:
    """Whether a text has the form of a key."""
    if len(text) != _KEY_CHARS or not text.startswith(PREFIX):
        return False
    id_, mark, secret = text[len(PREFIX) :].partition("_")
    return len(id_) == _ID_CHARS and bool(mark) and _HEX.issuperset(id_ + secret)


def utc_now() -> datetime:
    """Return the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def shown(moment: datetime) -> str:
    """Return a time as people read it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"

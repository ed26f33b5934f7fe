"""Access keys: what one looks like, what it permits, and until when.

A key is `semsearch_<id>_<secret>`. The id is public: lists, logs and histories name the key by it. The
secret is shown once and kept nowhere, only its hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from semsearch.core.errors import KeyRefused, NotPermitted

PREFIX = "semsearch_"
"""What every key begins with, so that scanners for leaked secrets, and people, know one when they see it."""

_ID_BYTES = 6
_SECRET_BYTES = 24
_ID_CHARS = 2 * _ID_BYTES
_KEY_CHARS = len(PREFIX) + _ID_CHARS + 1 + 2 * _SECRET_BYTES
_HEX = frozenset("0123456789abcdef")
_NO_DIGEST = bytes(hashlib.sha256().digest_size)
"""What a secret is compared with when no key has its id, so that this takes as long."""


class KeyScope(StrEnum):
    """What a key is for; each one includes those before it."""

    SEARCH = "search"
    EDIT = "edit"
    ADMIN = "admin"

    def includes(self, needed: KeyScope) -> bool:
        """Whether a key of this scope is enough where `needed` is."""
        order = list(KeyScope)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class AccessKey:
    """A key as everyone may know it: all but its secret. Times are UTC, to the second.

    `glossaries` are those it is restricted to; none means the whole index.
    """

    id: str
    name: str
    scope: KeyScope
    glossaries: tuple[str, ...]
    created: datetime
    expires: datetime | None = None
    revoked: datetime | None = None

    def refusal(self, now: datetime) -> str | None:
        """Return why the key is good no longer, or None while it is."""
        if self.revoked is not None:
            return f"the key {self.id} was revoked on {shown(self.revoked)}"
        if self.expires is not None and now >= self.expires:
            return f"the key {self.id} expired on {shown(self.expires)}"
        return None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks for something: the holder of a key, or anybody where reading is open.

    `id` and `name` are those of the key, to be written into a history.
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
        """Whether a glossary is among those of the key."""
        return not self.glossaries or glossary in self.glossaries

    def check(self, glossary: str) -> None:
        """Refuse a glossary that the key is not for.

        Raises:
            NotPermitted: it is not; the message names those it is for.
        """
        if not self.may_use(glossary):
            raise NotPermitted(
                f"this key is not for that glossary, but for {', '.join(self.glossaries)}"
            )

    def within(self, glossary: str | None) -> str | None:
        """Return the glossary that a question is asked in, None being the whole index.

        Raises:
            NotPermitted: the key is not for it, or for several others and none was named.
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
"""Who asks without a key, where reading is open."""


@dataclass(frozen=True, slots=True)
class Secret:
    """The two parts of a key. Only `text` gives the second one away, never `repr`."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls) -> Secret:
        """Make one from 192 random bits, besides 48 of its id."""
        return cls(secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Secret:
        """Take a key apart.

        Raises:
            KeyRefused: it does not have the form of a key. The message does not repeat it.
        """
        if not is_key(text):
            raise KeyRefused(
                f"this is not an access key; one begins with {PREFIX} and has {_KEY_CHARS} characters"
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

        A slow hash protects what people think up. Nobody tries 2^192 secrets, at whatever speed.
        """
        return hashlib.sha256(self.secret.encode("ascii")).digest()

    def fits(self, digest: bytes | None) -> bool:
        """Compare with the hash that is kept for the id, or None where no key has it; both take as long."""
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
    """Return a time for people."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"

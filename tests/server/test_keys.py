"""Keys: `auth.keys`, `auth.expiry`."""

from __future__ import annotations

import hashlib
import hmac
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semsearch.core.errors import InvalidSetting, KeyRefused, NotPermitted
from semsearch.server.auth.expiry import expiry
from semsearch.server.auth.keys import ANYBODY, PREFIX, AccessKey, Caller, KeyScope, Secret, is_key

NOW = datetime(2027, 3, 1, 12, 30, tzinfo=UTC)
HEX = "0123456789abcdef"


def test_a_key_has_a_form_of_its_own() -> None:
    """It is one word with a fixed prefix and 192 random bits, never the same twice."""
    made = [Secret.new() for _ in range(100)]
    for secret in made:
        assert secret.text == f"semsearch_{secret.id}_{secret.secret}"
        assert (len(secret.id), len(secret.secret)) == (12, 48)
        assert set(secret.id + secret.secret) <= set(HEX)
        assert Secret.parse(secret.text) == secret
    assert len({secret.id for secret in made}) == len({secret.secret for secret in made}) == 100


def test_a_secret_does_not_show_itself() -> None:
    """Logs do not show it, and its hash is SHA-256."""
    secret = Secret.new()
    assert secret.secret not in repr(secret) + str(secret) + f"{[secret]}"
    assert secret.digest == hashlib.sha256(secret.secret.encode()).digest()


def test_a_secret_fits_its_own_hash_alone() -> None:
    """Another hash and an empty one do not match."""
    secret = Secret.new()
    assert secret.matches(secret.digest)
    assert not secret.matches(Secret.new().digest)
    assert not secret.matches(None)


def test_hashes_are_compared_in_constant_time() -> None:
    """Only the library compares hashes, also for an unknown id."""
    called: list[object] = []
    secret = Secret.new()
    sys.setprofile(
        lambda _frame, event, called_: called.append(called_) if event == "c_call" else None
    )
    try:
        secret.matches(secret.digest)
        secret.matches(None)
    finally:
        sys.setprofile(None)
    assert called.count(hmac.compare_digest) == 2


_GOOD = Secret("0123456789ab", "c" * 48).text
_REFUSAL = "this is not an access key; one begins with semsearch_ and has 71 characters"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "semsearch_",
        _GOOD.upper(),
        _GOOD[:-1],
        _GOOD + "c",
        _GOOD + "\n",
        _GOOD.replace("ab_c", "abcc"),
        _GOOD.replace("ab_c", "a_cc"),
        _GOOD[:-1] + "g",
        _GOOD[:-1] + "\u0661",  # a digit, and not of ours
        "x" + _GOOD[1:],
        _GOOD * 1000,
    ],
)
def test_what_is_no_key(text: str) -> None:
    """It is refused without being repeated."""
    assert is_key(_GOOD)
    assert not is_key(text)
    with pytest.raises(KeyRefused) as raised:
        Secret.parse(text)
    assert str(raised.value) == _REFUSAL


@given(st.text(alphabet=HEX + "_sG\u00e9", max_size=80))
def test_whatever_is_shown_is_a_key_or_refused(tail: str) -> None:
    """Nothing else comes out, and what is taken is what was given."""
    text = PREFIX + tail
    try:
        assert Secret.parse(text).text == text
    except KeyRefused as error:
        assert not is_key(text)
        assert str(error) == _REFUSAL


def test_scopes_include_those_before_them() -> None:
    """Admin includes edit, edit includes search."""
    includes = {(one, other) for one in KeyScope for other in KeyScope if one.includes(other)}
    assert includes == {
        ("search", "search"),
        ("edit", "search"),
        ("edit", "edit"),
        ("admin", "search"),
        ("admin", "edit"),
        ("admin", "admin"),
    }


def test_a_key_is_good_until_it_expires_or_is_revoked() -> None:
    """A key is invalid from the moment of its expiry."""
    key = AccessKey("1", "", KeyScope.EDIT, (), NOW, expires=NOW + timedelta(hours=1))
    assert key.refusal(NOW) is None
    assert key.refusal(NOW + timedelta(minutes=59, seconds=59)) is None
    said = "the key 1 expired on 2027-03-01 13:30 UTC"
    assert key.refusal(NOW + timedelta(hours=1)) == said
    revoked = AccessKey("1", "", KeyScope.EDIT, (), NOW, revoked=NOW)
    assert revoked.refusal(NOW) == "the key 1 was revoked on 2027-03-01 12:30 UTC"


def test_a_caller_without_restriction_asks_anything() -> None:
    """The whole index, or any glossary, whether it exists or not."""
    assert ANYBODY.searchable_glossary(None) is None
    assert ANYBODY.searchable_glossary("ships") == "ships"
    assert ANYBODY.scope is KeyScope.SEARCH


def test_a_restricted_caller_asks_its_own_glossaries() -> None:
    """One is meant without naming it, of several one has to be named, and no other is had."""
    key = AccessKey("1", "Ann", KeyScope.EDIT, ("ships",), NOW)
    one = Caller.of(key)
    assert (one.id, one.name, one.scope) == ("1", "Ann", KeyScope.EDIT)
    assert one.searchable_glossary(None) == one.searchable_glossary("ships") == "ships"
    with pytest.raises(NotPermitted, match=r"^this key is not for that glossary, but for ships$"):
        one.searchable_glossary("kitchen")
    two = Caller("2", "", KeyScope.SEARCH, ("ships", "kitchen"))
    assert two.searchable_glossary("kitchen") == "kitchen"
    assert two.may_use("ships")
    assert not two.may_use("pantry")
    with pytest.raises(NotPermitted, match="name one of ships, kitchen"):
        two.searchable_glossary(None)
    with pytest.raises(NotPermitted, match="but for ships, kitchen"):
        two.check("pantry")


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("30d", datetime(2027, 3, 31, 12, 30, tzinfo=UTC)),
        ("1d", datetime(2027, 3, 2, 12, 30, tzinfo=UTC)),
        ("36500d", NOW + timedelta(days=36500)),
        ("2027-03-01", datetime(2027, 3, 2, tzinfo=UTC)),
        ("2027-03-01T14:00+01:00", datetime(2027, 3, 1, 13, tzinfo=UTC)),
        ("2027-03-01T13:00:00Z", datetime(2027, 3, 1, 13, tzinfo=UTC)),
    ],
)
def test_expiries(stated: str, expected: datetime) -> None:
    """Days from now, the end of a day, or a moment; all in UTC."""
    found = expiry(stated, NOW)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "d",
        "0d",
        "-1d",
        "1.5d",
        "30",
        "30 d",
        "\u0663d",
        "soon",
        "2027-02-29",
        "2027-02-28",
        "2027-03-01T13:00",
        "2027-03-01T12:30Z",
        "20280101",
        "36501d",
        "9" * 5000 + "d",
        "9999-12-31",
        "9999-12-31T23:59-23:59",
    ],
)
def test_what_is_no_expiry(stated: str) -> None:
    """The past, what is no time, what has no offset, and more than a hundred years."""
    with pytest.raises(InvalidSetting, match="expire"):
        expiry(stated, NOW)


def test_a_clock_of_another_zone_counts_the_same_days() -> None:
    """Thirty days are thirty times 24 hours."""
    here = NOW.astimezone(timezone(timedelta(hours=5)))
    assert expiry("30d", here) == expiry("30d", NOW)

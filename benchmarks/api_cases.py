"""Sends drawn requests to a real service, for each operation of its interface description.

    python -m benchmarks.api_cases --cases 1000

schemathesis draws requests that are valid by the description, others that are not, and some for an
entry and a glossary that are there. They are sent without a key and with one that may edit. No
answer may have a status of 500 or more, or one that the operation does not declare; media types,
headers and bodies must be as declared. Exit code 1: one of these failed; the message has the
request.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from benchmarks.torture.bits import run
from benchmarks.torture.kill import PromiseBroken
from benchmarks.torture.service import editing_key, serving
from semsearch.server.http.strict_requests import LINES_TYPES
from tests.small_glossary import ENTRIES

MOST_SHOWN = 2_000
"""Characters of a message; a drawn request may be long."""

POLICIES = ("without", "with")
"""Whether requests have a key."""

KNOWN = {"id": ENTRIES[0].id, "name": ENTRIES[0].glossary}
"""Parameters of paths that are there."""


def draw(
    index: Path, cases: int, number: int, *, operations: Sequence[str] = ()
) -> Counter[tuple[str, int]]:
    """Send requests, and return how many answers there were by operation and status.

    Args:
        index: the index folder, which edits change.
        cases: requests of each operation, without a key and again with one.
        number: the seed.
        operations: only these, such as `GET /v1/search`; all by default.

    Raises:
        PromiseBroken: an answer is not as declared.
    """
    import schemathesis  # noqa: PLC0415 - takes a second

    for media_type in LINES_TYPES:
        schemathesis.serializer(media_type)(_lines)
    answers: Counter[tuple[str, int]] = Counter()
    key = editing_key(index)
    with serving(index) as (_, url), requests.Session() as session:
        session.trust_env = False
        described = session.get(f"{url}/openapi.json", timeout=30).json()
        schema: Any = schemathesis.openapi.from_dict(described)
        for policy in POLICIES:
            headers = {"Authorization": f"Bearer {key}"} if policy == "with" else {}
            for result in schema.get_all_operations():
                operation = result.ok()
                if not operations or operation.label in operations:
                    _draw(operation, cases, number, (url, session, headers), answers)
    return answers


def _lines(_: object, value: object) -> bytes:
    """Return a drawn text as lines; what is no text is one line of JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


def _draw(
    operation: Any,  # noqa: ANN401 - schemathesis names no public type
    cases: int,
    number: int,
    sent: tuple[str, requests.Session, dict[str, str]],
    answers: Counter[tuple[str, int]],
) -> None:
    """Send the requests of one operation; the same seed draws the same."""
    from schemathesis import GenerationMode  # noqa: PLC0415
    from schemathesis.core.failures import FailureGroup  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    url, session, headers = sent
    declared = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]

    def check(case: Any) -> None:  # noqa: ANN401
        if isinstance((case.query or {}).get("min_revision"), int):
            del case.query["min_revision"]  # a drawn one is waited for, and rightly gets 503
        response = case.call(url, session, headers)
        answers[operation.label, response.status_code] += 1
        if response.status_code >= 500:
            shown = case.as_curl_command(headers)[:MOST_SHOWN]
            raise PromiseBroken(f"{response.status_code} for {shown}")
        try:
            case.validate_response(response, checks=declared)
        except (FailureGroup, AssertionError) as error:
            raise PromiseBroken(f"{operation.label}: {str(error)[:MOST_SHOWN]}") from None

    ways: list[dict[str, Any]] = [{"generation_mode": mode} for mode in GenerationMode]
    if "{" in operation.label:
        ways.append({"path_parameters": KNOWN})
    for way in ways:
        try:
            strategy = operation.as_strategy(**way)
            drawn = settings(
                max_examples=-(-cases // len(ways)),
                deadline=None,
                database=None,
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            )
            seed(number)(drawn(given(case=strategy)(check)))()
        except Exception as error:
            if type(error).__name__ != "Unsatisfiable":  # nothing can be invalid
                raise


def main() -> int:
    """Read the arguments, and send."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000, help="of each operation")
    parser.add_argument("--seed", type=int, default=20261130)
    parser.add_argument("--operation", action="append", default=[], help="such as 'GET /v1/map'")
    given_ = parser.parse_args()

    def send(index: Path) -> str:
        answers = draw(index, given_.cases, given_.seed, operations=given_.operation)
        statuses: Counter[int] = Counter()
        for (_, status), count in answers.items():
            statuses[status] += count
        counts = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
        return (
            f"{answers.total():,} requests of {len({label for label, _ in answers})} operations "
            f"answered as declared (seed {given_.seed}): {counts}"
        )

    return run("api-cases", send)


if __name__ == "__main__":
    sys.exit(main())

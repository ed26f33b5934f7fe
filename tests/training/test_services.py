"""Descriptions of features and services are read from JSON, packed in wheels or not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from training.services import aws_services, can_i_use, google_services, plain, web_features


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>A <code>leaven</code></p><p>rises &amp; falls.</p>", "A leaven rises & falls."),
        ("A [leaven](https://example.org/a) in `code`, *twice*.", "A leaven in code, twice."),
        ("", ""),
    ],
)
def test_markup_is_left_out(html: str, words: str) -> None:
    """Words of paragraphs stay apart, those of code do not break."""
    assert plain(html) == words


def test_features_have_names_and_descriptions(tmp_path: Path) -> None:
    """A feature that has moved is none; notes belong to the description."""
    file = tmp_path / "data.json"
    features = {
        "oven": {"kind": "feature", "name": "Oven", "description": "It bakes."},
        "stove": {"kind": "moved", "redirect_target": "oven"},
    }
    file.write_text(json.dumps({"features": features}))
    assert [*web_features(file)] == [("Oven", "It bakes.")]
    data = {"oven": {"title": "Oven", "description": "It bakes.", "notes": "Mind the door."}}
    file.write_text(json.dumps({"data": data}))
    assert [*can_i_use(file)] == [("Oven", "It bakes. Mind the door.")]


def test_the_newest_version_of_a_service_is_read(tmp_path: Path) -> None:
    """Operations and structures are read, but not shapes that only wrap others."""
    model = {
        "metadata": {"serviceFullName": "Baking"},
        "documentation": "<p>Bakes.</p>",
        "operations": {"FeedLeaven": {"documentation": "Feeds it."}},
        "shapes": {
            "Leaven": {"type": "structure", "documentation": "Raises dough."},
            "LeavenList": {"type": "structure", "documentation": "Many."},
            "LeavenName": {"type": "string", "documentation": "A name."},
            "NoFlour": {"type": "structure", "exception": True, "documentation": "Fails."},
        },
    }
    with ZipFile(tmp_path / "aws.whl", "w") as wheel:
        wheel.writestr("botocore/data/bake/2020-01-01/service-2.json.gz", b"")
        packed = gzip.compress(json.dumps(model).encode())
        wheel.writestr("botocore/data/bake/2024-01-01/service-2.json.gz", packed)
    assert [*aws_services(tmp_path / "aws.whl")] == [
        ("bake", ("Baking", "Bakes.")),
        ("bake", ("feed leaven", "Feeds it.")),
        ("bake", ("leaven", "Raises dough.")),
    ]


def test_resources_lose_the_version_in_their_names(tmp_path: Path) -> None:
    """Requests and responses are no resources."""
    document = {
        "title": "Baking API",
        "description": "Bakes.",
        "schemas": {
            "GoogleCloudBakingV1beta2Leaven": {"description": "Raises dough."},
            "BakeRequest": {"description": "Asks."},
            "Oven": {},
        },
    }
    with ZipFile(tmp_path / "google.whl", "w") as wheel:
        wheel.writestr("discovery_cache/documents/bake.v1.json", json.dumps(document))
    assert [*google_services(tmp_path / "google.whl")] == [
        ("bake", ("Baking API", "Bakes.")),
        ("bake", ("leaven", "Raises dough.")),
        ("bake", ("oven", "")),
    ]

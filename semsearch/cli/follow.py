"""The command `follow`: keeps a mirror of the index of another service in step with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from semsearch.cli.options import Index, settings_of
from semsearch.cli.output import common
from semsearch.cli.serve import stopped_by_sigterm
from semsearch.core.errors import InvalidSetting

app = typer.Typer()


@app.command()
def follow(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SRC",
            help="Address of the service (default: the one that the index follows).",
            show_default=False,
        ),
    ] = None,
    index: Index = None,
    key: Annotated[
        str | None,
        typer.Option(
            help="Access key of that service (default: SEMSEARCH_SOURCE_KEY, which other users of "
            "this machine do not see)."
        ),
    ] = None,
    interval: Annotated[
        float | None, typer.Option(help="Seconds between two looks, 0.1 or more (default: 1).")
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="End as soon as the index is in step.")
    ] = False,
    stop: Annotated[
        bool,
        typer.Option(
            "--stop", help="Follow no longer: the index takes edits of its own from now on."
        ),
    ] = False,
) -> None:
    """Keep a mirror of the index of another service in step with it.

    The first run copies it into a folder that is missing or empty. `semsearch serve` beside it
    answers from the mirror.
    """
    settings = settings_of(index=index, source_key=key)
    if stop:
        if source is not None or once:
            raise InvalidSetting(
                "--stop takes no address and no --once; name the mirror by --index"
            )
        _stop(settings.index)
        return
    from semsearch.ingest.follow.run import Pace, follow_service  # noqa: PLC0415 - loads numpy
    from semsearch.ingest.follow.service import FollowedService  # noqa: PLC0415
    from semsearch.storage.files.following import followed_url  # noqa: PLC0415
    from semsearch.storage.files.layout import IndexLayout  # noqa: PLC0415

    if interval is not None and not 0.1 <= interval <= 86_400:
        raise InvalidSetting(f"--interval {interval} is out of range; name 0.1 to 86400 seconds")
    url = source or followed_url(IndexLayout(settings.index))
    if url is None:
        raise InvalidSetting(
            f"the index in {settings.index} follows nothing yet; name the address of a service, as "
            "https://glossary.example.org"
        )
    secret = settings.source_key.get_secret_value() if settings.source_key else None
    pace = Pace() if interval is None else Pace(interval)
    try:
        with (
            stopped_by_sigterm(),
            FollowedService(url, secret) as service,
            common.BuildProgress(quiet=False) as progress,
        ):
            follow_service(
                settings.index, service, once=once, pace=pace, progress=progress, tell=common.done
            )
    except KeyboardInterrupt:
        common.done("stopped")
        return
    if once:
        common.done(f"{settings.index} is in step with {service.url}")


def _stop(folder: Path) -> None:
    from semsearch.ingest.follow.promotion import stop_following  # noqa: PLC0415 - loads numpy

    url = stop_following(folder)
    common.done(
        f"{folder} no longer follows {url} and takes edits; other mirrors of that service have to be "
        "copied anew to follow this index"
    )

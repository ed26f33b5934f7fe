"""What the routes of an application share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from semsearch.core.settings import Settings
    from semsearch.ingest import Editor
    from semsearch.search.glossary import Glossary
    from semsearch.server.auth.edit_quotas import EditQuotas
    from semsearch.server.example_questions import ExampleQuestions
    from semsearch.server.feedback.question_recorder import QuestionRecorder
    from semsearch.server.page_cache import PageCache
    from semsearch.server.queueing.batching import Workers
    from semsearch.server.search_service import SearchService
    from semsearch.server.telemetry.telemetry import Telemetry


@dataclass(slots=True)
class AppState:
    """The services of an application, and what it was told; `app.state` is one.

    `is_open` says whether reading needs no key. `frame_ancestors` is the policy for pages that
    other sites may embed. `settings_tag` is the part of an ETag that says how the service is set.
    `edit_worker` is the thread that makes all edits. `is_ready` is what /readyz says.
    """

    settings: Settings
    glossary: Glossary
    is_open: bool
    frame_ancestors: str
    settings_tag: str
    search_service: SearchService
    editor: Editor
    edit_quotas: EditQuotas
    edit_worker: Workers[None, None]
    page_cache: PageCache
    example_questions: ExampleQuestions
    question_recorder: QuestionRecorder | None
    telemetry: Telemetry
    is_ready: bool = False


def state_of(request: HTTPConnection) -> AppState:
    """Return the state of the application that answers a request."""
    return cast("AppState", request.app.state)

"""The words of a question that carry meaning."""

from __future__ import annotations

from semsearch.text.english_stop_words import content_words


def test_content_words_leave_out_the_shell_but_never_everything() -> None:
    """Stop words go, unless nothing else is left."""
    assert content_words("What do you call the weight of a model?") == ["weight", "model"]
    assert content_words("what is it") == ["what", "is", "it"]
    assert content_words("+") == []

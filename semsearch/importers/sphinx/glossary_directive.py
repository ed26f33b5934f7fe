"""Splits the body of a glossary directive (Sphinx, MyST) into terms and their definitions.

The rules are those of Sphinx: terms stand at the margin above an indented definition, consecutive
terms share the next definition, lines that begin with `.. ` are comments, and text after ` : ` is a
classifier, which is not part of the term.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stack:
    """Consecutive terms with their line numbers, and the lines of their definition, unindented."""

    terms: list[tuple[int, str]] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    body_start: int = 0
    """The number of the definition's first line."""


def stacks(lines: Sequence[str]) -> Iterator[Stack]:
    """Split the body of a glossary directive.

    Args:
        lines: of the body, without the common indent.

    Yields:
        Stack: terms with their definition, which may be empty.
    """
    stack = Stack()
    is_comment = False
    for place, line in enumerate(lines):
        if line.strip() and not line[0].isspace():
            is_comment = line.startswith(".. ") or line.rstrip() == ".."
            if is_comment:
                continue
            if stack.body:
                yield _closed(stack)
                stack = Stack()
            stack.terms.append((place, line.strip().partition(" : ")[0].rstrip()))
        elif not is_comment and stack.terms and (line.strip() or stack.body):
            stack.body_start = stack.body_start if stack.body else place
            stack.body.append(line)
    if stack.terms:
        yield _closed(stack)


def _closed(stack: Stack) -> Stack:
    indent = min((len(s) - len(s.lstrip()) for s in stack.body if s.strip()), default=0)
    stack.body = [line[indent:] for line in stack.body]
    while stack.body and not stack.body[-1].strip():
        stack.body.pop()
    return stack

"""
The oracle: markdown-it-py with the CJK-friendly rule for emphasis, reduced to the same outline as our own tree.

It is the way out if comrak is ever abandoned, and what tells us that comrak reads CommonMark as everybody does.
The rule: a delimiter next to a wide character may open unless a space follows, and close unless a space precedes
(tats-u, CommonMark CJK-friendly amendments).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token


class FriendlyState(StateInline):
    """StateInline whose delimiters may stand next to Japanese punctuation."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: FBT001, N802, N803 - the overridden method's own signature
        found = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start > 0 else " "
        end = start + found.length
        after = self.src[end] if end < self.posMax else " "
        if not (_is_wide(before) or _is_wide(after)) or not canSplitWord:
            return found
        return Scanned(
            can_open=found.can_open or not after.isspace(),
            can_close=found.can_close or not before.isspace(),
            length=found.length,
        )


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WFH"


def parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"breaks": True, "html": False}).enable(["table", "strikethrough"])
    made.inline.State = FriendlyState  # type: ignore[attr-defined]  # read by our subclass of parse below
    original = made.inline.parse

    def parse(src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = FriendlyState(src, md, env, tokens)
        made.inline.tokenize(state)
        for rule in made.inline.ruler2.getRules(""):
            rule(state)
        return state.tokens

    del original
    made.inline.parse = parse  # type: ignore[method-assign]  # markdown-it-py has no other way to choose the state
    return made


_NAMES = {"strong": "strong", "em": "em", "s": "s", "link": "a"}


def outline(text: str) -> list[str]:
    """Return the document as lines: each block's kind, and its inline content with marks in brackets."""
    return list(_lines(parser().parse(text)))


def _lines(tokens: list[Token]) -> Iterator[str]:
    kinds: list[str] = []
    for token in tokens:
        if token.type in ("fence", "code_block"):
            yield f"code {token.content.removesuffix(chr(10))}"
        elif token.type == "hr":
            yield "rule"
        elif token.type == "inline":
            yield f"{kinds[-1]} {_inline(token.children or [])}".rstrip()
        elif token.nesting == 1:
            kinds.append(token.tag if token.type != "list_item_open" else "li")
            if token.type in ("bullet_list_open", "ordered_list_open", "blockquote_open"):
                yield token.tag
        elif token.nesting == -1:
            kinds.pop()


def _inline(tokens: list[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _NAMES:
            parts.append(f"<{_NAMES[name]}>" if token.nesting == 1 else f"</{_NAMES[name]}>")
        elif token.type == "code_inline":
            parts.append(f"<code>{token.content}</code>")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("<br>")
        elif token.type == "image":
            parts.append(f"<img {token.content}>")
        else:
            parts.append(token.content)
    return "".join(parts)

"""
The `:::` lines of a body: which open a box, which close one, and which do neither.

A line `:::` closes the innermost open box, however long both are (as in Pandoc). comrak closes the outermost one whose
fence is not longer, also inside code, and closes at the end whatever is left open, without a word; so `balanced` gives
comrak a text in which outer fences are longer than what they enclose. Lines stay lines: only colons are added.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# what containers (quotes, lists) put before a line; their order on the line does not matter here
_LINE = re.compile(
    r"^(?P<lead>[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*)*)(?P<sign>:{3,}|`{3,}|~{3,})(?P<rest>[^\r\n]*)",
    re.MULTILINE,
)
_TRAILING = re.compile(r"[ \t]+:+[ \t]*$")  # `::: name :::`
_CODE_INDENT = 4
DEEPEST = 100


@dataclass(slots=True)
class Box:
    """A box that was opened: where its `:::` stands in the text, its name as written, and the longest fence inside."""

    start: int
    length: int
    written: str
    lead: str
    inside: int = 0
    close: re.Match[str] | None = None

    @property
    def needed(self) -> int:
        """The length at which comrak closes it where its own closing line stands."""
        return max(self.length, self.inside + 1) if self.inside else self.length


@dataclass(slots=True)
class Fences:
    """
    Every box of a text in the order they open, and the `:::` that close nothing (their places in the text).

    `too_deep` is where a box is opened inside more others than anybody needs; nothing was read from there on.
    """

    boxes: list[Box] = field(default_factory=list)
    stray: list[int] = field(default_factory=list)
    too_deep: int | None = None

    @property
    def unclosed(self) -> list[Box]:
        """The boxes nothing closes."""
        return [box for box in self.boxes if box.close is None]


def fences(body: str) -> Fences:
    """Read the `:::` lines of a body; those in code are words."""
    found = Fences()
    open_boxes: list[Box] = []
    code = ""
    for line in _LINE.finditer(body) if ":::" in body else ():
        sign, rest = line["sign"], line["rest"]
        if code:
            if sign.startswith(code) and not rest.strip():
                code = ""
            elif sign[0] == ":":
                _enclose(open_boxes, len(sign))
        elif sign[0] != ":":
            code = sign if sign[0] == "~" or "`" not in rest else ""
        elif _is_indented_code(line["lead"], open_boxes):
            continue
        elif rest.strip(" \t:"):
            box = Box(line.start("sign"), len(sign), rest, line["lead"])
            found.boxes.append(box)
            open_boxes.append(box)
            if len(open_boxes) > DEEPEST:
                return Fences(too_deep=box.start)
        elif open_boxes:
            _close(open_boxes, line)
        else:
            found.stray.append(line.start("sign"))
    for box in reversed(open_boxes):
        _enclose(open_boxes[: open_boxes.index(box)], box.needed)
    return found


def _is_indented_code(lead: str, open_boxes: list[Box]) -> bool:
    """Four spaces are code, unless they are the indent of the list in which the box was opened."""
    if not lead or lead.strip() or len(lead.expandtabs(_CODE_INDENT)) < _CODE_INDENT:
        return False
    return not open_boxes or len(open_boxes[-1].lead) < _CODE_INDENT


def _close(open_boxes: list[Box], line: re.Match[str]) -> None:
    box = open_boxes.pop()
    box.close = line
    _enclose(open_boxes, max(box.needed, len(line["sign"])))


def _enclose(open_boxes: list[Box], length: int) -> None:
    for box in open_boxes:
        box.inside = max(box.inside, length)


def balanced(body: str, found: Fences) -> str:
    """Return the body as comrak has to see it: the same lines, boxes that end where their own `:::` stands."""
    changes: list[tuple[int, int, str]] = [(at, at, "\\") for at in found.stray]
    for box in found.boxes:
        needed = box.needed if box.close is not None else max(box.needed, box.inside + 1)
        name = _TRAILING.sub("", box.written)
        if needed != box.length or name != box.written:
            changes.append((box.start, box.start + box.length + len(box.written), ":" * needed + name))
        if box.close is not None and (len(box.close["sign"]) < needed or box.close["rest"].strip()):
            changes.append((*_span(box.close), ":" * max(needed, len(box.close["sign"]))))
    pieces, at = [], 0
    for start, end, instead in sorted(changes):
        pieces += [body[at:start], instead]
        at = end
    return "".join([*pieces, body[at:]]) if changes else body


def _span(line: re.Match[str]) -> tuple[int, int]:
    return line.start("sign"), line.end("rest")

"""R15: Markdown's own signs as text, so that what was words in the page stays words in the article."""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"[\\`*_\[<~$|｜]|&(?=[#A-Za-z0-9])|(?<=\])\{|(?<=\\)[《》]")
_BLOCK = re.compile(r"[#>+=:-]")  # what begins a heading, a quote, a list, an underline, a definition, a box or a rule
_ORDINAL = re.compile(r"(\d{1,9})([.)])(?=\s|$)")


def escaped(text: str, *, line_start: bool = True) -> str:
    """Return one line of words as Markdown that says the same; `line_start` False where it follows other words."""
    safe = _ACTIVE.sub(r"\\\g<0>", text)
    if "|" in text or "｜" in text:
        safe = safe.replace("《", "\\《")  # a bar before it would make it a reading
    if not line_start:
        return safe
    if _BLOCK.match(safe):
        return f"\\{safe}"
    return _ORDINAL.sub(r"\1\\\2", safe, count=1) if _ORDINAL.match(safe) else safe

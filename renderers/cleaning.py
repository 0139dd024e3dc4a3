"""One cleaning function for every string that leaves the site: what XML can't hold, or readers stumble over, goes."""

from __future__ import annotations

import re
import unicodedata

# C0 but tab and line feed, DEL and C1, BOM, replacement and noncharacters, lone surrogates
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffd\ufffe\uffff\ud800-\udfff]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Return text that XML 1.0 holds and every parser gives back unchanged."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """Return a title or name: clean, one line, NFC, without marks that turn the direction of what follows."""
    return " ".join(unicodedata.normalize("NFC", _BIDI.sub("", clean(text))).split())

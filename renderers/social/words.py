"""
The words of an announcement, made ready: NFC, without controls, with the links and hashtags in them known.

A link gets white space on both sides and is written in ASCII: networks disagree about where an address ends beside
Japanese (one stops at the first kana, another runs on to the next space), and about which letters it may hold.
A hashtag is what every network takes as one: letters, digits, marks and `_ ー ・`, not digits alone, after white space.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

import regex

from kawaraban import address
from renderers.social.marked import Marked

_SIGNS = r"\p{L}\p{M}\p{N}_ー・"
_NOT_IN_A_TAG = regex.compile(rf"[^{_SIGNS}]")
_LETTER = regex.compile(r"\p{L}")
# an address as an editor writes one: up to a space, a Japanese sign or bracket, without the sentence's last sign
_LINK = regex.compile(
    r"https?://[^\s\p{Ps}\p{Pe}\p{Pi}\p{Pf}\"'<>、。，．！？：；…‥〜～・|\\^`]"
    r"(?:[^\s\"<>「」『』（）【】〔〕〈〉《》［］｛｝“”‘’、。，．！？：；…‥〜～|\\^`])*",
    regex.IGNORECASE,
)
_LAST_SIGNS = ".,;:!?'*_"
_TAG = regex.compile(rf"(?<!\S)[#＃]([{_SIGNS}]+)")
_UNWANTED = regex.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def hashtags(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names as hashtags without `#`, each once."""
    return tuple(dict.fromkeys(filter(None, map(hashtag, names))))


def hashtag(name: str) -> str:
    """Return a name as a hashtag without `#`; "" where no letter is left: digits alone are no tag anywhere."""
    tag = _NOT_IN_A_TAG.sub("", unicodedata.normalize("NFC", name).strip().lstrip("#＃"))
    return tag if _LETTER.search(tag) else ""


def marked(words: str) -> Marked:
    """Return the words of an editor with their links and hashtags marked."""
    spaced = regex.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", words).replace("\t", " ")
    clean = unicodedata.normalize("NFC", _UNWANTED.sub("", spaced)).strip()
    return Marked.joined(_pieces("\n".join(line.rstrip() for line in clean.split("\n"))))


def _pieces(text: str) -> Iterator[Marked]:
    done = 0
    for start, end, link in _links(text):
        yield from _with_tags(text[done:start])
        yield Marked(" " if start and not text[start - 1].isspace() else "")
        yield Marked.link(link)
        yield Marked(" " if end < len(text) and not text[end].isspace() else "")
        done = end
    yield from _with_tags(text[done:])


def _links(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _LINK.finditer(text):
        written = _without_the_sentences_end(found[0])
        if link := _address(written):
            yield found.start(), found.start() + len(written), link


def _without_the_sentences_end(written: str) -> str:
    """Return an address without the signs that belong to the sentence: a full stop, a bracket that was opened before it."""
    while written:
        if written[-1] in _LAST_SIGNS or (written[-1] in ")]" and not _balanced(written)):
            written = written[:-1]
        else:
            break
    return written


def _balanced(written: str) -> bool:
    return written.count("(") == written.count(")") and written.count("[") == written.count("]")


def _address(written: str) -> str:
    """Return an address in ASCII; "" where it is none."""
    try:
        parts = urlsplit(written)
        if "." not in (parts.hostname or "").strip(".") or parts.username is not None or parts.port == 0:
            return ""
        return address.encoded(f"{parts.scheme.lower()}://{written.partition('://')[2]}")
    except ValueError:  # UnicodeError, of a host that can't be one, is a ValueError
        return ""


def _with_tags(text: str) -> Iterator[Marked]:
    done = 0
    for found in _TAG.finditer(text):
        name = found[1]
        if hashtag(name) != name:
            continue
        yield Marked(text[done : found.start()])
        yield Marked.tag(name)
        done = found.end()
    yield Marked(text[done:])

"""The lint of the words that an editor wrote for channels that announce: whether they are one post, and where links end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import regex

from kawaraban.article import locating
from kawaraban.article.finding import Finding, Severity
from kawaraban.capabilities import Capabilities
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.model import Article


# a letter or digit of the address, and Japanese at once: the sentence goes on, but no program can know it
_RUN_ON = regex.compile(r"https?://[!-~]*[A-Za-z0-9](?=[\p{Hiragana}\p{Katakana}\p{Han}])", regex.IGNORECASE)
_WARNING: Severity = "warning"
_FOLLOWING = 4


def findings(article: Article, able: Mapping[str, Capabilities]) -> Iterator[Finding]:
    """
    Yield a warning for each `text` that is longer than a post of its channel (link and hashtags not counted).

    Another one for an address in it that Japanese follows without a space: it would belong to the address.
    """
    for name, release in article.matter.channels.items():
        measure = able[name].text if name in able else None
        words = unicodedata.normalize("NFC", release.text or "").strip()
        place = locating.key_place(article, f"channels.{name}.text")
        if run_on := _RUN_ON.search(words):
            yield Finding("post-link", _WARNING, article.path, *place, *_runs_on(name, run_on[0], words))
        if measure is not None and not measure.fits(words):
            yield Finding("post-long", _WARNING, article.path, *place, *_said(name, able[name], words))


def _runs_on(name: str, link: str, words: str) -> tuple[Sentence, Sentence]:
    following = words[words.index(link) + len(link) :][:_FOLLOWING]
    return Sentence(
        ja=f"{name} の text で、アドレスのすぐあとの「{following}」もアドレスになります: {link}",
        en=f"in `text` of {name} what follows the address without a space, `{following}`, becomes part of it: {link}",
    ), Sentence(ja="アドレスのあとに空白か改行を入れてください", en="put a space or a new line behind the address")


def _said(name: str, able: Capabilities, words: str) -> tuple[Sentence, Sentence]:
    size, limit = (able.text.count(words), able.text.limit) if able.text else (0, 0)
    remedy = Sentence(
        ja=f"kawaraban show で形を見て、一つにするなら{limit}までにしてください（リンクとハッシュタグも数えます）",
        en=f"see it with `kawaraban show`; one post holds {limit}, link and hashtags included",
    )
    if able.threads:
        return Sentence(
            ja=f"{name} の text は一つの投稿に入らず、連投になります（{size}／{limit}）",
            en=f"`text` of {name} does not fit into one post and becomes a thread: {size} of {limit}",
        ), remedy
    return Sentence(
        ja=f"{name} の text は長すぎて出せません（{size}／{limit}）",
        en=f"`text` of {name} is too long to go out: {size} of {limit}",
    ), remedy

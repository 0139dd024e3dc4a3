"""An announcement on paper: each post as it is sent, with its count, its pictures and its card."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from desk.cli.words import clean
from flows.stages.values import Shown
from kawaraban.counting import Measure
from kawaraban.errors import Language, Sentence
from kawaraban.variant import Card, Part, Variant


def counted(counts: tuple[int, ...], limit: int) -> Sentence:
    """Return how long the posts are: `187 of 300`, or `thread of 3 (296, 290, 41 of 300)`."""
    each = ("・".join(map(str, counts)), ", ".join(map(str, counts)))
    ja, en = f"{each[0]}／{limit}", f"{each[1]} of {limit}"
    if len(counts) == 1:
        return Sentence(ja=ja, en=en)
    return Sentence(ja=f"{len(counts)}件の連投（{ja}）", en=f"thread of {len(counts)} ({en})")


def lines(one: Shown, language: Language) -> Iterator[Text]:
    """Yield the lines of a variant that has parts; a part's text is not wrapped: it is what is sent, byte for byte."""
    variant = one.variant
    for number, part in enumerate(variant.parts, 1):
        yield Text(_heading(number, len(variant.parts), part, one.measure).said(language), style="dim")
        yield Text(clean(part.text))
        for name in part.pictures:
            yield _picture(variant, name, Sentence(ja="画像", en="picture"), language)
        if number == 1 and variant.card is not None:
            yield from _card(variant, variant.card, language)


def _heading(number: int, of: int, part: Part, measure: Measure | None) -> Sentence:
    ja, en = f"投稿 {number}／{of}", f"part {number} of {of}"
    if measure is None:
        return Sentence(ja=ja, en=en)
    count, limit = measure.count(part.text, part.links), measure.limit
    ja, en = f"{ja} · {count}／{limit}", f"{en} · {count} of {limit}"
    if measure.max_bytes is not None:
        size = len(part.text.encode())
        ja, en = f"{ja} · {size}／{measure.max_bytes}バイト", f"{en} · {size} of {measure.max_bytes} bytes"
    return Sentence(ja=ja, en=en)


def _picture(variant: Variant, name: str, what: Sentence, language: Language) -> Text:
    asset = variant.asset(name)
    alt = clean(asset.alt) if asset else ""
    return Text(f"［{what.said(language)}］ {name}  {alt}".rstrip(), style="dim")


def _card(variant: Variant, card: Card, language: Language) -> Iterator[Text]:
    said = Sentence(ja="カード", en="card").said(language)
    yield Text(f"［{said}］ {clean(card.title)}", style="dim")
    yield from (Text(f"  {clean(line)}", style="dim") for line in (card.description, card.url) if line)
    if card.picture:
        yield _picture(variant, card.picture, Sentence(ja="カードの画像", en="the card's picture"), language)

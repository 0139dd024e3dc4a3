"""Nothing vanishes elsewhere: each character of an article is in the body and in the text, or in a declared loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree, html

from kawaraban.article.blocks import Blocks, Code, Figure, Heading, Image, Link
from kawaraban.article.model import Article
from kawaraban.variant import PublicFacts, Variant
from renderers.carried import carried
from tests.builders import channel, publication
from tests.renderers.fulltext.places import MARKUPS, Markup, article_of, elsewhere, sample
from tests.renderers.note.trees import trees

NOT_SHOWN = {Heading: {"anchor"}, Link: {"href"}, Figure: {"src"}, Image: {"src"}, Code: {"language"}}
ONLY_IN_THE_BODY = {Link: {"title"}, Image: {"title"}}
SAFE = {"a", "blockquote", "br", "caption", "cite", "code", "dd", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4",
        "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "rp", "rt", "ruby", "s", "small", "span", "strong", "sup", "table",
        "tbody", "td", "th", "thead", "tr", "ul", "div"}  # fmt: skip


def spoken(value: object, hidden: dict[type, set[str]]) -> Iterator[str]:
    """Every text in a tree that a reader may see, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from spoken(part, hidden)
    elif is_dataclass(value):
        unseen = {"lang", "align", "channels"} | NOT_SHOWN.get(type(value), set()) | hidden.get(type(value), set())
        for field in fields(value):
            if field.name not in unseen:
                yield from spoken(getattr(value, field.name), hidden)


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def parsed(body: str) -> html.HtmlElement:
    return html.fragment_fromstring(body, create_parent="div")


def shown(body: str) -> str:
    """What a reader of the page may see of it."""
    said: list[str] = []
    for element in parsed(body).iter():
        if isinstance(element, etree._Comment):
            said.append(element.tail or "")
            continue
        said += [element.text or "", element.tail or "", element.get("alt", ""), element.get("title", "")]
    return "".join(said)


def lost(variant: Variant) -> str:
    return "".join(loss.text for loss in variant.losses)


def said_by(article: Article, blocks: Blocks, hidden: dict[type, set[str]]) -> Counter[str]:
    matter = article.matter
    words = [*spoken(blocks, hidden)]
    for source in matter.sources:
        day = [source.date.year, source.date.month, source.date.day] if isinstance(source.date, date) else []
        words += [source.title, source.publication, source.author, source.summary, *map(str, day)]
    words += [entry.text for entry in matter.corrections]
    words += [matter.cover.caption, matter.cover.credit] if matter.cover else []
    return characters("".join(words))


@pytest.mark.parametrize("markup", MARKUPS)
def test_all_of_the_sample_is_in_its_body_and_in_its_text(markup: Markup) -> None:
    article = sample()
    variant = elsewhere(article, markup)
    blocks = carried(article.blocks, channel("there"), publication(), PublicFacts())
    if markup == "mail":  # the cover stands in the text, with the words it has there
        article = article_of(article.blocks, corrections=article.matter.corrections)
    assert not said_by(article, blocks, {}) - characters(shown(variant.body) + lost(variant))
    assert not said_by(article, blocks, ONLY_IN_THE_BODY) - characters(variant.text)


@pytest.mark.parametrize("markup", MARKUPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(blocks=trees)
def test_every_character_of_any_tree_is_there(markup: Markup, blocks: Blocks) -> None:
    variant = elsewhere(article_of(blocks), markup)
    flat = carried(blocks, channel("there"), publication(), PublicFacts())
    in_body = characters("".join(spoken(flat, {})))
    in_text = characters("".join(spoken(flat, ONLY_IN_THE_BODY)))
    assert not in_body - characters(shown(variant.body) + lost(variant))
    assert not in_text - characters(variant.text + lost(variant))


@pytest.mark.parametrize("markup", MARKUPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(blocks=trees)
def test_only_harmless_elements_leave_and_rendering_is_pure(markup: Markup, blocks: Blocks) -> None:
    variant = elsewhere(article_of(blocks), markup)
    names = {str(element.tag) for element in parsed(variant.body).iter() if isinstance(element.tag, str)}
    assert names <= SAFE
    assert variant == elsewhere(article_of(blocks), markup)
    assert variant.digest == Variant.model_validate_json(variant.model_dump_json()).digest

"""Nothing vanishes: each character of an article is in its note variant or in a declared loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from hypothesis import HealthCheck, given, settings
from lxml import html

from kawaraban.article.blocks import Blocks, Figure, Heading, Image, Link
from kawaraban.variant import Variant
from tests.renderers.note.articles import flavour, rendered
from tests.renderers.note.trees import trees

NOT_SHOWN = {Heading: {"anchor"}, Link: {"href"}, Figure: {"src"}, Image: {"src"}}
DIALECT = {
    "p",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "figure",
    "blockquote",
    "figcaption",
    "pre",
    "code",
    "hr",
    "br",
    "strong",
    "s",
    "a",
}


def spoken(value: object) -> Iterator[str]:
    """Every text in a tree that a reader may see, wherever it stands."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from spoken(part)
    elif is_dataclass(value):
        hidden = NOT_SHOWN.get(type(value), {"lang", "align", "channels"})
        for field in fields(value):
            if field.name not in hidden:
                yield from spoken(getattr(value, field.name))


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def kept(variant: Variant) -> Counter[str]:
    shown = (variant.text, *(asset.alt for asset in variant.assets))
    return characters("".join((*shown, *(loss.text for loss in variant.losses))))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_every_character_is_in_the_variant_or_in_a_loss(blocks: Blocks) -> None:
    said = characters("".join(part for part in spoken(blocks) if part != "mermaid"))
    assert not said - kept(rendered(*blocks))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_the_body_has_only_what_note_has(blocks: Blocks) -> None:
    holder = html.fragment_fromstring(rendered(*blocks).body, create_parent="div")
    assert {str(element.tag) for element in holder.iter()} - {"div"} <= DIALECT
    for item in holder.iter("li"):
        assert [child.tag for child in item][:1] == ["p"]
        assert len(item) <= 2
    for figure in holder.iter("figure"):
        assert figure[-1].tag == "figcaption"
    for nested in holder.iter("ul", "ol"):
        assert sum(parent.tag in {"ul", "ol"} for parent in nested.iterancestors()) < 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_the_flat_dialect_keeps_the_same_characters(blocks: Blocks) -> None:
    nested, flat = rendered(*blocks), rendered(*blocks, own={"lists": "flat"})
    assert not characters("".join(part for part in spoken(blocks) if part != "mermaid")) - kept(flat)
    assert nested.assets == flat.assets


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees)
def test_rendering_is_pure_and_every_flavour_is_there(blocks: Blocks) -> None:
    variant = rendered(*blocks)
    assert variant.digest == rendered(*blocks).digest
    assert flavour(variant, "text/markdown")
    assert Variant.model_validate_json(variant.model_dump_json()) == variant

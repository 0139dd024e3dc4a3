"""What the kit sends: small texts and threads, their keys, and what is kept between two requests (nothing)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from kawaraban.errors import ChannelFailure
from kawaraban.variant import Head, Part, Span, Variant

SINCE = datetime(2024, 6, 11, 7, 30, tzinfo=UTC)
"""When the intents of the kit's threads were written."""

KEY = "0123456789abcdef0123456789abcdef"
ANOTHER_KEY = "fedcba9876543210fedcba9876543210"


def sample(words: str = "川の音を聞く。", article: str = "5r8w2kqd") -> Variant:
    """Return a variant to send: its words, a link, nothing else."""
    slug = "river" if article == "5r8w2kqd" else f"river-{article}"  # each article has a page of its own
    page = f"https://example.com/articles/{slug}/"
    head = Head(article=article, slug=slug, url=page, published=datetime(2024, 6, 11, tzinfo=UTC))
    text = f"{words}\n{page}"
    return Variant(article=article, channel="conformance", title="川の音", body=text, text=text, head=head)


def sample_thread(*words: str, article: str = "5r8w2kqd") -> Variant:
    """Return a variant of so many posts, the first with a link below its words."""
    one = sample(words[0], article)
    start = len(f"{words[0]}\n".encode())
    link = Span(kind="link", start=start, end=len(one.text.encode()), target=one.head.url)
    parts = (Part(text=one.text, spans=(link,)), *(Part(text=each) for each in words[1:]))
    whole = "\n\n".join(part.text for part in parts)
    own = {"body": whole, "text": whole, "parts": parts}
    return Variant.model_validate({name: getattr(one, name) for name in Variant.model_fields} | own)


def forget(note: str) -> None:
    """Keep nothing between two requests: the kit has no ledger."""
    del note


def must_raise(wanted: type[ChannelFailure], call: Callable[[], object]) -> None:
    """Call it, and see that it fails that way, in both languages."""
    try:
        call()
    except wanted as failure:
        assert failure.what.ja  # noqa: PT017 - the kit does not need pytest
        assert failure.what.en  # noqa: PT017 - as above
        return
    msg = f"it was to raise {wanted.__name__}"
    raise AssertionError(msg)

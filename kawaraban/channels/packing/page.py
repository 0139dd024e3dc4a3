"""
The copy page: one self-contained file from which a person copies each part of a post, also opened from file://.

Its text can be selected without scripts. The look is that of the desk ("By hand").
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from lxml import html
from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

_DASH = re.compile(r"[—―─]{1,2}(?=.)")
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='1' fill='%23b8301a'/%3E%3C/svg%3E"
)

Texts = Mapping[str, Mapping[str, str]]
"""What each button (`data-copy`) writes: `plain` always, `html` where it is rich."""


@dataclass(frozen=True, slots=True)
class CopyPage:
    """`paper`, the window's name, `what` it is about and the article's `title`; the `sheet`, and the `act` beside it."""

    paper: str
    window: str
    what: str
    title: str
    sheet: tuple[HtmlElement, ...]
    act: HtmlElement
    texts: Texts


@lru_cache(maxsize=2)
def _sheet(name: str) -> str:
    return (files("kawaraban.channels.packing") / name).read_text(encoding="utf-8")


def written(page: CopyPage) -> str:
    """Return the page as HTML."""
    document = E.html(_head(page), _body(page), lang="ja")
    text: str = html.tostring(document, encoding="unicode")
    return f"<!doctype html>\n{text}\n"


def _head(page: CopyPage) -> HtmlElement:
    style, script = _sheet("page.css"), _sheet("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hashed(style)}'; script-src '{_hashed(script)}'; "
        "img-src 'self' data: file:; base-uri 'none'; form-action 'none'"
    )
    return E.head(
        E.meta(charset="utf-8"),
        E.meta({"http-equiv": "Content-Security-Policy", "content": policy}),
        E.meta(name="viewport", content="width=device-width, initial-scale=1"),
        E.meta(name="robots", content="noindex"),
        E.link(rel="icon", href=_ICON),
        E.title(page.window),
        E.style(style),
    )


def _hashed(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _body(page: CopyPage) -> HtmlElement:
    return E.body(
        E.header(E.p(E.span("瓦", {"class": "seal", "aria-hidden": "true"}), page.paper), CLASS("bar")),
        E.main(
            E.div(E.p(page.what, CLASS("small")), _title(page.title), CLASS("head")),
            E.div(E.div(*page.sheet), page.act, CLASS("sheet")),
            E.p({"class": "said", "id": "said", "role": "status"}),
        ),
        E.script(_json(page.texts), {"type": "application/json", "id": "parts"}),
        E.script(_sheet("page.js")),
    )


def _title(title: str) -> HtmlElement:
    """Return the title, which breaks before a dash that opens its second half; the text stays one string."""
    dash = _DASH.search(title)
    if dash is None or not dash.start():
        return E.h1(title)
    return E.h1(E.span(title[: dash.start()]), E.span(title[dash.start() :], CLASS("rest")))


def _json(texts: Texts) -> str:
    """Return JSON that can't end its script element."""
    written = json.dumps(texts, ensure_ascii=False, sort_keys=True)
    return written.replace("<", "\\u003c").replace("-->", "--\\u003e")

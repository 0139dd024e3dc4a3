"""The parts of a copy page. Made with lxml's builder, so that nothing of an article can become markup of the page."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from lxml.html import HtmlElement
from lxml.html.builder import CLASS, E

from kawaraban.variant import Asset, Loss

INLINE_BYTES = 100_000
"""Pictures up to this size are in the page itself; larger ones are links to the file beside it."""

NUMBERS = "一二三四五六七八九十"
_SIGN = "M2.3 2.3h11.4v11.4H2.3zM5.4 5.4h5.2v5.2H5.4z"
_UNSCRIPTED = "ボタンが動かないときは、文字を選んで写してください。"


@dataclass(frozen=True, slots=True)
class Picture:
    """A prepared picture: its asset, its path below the package, its bytes."""

    asset: Asset
    path: str
    content: bytes

    @property
    def address(self) -> str:
        """The picture itself where it is small, else its file."""
        if len(self.content) > INLINE_BYTES:
            return self.path
        return f"data:{self.asset.media_type};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True, slots=True)
class Act:
    """
    What a person does when all is pasted: tick off `done`, then record it.

    `label` names the field for the address ("": there is none), `keeps_query`: what follows ? belongs to it.
    """

    heading: str
    done: tuple[str, ...]
    record: str
    hint: str
    label: str = ""
    example: str = ""
    keeps_query: bool = False
    more: str = ""


def title_line(name: str) -> HtmlElement:
    """Return the sheet's heading, with the word that says whose turn it is."""
    return E.div(E.h2(name), E.p(_sign(), "手動待ち", CLASS("turn")), CLASS("title-line"))


def sentence(words: str) -> HtmlElement:
    """Return what to do, in one sentence."""
    return E.p(words, E.noscript(E.span(_UNSCRIPTED, CLASS("unscripted"))), CLASS("sentence"))


def losses(heading: str, found: Iterable[Loss]) -> HtmlElement:
    """Return what that channel shows otherwise."""
    return E.div(E.p(heading), E.ul(*(E.li(loss.what_ja) for loss in found)), CLASS("losses small"))


def _sign() -> HtmlElement:
    sign = E.svg({"viewBox": "0 0 16 16", "aria-hidden": "true", "fill": "none", "stroke": "currentColor"})
    sign.append(E.path({"d": _SIGN, "stroke-width": "1.5"}))
    return sign


def part(number: str, name: str, count: str, *content: HtmlElement) -> HtmlElement:
    """Return one thing to copy: its number and name, how long it is, its words and its buttons."""
    buttons = [element for element in content if element.tag == "button"]
    shown = [element for element in content if element.tag != "button"]
    made = E.section(
        E.p(number, {"class": "number", "aria-hidden": "true"}),
        E.div(E.h3(name), E.span(count, CLASS("count")), *shown, CLASS("shown" if buttons else "wide")),
        {"class": "part", "data-part": name, "aria-label": name},
    )
    if buttons:
        made.append(E.div(*buttons, CLASS("buttons")))
    return made


def words(text: str) -> HtmlElement:
    """Return a text that is copied whole, in its own lines."""
    return E.p(text, {"class": "words", "data-whole": ""})


def button(copies: str, label: str, name: str, *, leads: bool = False, also: bool = False) -> HtmlElement:
    """Return a button that copies a text; `leads`: the part's own, `also`: another way to do the part."""
    marks = {"data-leads": ""} if leads else {"data-also": ""} if also else {}
    return E.button(label, {"type": "button", "data-copy": copies, "aria-label": name, **marks})


def picture_row(picture: Picture, name: str, said: Iterable[str], buttons: Iterable[HtmlElement]) -> HtmlElement:
    """Return a picture to save, with its size, what is said of it, and more buttons."""
    asset = picture.asset
    size = f"{asset.width}×{asset.height}　{max(1, len(picture.content) // 1000):,} KB"
    rows = [E.span(name), E.span(size, CLASS("small count")), *(E.span(line, CLASS("small")) for line in said)]
    save = E.a(
        "保存", {"class": "button", "href": picture.address, "download": asset.name, "aria-label": f"{name}を保存"}
    )
    return E.li(
        E.img(src=picture.address, alt="", width=str(asset.width), height=str(asset.height)),
        E.p(*rows),
        E.div(save, *buttons, CLASS("both")),
    )


def act(deed: Act) -> HtmlElement:
    """Return what comes after: a list to tick off, the address, and the command that records it."""
    items = (E.li(E.label(E.input(type="checkbox"), E.span(done))) for done in deed.done)
    record = [E.h3(deed.heading)]
    if deed.label:
        query = {"data-query": ""} if deed.keeps_query else {}
        field = E.input({"type": "url", "id": "url", "placeholder": deed.example, "autocomplete": "off", **query})
        record.append(E.div(E.label(deed.label, {"for": "url"}), field, {"class": "field", "hidden": ""}))
    record += [E.p(E.code(deed.record, id="command")), E.p(deed.hint, CLASS("small"))]
    record.append(button("record", "命令を写す", "記録の命令を写す"))
    more = (E.p(deed.more, CLASS("small hint")),) if deed.more else ()
    return E.section(
        E.div(E.h2("貼り終えたら"), E.ul(*items), E.div(*record, CLASS("record")), *more),
        {"class": "act", "aria-label": "貼り終えたら"},
    )

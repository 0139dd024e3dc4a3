"""The walker for mail: styles stand at the elements, because many programs that read mail know no sheet; nothing leads inside."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from kawaraban.article.blocks import Blocks, Footnote
from kawaraban.variant import Asset
from renderers.fulltext.walker import FulltextWalker, led

WIDTH = 600
"""CSS pixels: as wide as mail is usually shown."""

STYLES = {
    "p": "margin:0 0 1em;line-height:1.8",
    "h2": "margin:2em 0 .6em;font-size:1.25em;line-height:1.4",
    "h3": "margin:1.6em 0 .5em;font-size:1.1em;line-height:1.4",
    "h4": "margin:1.4em 0 .5em;font-size:1em;line-height:1.4",
    "blockquote": "margin:0 0 1em;padding:0 0 0 1em;border-left:3px solid #999999",
    "pre": "margin:0 0 1em;padding:.6em;background:#f2f2f2;white-space:pre-wrap;word-break:break-all",
    "ul": "margin:0 0 1em;padding:0 0 0 1.6em;line-height:1.8",
    "ol": "margin:0 0 1em;padding:0 0 0 1.8em;line-height:1.8",
    "li ul": "margin:0;padding:0 0 0 1.6em;line-height:1.8",
    "li ol": "margin:0;padding:0 0 0 1.8em;line-height:1.8",
    "dl": "margin:0 0 1em;line-height:1.8",
    "dd": "margin:0 0 .8em 1em",
    "table": "margin:0 0 1em;border-collapse:collapse",
    "th": "text-align:{align};background:#f2f2f2",
    "td": "text-align:{align};vertical-align:top",
    "img": "max-width:100%;height:auto;border:0",
    "hr": "margin:2em 0;border:0;border-top:1px solid #999999",
    "small": "color:#595959",
}
_TAG = re.compile(r"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<attributes>(?: [^<>]*)?)>")
_ALIGN = re.compile(r' align="(\w+)"')


class MailWalker(FulltextWalker):
    """A walk for `markup="mail"`."""

    dialect = "mail"
    within = False

    def written(self, blocks: Blocks) -> str:
        """Return the body in one division, each element with its own style; its language decides the shape of its letters."""
        inside = _TAG.sub(_Styling(), super().written(blocks))
        return f'<div lang="{escape(self.facts.lang)}" style="max-width:40em;color:#1a1a1a">\n{inside}</div>'

    def footnote(self, note: Footnote) -> Markup:
        """Return a note's text."""
        return self.blocks(led((f"註{note.number} ",), note.blocks, note.line))

    def size(self, asset: Asset) -> tuple[int, int]:
        """Return the pixels at which a picture is shown: some programs know no `max-width`."""
        shown = min(asset.width, WIDTH)
        return shown, max(1, round(asset.height * shown / asset.width))


class _Styling:
    """Gives each tag its style; a list within a list leaves no gap behind it."""

    def __init__(self) -> None:
        self._items = 0  # how many list items are open

    def __call__(self, found: re.Match[str]) -> str:
        tag, attributes = found["tag"], found["attributes"]
        if tag == "li":
            self._items += -1 if found["end"] else 1
        if found["end"]:
            return found[0]
        align = _ALIGN.search(attributes)
        style = (self._within(tag) or STYLES.get(tag, "")).format(align=align[1] if align else "left")
        return f'<{tag}{attributes} style="{style}">' if style else found[0]

    def _within(self, tag: str) -> str | None:
        return STYLES.get(f"li {tag}") if self._items else None

"""The same page without links to the rest of the site: what is written first where several new pages link to each other."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

_KEPT_LINKS = frozenset({"stylesheet", "icon", "canonical"})


def without_links(page: bytes, url: str, root: str) -> bytes:
    """
    Return `page` (HTML at `url`) with no link to another address under `root`; everything else stays byte for byte.

    Pictures, the sheet, the page's own anchors and links to other sites stay. It works on the finished page, so that an
    operator's templates need not know of it.
    """
    parser = _Bare(url, root)
    parser.feed(page.decode())
    parser.close()
    return "".join(parser.kept).encode()


class _Bare(HTMLParser):
    def __init__(self, url: str, root: str) -> None:
        super().__init__(convert_charrefs=False)
        self._url = url
        self._root = root
        self.kept: list[str] = []

    def _is_elsewhere_here(self, href: str) -> bool:
        target = urldefrag(urljoin(self._url, href)).url
        return target.startswith(self._root) and target != urldefrag(self._url).url

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = self.get_starttag_text() or ""
        values = {name: value or "" for name, value in attrs}
        if tag == "link" and values.get("rel", "").lower() not in _KEPT_LINKS:
            return
        if tag == "meta" and values.get("http-equiv", "").lower() == "refresh":
            return
        if tag in ("a", "area", "form") and self._is_elsewhere_here(values.get("href", values.get("action", "#"))):
            names = ("href", "action", "rel")
            rest = "".join(f' {name}="{escape(value)}"' for name, value in values.items() if name not in names)
            written = f"<{tag}{rest}>"
        self.kept.append(written)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.kept.append(data)

    def handle_entityref(self, name: str) -> None:
        self.kept.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.kept.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.kept.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.kept.append(f"<!{decl}>")

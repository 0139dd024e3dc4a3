"""The lint of an article's body: structure, pictures, raw HTML, Japanese typography, and what a channel can't show."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kawaraban.article import locating
from kawaraban.article.blocks import (
    ChannelOnly,
    Code,
    CodeSpan,
    Dialogue,
    Emphasis,
    Figure,
    Footnotes,
    Glossary,
    Heading,
    Image,
    InlineNode,
    Link,
    MathBlock,
    MathSpan,
    Notice,
    Paragraph,
    Ruby,
    Table,
)
from kawaraban.article.boxes import notice_subject
from kawaraban.article.finding import Finding, Severity
from kawaraban.article.walk import every_block, every_inline
from kawaraban.article.words import plain
from kawaraban.config import ChannelSettings
from kawaraban.errors import Sentence

if TYPE_CHECKING:
    from kawaraban.article.model import Article

_RAW_HTML = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--")
_KANA_MARK = re.compile(r"(?<=[ぁ-んァ-ヶ])[!?](?![A-Za-z])")
_DOUBLE_SPACE = re.compile(r"(?<=\S) {2,}(?=\S)|　{2,}(?=\S)")
_FULL_DIGIT, _HALF_DIGIT = re.compile(r"[０-９]"), re.compile(r"[0-9]")
_PICTURE_SIGNS = re.compile(r"!\[[^\[\]\n]*\]\(([^()<>\n]*[^()<>\n\s][^()<>\n]*)\)")
_HARD_WRAP = range(30, 45)


def findings(article: Article, channels: Sequence[ChannelSettings]) -> Iterator[Finding]:
    """Yield everything found in the body."""
    names = [channel.name for channel in channels]
    yield from _headings(article)
    yield from _figures(article)
    yield from _unread_pictures(article)
    yield from _channels(article, names)
    yield from _notices(article, names)
    yield from _fragments(article)
    yield from _glossary(article)
    yield from _typography(article)


def _at(
    article: Article,
    code: str,
    where: int | tuple[int, int],
    message: Sentence,
    *,
    severity: Severity = "warning",
    remedy: Sentence | None = None,
) -> Finding:
    place = locating.line_place(article, where) if isinstance(where, int) else where
    return Finding(code, severity, article.path, *place, message, remedy)


def _headings(article: Article) -> Iterator[Finding]:
    level = 1
    for block in every_block(article.blocks):
        if not isinstance(block, Heading):
            continue
        if block.level not in (2, 3):
            yield _at(
                article, "heading-level", block.line,
                Sentence(ja=f"見出しの段が {block.level} です", en=f"a heading of level {block.level}"),
                remedy=Sentence(ja="題名が1段目なので、本文の見出しは ## と ### です", en="the title is level 1: use ## and ###"),
            )  # fmt: skip
        elif block.level > level + 1:
            yield _at(article, "heading-jump", block.line,
                      Sentence(ja="見出しの段が飛んでいます", en="a heading skips a level"))  # fmt: skip
        level = block.level


def _fragments(article: Article) -> Iterator[Finding]:
    """Links to a place in the article itself."""
    anchors = {block.anchor for block in every_block(article.blocks) if isinstance(block, Heading)}
    for node, line in every_inline(article.blocks):
        if isinstance(node, Link) and node.href.startswith("#") and unquote(node.href[1:]) not in {"", *anchors}:
            yield _at(
                article, "link-dead", locating.words_place(article, line, f"]({node.href}"),
                Sentence(ja=f"「{unquote(node.href)}」という見出しはありません", en=f"there is no heading `{unquote(node.href)}`"),
                remedy=Sentence(ja="見出しの文字をそのまま # の後に書いてください", en="write the heading's own words after the #"),
            )  # fmt: skip


def picture_lines(article: Article) -> Mapping[str, int]:
    """Return picture reference → the line where it stands first."""
    lines: dict[str, int] = {}
    for block in every_block(article.blocks):
        if isinstance(block, Figure):
            lines.setdefault(block.src, block.line)
    for node, line in every_inline(article.blocks):
        if isinstance(node, Image):
            lines.setdefault(node.src, line)
    return lines


def _unread_pictures(article: Article) -> Iterator[Finding]:
    """A picture whose name holds a space is none in Markdown: its signs would be printed as text."""
    for node, line in every_inline(article.blocks):
        if not isinstance(node, str):
            continue
        for found in _PICTURE_SIGNS.finditer(node):
            at, column = _place(article, line, node, found)
            written = locating.lines_of(article.source)[at - 1]
            if written[: column - 1].endswith("\\") or not written[column - 1 :].startswith(found[0]):
                continue  # escaped: it is meant to be read as text
            yield _at(
                article, "image-missing", (at, column),
                Sentence(ja=f"画像として読めず、文字のまま出ます: {found[0]}", en=f"not read as a picture, printed as text: {found[0]}"),
                severity="error",
                remedy=Sentence(ja=f"名前に空白があれば山括弧で囲んでください: ![…](<{found[1]}>)",
                                en=f"put a name with spaces into angle brackets: ![…](<{found[1]}>)"),
            )  # fmt: skip


def _figures(article: Article) -> Iterator[Finding]:
    pictures = [
        (block.alt, block.src, block.line) for block in every_block(article.blocks) if isinstance(block, Figure)
    ]
    pictures += [(node.alt, node.src, line) for node, line in every_inline(article.blocks) if isinstance(node, Image)]
    for alt, src, line in pictures:
        if not alt.strip():
            yield _at(
                article, "alt-empty", locating.words_place(article, line, f"![{alt}]({src}", f"![{alt}](", "!["), severity="error",
                message=Sentence(ja="画像に代替テキストがありません", en="a picture has no alternative text"),
                remedy=Sentence(ja="![ここ](…) に、見えない人に画像を伝える文を書いてください",
                                en="say between the brackets of ![…] what the picture shows"),
            )  # fmt: skip


def _channels(article: Article, names: Collection[str]) -> Iterator[Finding]:
    """A box for a channel that is not configured would be shown nowhere, or everywhere."""
    for block in every_block(article.blocks):
        if not isinstance(block, Notice | ChannelOnly):
            continue
        about = [block.about] if isinstance(block, Notice) and block.about else []
        for name in dict.fromkeys([*about, *block.channels]):
            if name not in names:
                near = difflib.get_close_matches(name, names, 1, 0.5)
                yield _at(
                    article, "channel-unknown", locating.words_place(article, block.line, name), severity="error",
                    message=Sentence(ja=f"「{name}」というチャンネルはありません", en=f"there is no channel `{name}`"),
                    remedy=Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?") if near
                    else Sentence(ja=f"設定にあるのは: {'、'.join(sorted(names))}", en=f"configured: {', '.join(sorted(names))}"),
                )  # fmt: skip


def _notices(article: Article, names: Collection[str]) -> Iterator[Finding]:
    for block in every_block(article.blocks):
        if isinstance(block, Notice) and block.about is None and notice_subject(block, names) is None:
            yield _at(
                article, "notice-without-subject", block.line,
                Sentence(ja="告知がどのチャンネルについてか分かりません", en="it is not said which channel this notice is about"),
                remedy=Sentence(ja="::: {.notice about=note channels=site} のように書いてください",
                                en="write ::: {.notice about=note channels=site}"),
            )  # fmt: skip


def _glossary(article: Article) -> Iterator[Finding]:
    terms = [term for block in every_block(article.blocks) if isinstance(block, Glossary) for term in block.terms]
    if not terms:
        return
    rest = tuple(block for block in article.blocks if not isinstance(block, Glossary))
    text = "".join(_words(node) for node, _ in every_inline(rest))
    for term in terms:
        name = plain(term.name, readings=False)
        if name and name not in text:
            yield _at(article, "term-unused", term.line,
                      Sentence(ja=f"用語「{name}」は本文に出てきません", en=f"the term `{name}` does not occur in the text"))  # fmt: skip


def _words(node: InlineNode) -> str:
    match node:
        case str():
            return node
        case Ruby():
            return node.base
        case CodeSpan():
            return node.text
        case _:
            return ""


def _typography(article: Article) -> Iterator[Finding]:
    seen: set[str] = set()
    digits: dict[str, tuple[int, int]] = {}
    for node, line in every_inline(article.blocks):
        if isinstance(node, Emphasis):
            words = plain(node.content)
            place = locating.words_place(article, line, f"*{words}", f"_{words}", words)
            yield _at(article, "emphasis-italic", place, _ITALIC, remedy=_NOT_ITALIC)
        if not isinstance(node, str):
            continue
        for width, pattern in (("full", _FULL_DIGIT), ("half", _HALF_DIGIT)):
            if width not in digits and (found := pattern.search(node)):
                digits[width] = _place(article, line, node, found)
        for code, pattern, message, remedy in _PATTERNS:
            for found in pattern.finditer(node):
                if code in seen and code not in _EACH:
                    break
                seen.add(code)
                yield _at(article, code, _place(article, line, node, found), message, remedy=remedy)
    if len(digits) == 2:  # noqa: PLR2004 - both widths
        yield _at(article, "digits-mixed", max(digits.values()),
                  Sentence(ja="全角と半角の数字が混ざっています", en="full-width and half-width digits are mixed"))  # fmt: skip
    yield from _wrapped(article)


def _place(article: Article, line: int, text: str, found: re.Match[str]) -> tuple[int, int]:
    """Words around the match tell it from others like it; escapes and markup between them may hide it."""
    start = max(found.start() - 4, 0)
    around = text[start : found.end() + 4]
    at, column = locating.words_place(article, line, around, found[0])
    exact = locating.lines_of(article.source)[at - 1][column - 1 :].startswith(around) if around else False
    return at, column + (found.start() - start if exact else 0)


_ITALIC = Sentence(
    ja="日本語に斜体はなく、傍点か太字で出ます", en="Japanese has no italics: it is shown with dots or bold"
)
_NOT_ITALIC = Sentence(
    ja="強めるなら **太字** か [傍点]{.bouten} と書いてください", en="write **bold** or [dots]{.bouten}"
)
_EACH = frozenset({"raw-html"})  # every one of them; of the others the first
_PATTERNS = (
    (
        "raw-html", _RAW_HTML,
        Sentence(ja="HTMLは使えず、文字のまま出ます", en="HTML is not used here; it is printed as text"),
        Sentence(ja="Markdownで書いてください", en="write Markdown instead"),
    ),
    (
        "half-width-mark", _KANA_MARK,
        Sentence(ja="かなの後の ! ? が半角です", en="half-width ! or ? after kana"),
        Sentence(ja="全角の！？にしてください", en="use the full-width ！ and ？"),
    ),
    ("double-space", _DOUBLE_SPACE, Sentence(ja="空白が続いています", en="two spaces in a row"), None),
)  # fmt: skip


def _wrapped(article: Article) -> Iterator[Finding]:
    """A paragraph of several lines of equal length that end in the middle of a sentence was wrapped by a machine."""
    for block in every_block(article.blocks):
        if not isinstance(block, Paragraph):
            continue
        lines = plain(block.content).split("\n")
        body = lines[:-1]
        if len(body) >= 3 and all(len(line) in _HARD_WRAP and line[-1] not in "。！？」" for line in body):  # noqa: PLR2004 - two may be meant
            yield _at(
                article, "hard-wrapped", block.line,
                Sentence(ja="段落が決まった幅で折り返されているようです", en="the paragraph seems to be hard-wrapped"),
                remedy=Sentence(ja="段落は1行に書きます（改行はそのまま改行になります）", en="write a paragraph on one line: a newline is a line break here"),
            )  # fmt: skip


_NOUNS: dict[type, tuple[str, str]] = {
    Table: ("table", "表"),
    Footnotes: ("footnote", "脚注"),
    MathBlock: ("math", "数式"),
    Code: ("code", "コード"),
    Glossary: ("definition-list", "用語集"),
    Dialogue: ("dialogue", "対話"),
}
_WARNED = {"table", "footnote", "math"}


def lossy(
    article: Article, channels: Sequence[ChannelSettings], cannot_show: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Yield a warning for each table, footnote or formula that an enabled channel degrades."""
    first: dict[str, tuple[int, str]] = {}
    for block in every_block(article.blocks):
        noun = _NOUNS.get(type(block))
        if noun and noun[0] in _WARNED:
            first.setdefault(noun[0], (block.line, noun[1]))
    for node, line in every_inline(article.blocks):
        if isinstance(node, MathSpan):
            first.setdefault("math", (line, "数式"))
    for channel in channels:
        own = article.matter.channels.get(channel.name)
        if own is not None and own.enabled is False:
            continue
        for noun_en, (line, noun_ja) in first.items():
            if noun_en in cannot_show.get(channel.name, ()):
                yield _at(article, f"{noun_en}-lossy", line,
                          Sentence(ja=f"{channel.name} は{noun_ja}を別の形で出します", en=f"{channel.name} shows a {noun_en} in another form"))  # fmt: skip

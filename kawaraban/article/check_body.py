"""The lint of an article's body: structure, pictures, raw HTML, Japanese typography, and what a channel can't show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kawaraban.article.blocks import (
    Code,
    Dialogue,
    Figure,
    Footnotes,
    Glossary,
    Heading,
    Image,
    MathBlock,
    MathSpan,
    Notice,
    Paragraph,
    Table,
)
from kawaraban.article.boxes import notice_words
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
_BOX_LINE = re.compile(r"^(?P<fence>:{3,})\s*(?P<name>.*)$")
_CODE_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HARD_WRAP = range(30, 45)


def findings(article: Article) -> Iterator[Finding]:
    """Yield everything found in the body."""
    yield from _boxes(article)
    yield from _headings(article)
    yield from _figures(article)
    yield from _notices(article)
    yield from _glossary(article)
    yield from _typography(article)


def _at(
    article: Article,
    code: str,
    line: int,
    message: Sentence,
    *,
    severity: Severity = "warning",
    remedy: Sentence | None = None,
) -> Finding:
    return Finding(code, severity, article.path, line, None, message, remedy)


def _boxes(article: Article) -> Iterator[Finding]:
    """A `:::` that nothing closes: the parser closes it silently at the end, so the lines are scanned."""
    open_boxes: list[tuple[int, str, int]] = []
    code_fence = ""
    for number, line in enumerate(article.source.splitlines(), 1):
        fence = _CODE_FENCE.match(line)
        if code_fence:
            code_fence = "" if fence and line.strip().startswith(code_fence) else code_fence
            continue
        if fence:
            code_fence = fence[1]
            continue
        found = _BOX_LINE.match(line.strip())
        if found is None:
            continue
        if found["name"]:
            open_boxes.append((number, found["name"], len(found["fence"])))
        elif open_boxes:
            open_boxes.pop()
        else:
            yield _at(
                article, "box-not-opened", number, severity="error",
                message=Sentence(ja="開いていない囲みを閉じています", en="this `:::` closes nothing"),
            )  # fmt: skip
    for number, name, _ in open_boxes:
        yield _at(
            article, "box-not-closed", number, severity="error",
            message=Sentence(ja=f"囲み「{name}」が閉じられていません", en=f"the box `{name}` is not closed"),
            remedy=Sentence(ja="囲みの終わりに ::: の行を置いてください", en="put a line `:::` at its end"),
        )  # fmt: skip


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


def _figures(article: Article) -> Iterator[Finding]:
    pictures = [(block.alt, block.line) for block in every_block(article.blocks) if isinstance(block, Figure)]
    pictures += [(node.alt, line) for node, line in every_inline(article.blocks) if isinstance(node, Image)]
    for alt, line in pictures:
        if not alt.strip():
            yield _at(
                article, "alt-empty", line, severity="error",
                message=Sentence(ja="画像に代替テキストがありません", en="a picture has no alternative text"),
                remedy=Sentence(ja="![ここ](…) に、見えない人に画像を伝える文を書いてください",
                                en="say between the brackets of ![…] what the picture shows"),
            )  # fmt: skip


def _notices(article: Article) -> Iterator[Finding]:
    for block in every_block(article.blocks):
        if isinstance(block, Notice) and block.about is None and not _names_channel(block):
            yield _at(
                article, "notice-without-subject", block.line,
                Sentence(ja="告知がどのチャンネルについてか分かりません", en="it is not said which channel this notice is about"),
                remedy=Sentence(ja="::: {.notice about=note channels=site} のように書いてください",
                                en="write ::: {.notice about=note channels=site}"),
            )  # fmt: skip


def _names_channel(notice: Notice) -> bool:
    return bool(re.search(r"note|ノート|bluesky|mastodon|\bX\b|wordpress|ghost", notice_words(notice), re.IGNORECASE))


def _glossary(article: Article) -> Iterator[Finding]:
    terms = [term for block in every_block(article.blocks) if isinstance(block, Glossary) for term in block.terms]
    if not terms:
        return
    text = "".join(
        node
        for block in article.blocks
        if not isinstance(block, Glossary)
        for node, _ in every_inline((block,))
        if isinstance(node, str)
    )
    for term in terms:
        name = plain(term.name, readings=False)
        if name and name not in text:
            yield _at(article, "term-unused", term.line,
                      Sentence(ja=f"用語「{name}」は本文に出てきません", en=f"the term `{name}` does not occur in the text"))  # fmt: skip


def _typography(article: Article) -> Iterator[Finding]:
    seen: set[str] = set()
    digits: set[str] = set()
    for node, line in every_inline(article.blocks):
        if not isinstance(node, str):
            continue
        digits |= {name for name, pattern in (("full", _FULL_DIGIT), ("half", _HALF_DIGIT)) if pattern.search(node)}
        for code, pattern, message, remedy in _PATTERNS:
            if pattern.search(node) and not (code in seen and code != "raw-html"):
                seen.add(code)
                yield _at(article, code, line, message, remedy=remedy)
    if len(digits) == 2:  # noqa: PLR2004 - both widths
        yield _at(article, "digits-mixed", 1,
                  Sentence(ja="全角と半角の数字が混ざっています", en="full-width and half-width digits are mixed"))  # fmt: skip
    yield from _wrapped(article)


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

"""From a file's text to an Article: front matter, blocks, and what was found on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath, PurePosixPath
from typing import Any

from kawaraban.article import frontmatter, markdown
from kawaraban.article.blocks import Figure, Image
from kawaraban.article.finding import Finding
from kawaraban.article.model import Article, Picture
from kawaraban.errors import Place, Sentence, WrongInput

MAX_BYTES = 4 * 1024 * 1024


class ArticleProblems(WrongInput):
    """A file that is no article yet; `findings` has every reason."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.message, place=Place(first.file, first.line, first.column), remedy=first.remedy)
        self.findings = findings


def decode(data: bytes, file: PurePath) -> str:
    """Return the text of a file: UTF-8, a BOM is dropped; raise WrongInput with the line of the first wrong byte."""
    if len(data) > MAX_BYTES:
        raise WrongInput(
            Sentence(
                ja=f"ファイルが大きすぎます（{len(data):,}バイト）", en=f"the file is too large ({len(data):,} bytes)"
            ),
            place=Place(file),
            remedy=Sentence(
                ja=f"{MAX_BYTES:,}バイトまでに分けてください", en=f"split it into parts of at most {MAX_BYTES:,} bytes"
            ),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise WrongInput(
            Sentence(
                ja=f"UTF-8ではない文字があります（{error.start + 1}バイト目）", en=f"not UTF-8 (byte {error.start + 1})"
            ),
            place=Place(file, line),
            remedy=Sentence(ja="UTF-8で保存し直してください", en="save the file as UTF-8"),
        ) from error


def parse(text: str, file: PurePosixPath, digest: str, pictures: Mapping[str, Picture] | None = None) -> Article:
    """
    Return the article of a file's text.

    `file` is its path below `content/`, `digest` the SHA-256 of its bytes, `pictures` what its references mean.
    Raises ArticleProblems (front matter that does not validate) or WrongInput (not readable at all).
    """
    parts = frontmatter.split(text, file)
    matter, lines, findings = frontmatter.read(parts, file)
    if matter is None:
        raise ArticleProblems(tuple(findings))
    body = markdown.blocks(parts.body, file, first_line=parts.body_line, speakers=frozenset(matter.speakers))
    return Article(matter, body.blocks, file, digest, pictures or {}, lines, text, (*findings, *body.findings))


def references(article: Article) -> tuple[str, ...]:
    """Return every picture reference as written, the cover's first, each once."""
    cover = [article.matter.cover.src] if article.matter.cover else []
    pictured = _sources(article.blocks) if "![" in article.source else ()  # most columns have none
    return tuple(dict.fromkeys([*cover, *pictured]))


def _sources(value: Any) -> Iterator[str]:  # noqa: ANN401 - walks blocks, items and inline nodes alike
    if isinstance(value, Figure | Image):
        yield value.src
    if isinstance(value, tuple):
        for inner in value:
            yield from _sources(inner)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            inner = getattr(value, name)
            if isinstance(inner, tuple):
                yield from _sources(inner)

"""An article whose body is read when it is asked for: a list of ten thousand costs what their heads cost."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import fields
from pathlib import Path
from threading import Lock
from typing import Any

from kawaraban.article.blocks import Blocks
from kawaraban.article.model import Article
from kawaraban.errors import Conflict, KawarabanError, Place, Sentence
from kawaraban.library.reading import Head, parsed

RECENT = 128


class Bodies:
    """The bodies asked for most recently; the others are read again from their files."""

    def __init__(self, content: Path) -> None:
        self._content = content
        self._recent: OrderedDict[tuple[str, str], Article] = OrderedDict()
        self._lock = Lock()

    def keep(self, article: Article) -> None:
        """Remember an article that was just read whole."""
        with self._lock:
            self._recent[article.path.as_posix(), article.digest] = article
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)

    def of(self, head: Head) -> Article:
        """Return the whole article; raise Conflict where the file is no longer the one that was read."""
        key = (head.path.as_posix(), head.digest)
        with self._lock:
            article = self._recent.get(key)
        if article is None:
            article = self._read(head)
            self.keep(article)
        return article

    def _read(self, head: Head) -> Article:
        try:
            article = parsed(self._content, head.path)
        except (OSError, KawarabanError) as error:
            raise _moved(head) from error
        if article.digest != head.digest:
            raise _moved(head)
        return article


def _moved(head: Head) -> Conflict:
    return Conflict(
        Sentence(ja="読んでいるあいだにファイルが変わりました", en="the file changed while it was being read"),
        place=Place(head.path),
        remedy=Sentence(ja="もう一度やり直してください", en="do it again"),
    )


class KeptArticle(Article):
    """An Article in every respect; `blocks`, `source` and `line_of` are read at the first use."""

    __slots__ = ("_bodies", "_head")
    _bodies: Bodies
    _head: Head

    def __new__(cls, *values: Any, **named: Any) -> Article:  # type: ignore[misc]  # it is no KeptArticle  # noqa: ANN401 - as the fields are
        """Return a plain Article of these values: that is what `dataclasses.replace` asks for."""
        return Article(*values, **named) if values or named else object.__new__(cls)

    @staticmethod
    def of(head: Head, bodies: Bodies) -> Article:
        """Return the article of a head."""
        article = object.__new__(KeptArticle)
        for name in ("matter", "path", "digest", "pictures", "findings"):
            object.__setattr__(article, name, getattr(head, name))
        object.__setattr__(article, "_head", head)
        object.__setattr__(article, "_bodies", bodies)
        return article

    def _body(self) -> Article:
        whole: Article = self._bodies.of(self._head)
        return whole

    @property
    def blocks(self) -> Blocks:
        """The body's tree."""
        return self._body().blocks

    @property
    def source(self) -> str:
        """The file's text."""
        return self._body().source

    @property
    def line_of(self) -> Any:  # noqa: ANN401 - a Mapping, as the field is declared
        """Front-matter key → line."""
        return self._body().line_of

    def __eq__(self, other: object) -> bool:
        """Equal values are equal articles, whether their bodies were read already or not."""
        return isinstance(other, Article) and _values(self) == _values(other)

    __hash__ = None  # type: ignore[assignment]  # as an Article, which holds mappings

    def __reduce__(self) -> tuple[type[Article], tuple[Any, ...]]:
        """Another process gets the whole article."""
        return Article, _values(self)


def _values(article: Article) -> tuple[Any, ...]:
    return tuple(getattr(article, field.name) for field in fields(Article))

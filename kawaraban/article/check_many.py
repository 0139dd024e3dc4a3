"""The lint of what needs several articles: ids, slugs, aliases, order between articles, links between them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from kawaraban.article.blocks import Link
from kawaraban.article.check import at
from kawaraban.article.finding import Finding
from kawaraban.article.model import Article
from kawaraban.article.walk import every_inline
from kawaraban.errors import Sentence

_ARTICLE_PATH = re.compile(r"^/articles/([^/]+)/?$")


InternalLink = tuple[str, int]
"""The slug an article links to, as written in the address, and the line of the link."""


def check_all(
    articles: Sequence[Article], links: Mapping[PurePosixPath, Sequence[InternalLink]] | None = None
) -> list[Finding]:
    """
    Return the findings between articles, in the order of files and lines.

    `links` has the internal links of each article by its path, where the caller knows them; else the bodies are walked.
    """
    known = links if links is not None else {article.path: internal_links(article) for article in articles}
    found = [*_ids(articles), *_slugs(articles), *_order(articles), *_links(articles, known)]
    return sorted(dict.fromkeys(found), key=lambda finding: (str(finding.file), finding.line or 0, finding.code))


def _ids(articles: Sequence[Article]) -> Iterator[Finding]:
    by_id: defaultdict[str, list[Article]] = defaultdict(list)
    for article in articles:
        by_id[article.id].append(article)
    for same in by_id.values():
        for article in same[1:] if len(same) > 1 else ():
            yield at(
                article, "id-twice", "id",
                Sentence(ja=f"id「{article.id}」が {same[0].path} と同じです", en=f"the id `{article.id}` is also that of {same[0].path}"),
                remedy=Sentence(ja="写したフォルダーなら、新しいほうの id を新しくしてください",
                                en="if this folder was copied, give the younger one a new id"),
            )  # fmt: skip


def _slugs(articles: Sequence[Article]) -> Iterator[Finding]:
    """Yield a finding at every article that wants an address another wants too: neither is to go first by accident."""
    wanted: defaultdict[str, dict[str, tuple[Article, str]]] = defaultdict(dict)
    for article in sorted(articles, key=lambda article: str(article.path)):
        for name, key in [(article.slug, "slug"), *((alias, "aliases") for alias in article.matter.aliases)]:
            if path := name if key == "slug" else _alias_slug(name):
                wanted[path].setdefault(article.id, (article, key))
    for path, wanting in wanted.items():
        for article, key in wanting.values() if len(wanting) > 1 else ():
            other = next(one for one, _ in wanting.values() if one is not article)
            yield at(
                article, "slug-twice" if key == "slug" else "alias-taken", key,
                Sentence(ja=f"「{path}」は {other.path} も使っています", en=f"`{path}` is also used by {other.path}"),
                remedy=Sentence(ja="どちらかの slug を変えてください", en="change one of the two slugs"),
            )  # fmt: skip


def _alias_slug(alias: str) -> str:
    found = _ARTICLE_PATH.match(unquote(urlsplit(alias).path))
    return found[1] if found else ""


def _order(articles: Sequence[Article]) -> Iterator[Finding]:
    after = {article.id: article.matter.after_article for article in articles}
    for article in articles:
        first = article.matter.after_article
        if first is None:
            continue
        if first not in after:
            yield at(article, "after-article-missing", "after_article",
                     Sentence(ja=f"先に出す記事「{first}」がありません", en=f"there is no article `{first}` to go first"),
                     remedy=Sentence(ja="その記事の id を確かめるか、after_article を消してください",
                                     en="look for that article's id, or remove `after_article`"))  # fmt: skip
        elif _is_cycle(article.id, after):
            yield at(article, "after-article-cycle", "after_article",
                     Sentence(ja="記事の順番が輪になっています", en="the order of the articles is a circle"),
                     remedy=Sentence(ja="どれか一つの after_article を消してください",
                                     en="remove `after_article` from one of them"))  # fmt: skip


def _is_cycle(start: str, after: dict[str, str | None]) -> bool:
    seen = {start}
    current = after.get(start)
    while current is not None:
        if current in seen:
            return True
        seen.add(current)
        current = after.get(current)
    return False


def internal_links(article: Article) -> tuple[InternalLink, ...]:
    """Return the links of an article to articles of this publication."""
    hrefs = (
        (node.href.partition("#")[0], line) for node, line in every_inline(article.blocks) if isinstance(node, Link)
    )
    return tuple((found[1], line) for href, line in hrefs if (found := _ARTICLE_PATH.match(href)))


def _links(articles: Sequence[Article], links: Mapping[PurePosixPath, Sequence[InternalLink]]) -> Iterator[Finding]:
    slugs = {article.slug for article in articles}
    slugs |= {_alias_slug(alias) for article in articles for alias in article.matter.aliases}
    for article in articles:
        for slug, line in links.get(article.path, ()):
            if unquote(slug) not in slugs:
                yield at(article, "link-dead", line, severity="warning",
                         message=Sentence(ja=f"リンク先の記事「{slug}」がありません", en=f"the linked article `{slug}` does not exist"))  # fmt: skip

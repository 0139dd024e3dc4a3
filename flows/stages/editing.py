"""The classes of an edit: typo moves only the text, update moves `updated`, correction adds a dated entry and is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flows.compose import House
from flows.stages.values import PublishRequest
from kawaraban.article.frontmatter import with_value
from kawaraban.article.model import Article
from kawaraban.errors import Sentence, WrongInput


def write_class(
    house: House, request: PublishRequest, articles: Sequence[Article], *, now: datetime
) -> tuple[Article, ...]:
    """
    Write the class of an edit into the named articles' files; return those that changed.

    Raises WrongInput without names, for a correction without `--say`, and for an article that is not out yet. The same
    correction twice on one day is one correction.
    """
    if request.kind is None:
        return ()
    if not request.names:
        raise WrongInput(
            Sentence(ja="--as には記事の名前が要ります", en="--as needs the article's name"),
            remedy=Sentence(
                ja="kawaraban publish 記事 --as correction --say 「直したこと」", en="kawaraban publish ARTICLE --as …"
            ),
        )
    if request.kind == "correction" and not request.say.strip():
        raise WrongInput(
            Sentence(ja="訂正には --say が要ります", en="a correction needs --say"),
            remedy=Sentence(
                ja="--say に何をどう直したかを書いてください（読者に見えます）",
                en="say what was wrong and what is right; readers see it",
            ),
        )
    for article in articles:
        if not house.ledger.facts(article.id).live:
            raise _not_out(article)
    return tuple(article for article in articles if _written(house, article, request, now))


def _not_out(article: Article) -> WrongInput:
    return WrongInput(
        Sentence(
            ja=f"「{article.matter.title}」はまだどこにも出ていません", en=f"`{article.matter.title}` is not out yet"
        ),
        remedy=Sentence(ja="--as を付けずに公開してください", en="publish it without --as"),
    )


def _written(house: House, article: Article, request: PublishRequest, now: datetime) -> bool:
    here = now.astimezone(house.publication.zone).replace(microsecond=0)
    source = article.source
    if request.kind == "update":
        source = with_value(source, "updated", here)
    elif request.kind == "correction":
        entries = [{"date": entry.date, "text": entry.text} for entry in article.matter.corrections]
        entry = {"date": here.date(), "text": request.say.strip()}
        if entry in entries:
            return False
        source = with_value(with_value(source, "corrections", [*entries, entry]), "updated", here)
    if source == article.source:
        return False
    house.library.save(article.path, source, article.digest)
    return True

"""What `kawaraban new` puts into a fresh article."""

from __future__ import annotations

from kawaraban.article.new import draft
from kawaraban.config import Series

SERIES = Series(slug="rain", name="雨の話", speakers=("汀", "Lio"))


def test_a_new_article_gets_the_speakers_of_its_series() -> None:
    assert "speakers:\n  - 汀\n  - Lio\n" in draft("題", "5r8w2kqd", SERIES, ("編集室",))


def test_a_new_article_gets_the_papers_speakers_where_its_series_names_none() -> None:
    quiet = SERIES.model_copy(update={"speakers": ()})
    assert "speakers:\n  - 編集室\n" in draft("題", "5r8w2kqd", quiet, ("編集室",))
    assert "speakers:\n  - 編集室\n" in draft("題", "5r8w2kqd", None, ("編集室",))
    assert "speakers" not in draft("題", "5r8w2kqd", quiet)

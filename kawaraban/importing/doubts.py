"""What a page does not say and an editor has to: questions by front-matter field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kawaraban.article.new import slug_proposal
from kawaraban.config import Publication
from kawaraban.errors import Language, Sentence
from kawaraban.importing.profile import Profile
from kawaraban.importing.scraped import Scraped


@dataclass(frozen=True, slots=True)
class Doubts:
    """
    Open questions in the language of the publication: those that block publishing, and those that do not.

    `sentences`: each of these texts → the question in both languages, for whoever reads another one.
    """

    must: Mapping[str, str]
    should: Mapping[str, str]
    sentences: Mapping[str, Sentence]


def spoken_in(publication: Publication) -> Language:
    """Return the language in which questions are written into a publication's articles."""
    return "ja" if publication.lang.lower().startswith("ja") else "en"


def proposed_slug(page: Scraped, article_id: str) -> str:
    """Return the slug a page gets until an editor decides."""
    return slug_proposal(page.title, article_id)


def doubts(page: Scraped, profile: Profile, publication: Publication, *, slug: str, series_file: str | None) -> Doubts:
    """Return every doubt about a page; `series_file` is the declaration made for a new series."""
    must = {"updated": _updated(page), "published": _published(page, profile), "slug": _slug(slug)}
    if profile.notice_about:
        must[profile.notice_about] = Sentence(
            ja=f"すでに{profile.notice_about}に出ているか（no: まだ、off: 出さない、またはそのURL）",
            en=f"is it on {profile.notice_about} already (no: not yet, off: not wanted, or its URL)",
        )
    should: dict[str, Sentence | None] = dict(page.questions)
    should["series"] = _series(page, series_file)
    should["authors"] = None if publication.authors else Sentence(ja="書き手が頁にない", en="the page names no author")
    for number, box in enumerate(page.sources, 1):
        should[f"source-{number}-url"] = (
            None
            if box.url
            else Sentence(ja=f"題材「{box.title}」のURLがない", en=f"the source `{box.title}` has no URL")
        )
    should |= _what_text_lacks(page)
    language = spoken_in(publication)
    said = [{key: text.said(language) for key, text in part.items() if text is not None} for part in (must, should)]
    asked = [text for text in (*must.values(), *should.values()) if text is not None]
    return Doubts(said[0], said[1], {text.said(language): text for text in asked})


def _updated(page: Scraped) -> Sentence | None:
    if "updated" not in page.dates:
        return None
    written, read = page.written["updated"], page.dates["updated"]
    if read is None:
        return Sentence(ja=f"「{written}」を日付として読めない", en=f"`{written}` can't be read as a date")
    if not read.inferred:
        return None
    return Sentence(
        ja=f"頁には「{written}」とだけあり、年がない（{read.day.year}年とした）",
        en=f"the page says `{written}` without a year (taken as {read.day.year})",
    )


def _published(page: Scraped, profile: Profile) -> Sentence:
    label = next((label for label, key in profile.dates.items() if key == "published" and label in page.kept), "")
    if label:
        return Sentence(
            ja=f"頁に「{label}:{page.kept[label]}」とあるが、時刻がない",
            en=f"the page says `{label}:{page.kept[label]}` but no time of day",
        )
    return Sentence(ja="初めて公開した日時が頁にない", en="the page does not say when it was first published")


def _slug(slug: str) -> Sentence:
    return Sentence(
        ja=f"アドレスになる語（案: {slug}）。前のアドレスがあれば aliases に書く",
        en=f"the words of the address (proposal: {slug}); a former address goes into `aliases`",
    )


def _series(page: Scraped, series_file: str | None) -> Sentence | None:
    if not page.series or series_file is None:
        return None
    return Sentence(
        ja=f"連載「{page.series}」を {series_file} に新しく宣言した（ファイル名がアドレスになる）",
        en=f"the series `{page.series}` was declared anew in {series_file} (its file name is the address)",
    )


def _what_text_lacks(page: Scraped) -> dict[str, Sentence | None]:
    text = "".join(said.words for said in page.said)
    dashes = {dash for dash in ("──", "――", "——") if dash in text}
    return {
        "description": Sentence(
            ja="60〜120字の説明がない（題材の概要は題材のもので、記事の説明にはしていない）",
            en="there is no description of 60 to 120 characters (what sums up the source was not taken for it)",
        ),
        "tags": Sentence(ja="タグがない", en="there are no tags"),
        "cover": Sentence(
            ja="画像・太字・リンクは文字だけの頁からは取り込めない", en="a text page carries no pictures, bold or links"
        ),
        "dashes": Sentence(ja="ダッシュの字種が混ざっている", en="several kinds of dashes are mixed")
        if len(dashes) > 1
        else None,
    }

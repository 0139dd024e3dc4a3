"""
The lint of one article. Codes are stable and documented in docs/check-codes.md; errors stop publishing, warnings do not.

What needs several articles is in `check_many`, what needs the ledger (a slug changed after publication) belongs to the
plan. A notice that has become untrue is no finding: it turns by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from urllib.parse import unquote

from kawaraban.article import check_body, check_posts, locating
from kawaraban.article.finding import Finding, Severity
from kawaraban.article.model import Article
from kawaraban.article.reader import references
from kawaraban.article.walk import every_inline
from kawaraban.capabilities import Capabilities
from kawaraban.config import ChannelSettings, Publication
from kawaraban.errors import Sentence, counted

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_ALIAS = re.compile(r"(?:https?://[^\s/]+)?/(?!/)\S*|[a-z0-9]+(?:-[a-z0-9]+)*")
_DASHES = ("──", "――", "——")
_HASHTAG = re.compile(r"[\w〇〜ー]{1,30}")
TITLE_LONG = 60
DESCRIPTION = range(40, 161)


def check(
    article: Article,
    publication: Publication,
    channels: Sequence[ChannelSettings],
    cannot_show: Mapping[str, Collection[str]] | None = None,
    able: Mapping[str, Capabilities] | None = None,
) -> list[Finding]:
    """
    Return everything found in one article, in the order of the lines.

    `cannot_show` maps a channel's name to the block nouns it degrades (`table`, `footnote` …), for a warning beforehand;
    `able` to what it can do.
    """
    found = [
        *article.findings,
        *_matter(article, publication, channels),
        *_title(article),
        *_pictures(article),
        *check_body.findings(article, channels),
        *check_body.lossy(article, channels, cannot_show or {}),
        *check_posts.findings(article, able or {}),
    ]
    return sorted(dict.fromkeys(found), key=lambda finding: (finding.line or 0, finding.column or 0, finding.code))


def at(
    article: Article,
    code: str,
    where: str | int | tuple[int, int],
    message: Sentence,
    *,
    severity: Severity = "error",
    remedy: Sentence | None = None,
) -> Finding:
    """Return a finding at a front-matter key (dotted), a line, or a line and column."""
    if isinstance(where, str):
        place = locating.key_place(article, where)
    else:
        place = locating.line_place(article, where) if isinstance(where, int) else where
    return Finding(code, severity, article.path, *place, message, remedy)


def _matter(article: Article, publication: Publication, channels: Sequence[ChannelSettings]) -> Iterator[Finding]:
    yield from _readiness(article)
    yield from _references(article, publication, channels)
    yield from _aliases(article)
    yield from _tags(article)
    yield from _sources(article)


def _readiness(article: Article) -> Iterator[Finding]:
    matter = article.matter
    for field, question in matter.review.must.items():
        yield at(
            article, "review-must", f"review.must.{field}",
            Sentence(ja=f"未決の疑問があります（{field}: {question}）", en=f"an open question must be settled ({field}: {question})"),
            remedy=Sentence(ja="確かめて値を直し、この行を消してください", en="settle it in the front matter and remove this line"),
        )  # fmt: skip
    for field, question in matter.review.should.items():
        yield at(
            article, "review-should", f"review.should.{field}", severity="warning",
            message=Sentence(ja=f"確かめたい点があります（{field}: {question}）", en=f"an open question ({field}: {question})"),
        )  # fmt: skip
    if matter.status == "ready" and matter.slug is None:
        yield at(
            article, "slug-missing", "status", Sentence(ja="slug がありません", en="`slug` is missing"),
            remedy=Sentence(ja="slug: に英小文字の語をハイフンでつないで書いてください",
                            en="write `slug:` as lower-case words joined by hyphens"),
        )  # fmt: skip
    if matter.status == "ready" and matter.published is None:
        yield at(
            article, "published-missing", "status", severity="warning",
            message=Sentence(ja="published がないので公開されません", en="without `published` it will not go out"),
            remedy=Sentence(ja="published: に日時を書いてください", en="write `published:` with its instant"),
        )  # fmt: skip
    if matter.embargo and matter.published and matter.embargo > matter.published:
        yield at(
            article, "embargo-after-published", "embargo",
            Sentence(ja="embargo が published より後です", en="`embargo` is later than `published`"),
            remedy=Sentence(ja="published を embargo 以降にしてください", en="move `published` to the embargo or later"),
        )  # fmt: skip
    for name, release in matter.channels.items():
        if matter.embargo and isinstance(release.at, datetime) and release.at < matter.embargo:
            yield at(
                article, "embargo-after-published", f"channels.{name}.at",
                Sentence(ja=f"{name} の at が embargo より前です", en=f"`at` of {name} is earlier than `embargo`"),
                remedy=Sentence(ja="at を embargo 以降にしてください", en="move `at` to the embargo or later"),
            )  # fmt: skip
    if matter.expires and matter.published and matter.expires <= matter.published:
        yield at(
            article, "expires-before-published", "expires",
            Sentence(ja="expires が published より前で、一度も出ません", en="`expires` is not later than `published`: it would never be out"),
            remedy=Sentence(ja="expires を published より後にするか、消してください", en="move `expires` after `published`, or remove it"),
        )  # fmt: skip
    if matter.updated and matter.published and _day(matter.updated) < _day(matter.published):
        yield at(
            article, "updated-before-published", "updated", severity="warning",
            message=Sentence(ja="updated が published より前です", en="`updated` is earlier than `published`"),
        )  # fmt: skip
    year = matter.published.year if matter.published else 1970
    if year < 1970:  # noqa: PLR2004 - feeds: zones before 1970 have seconds in their offsets
        yield at(article, "published-too-early", "published",
                 Sentence(ja="1970年より前の日時は使えません", en="instants before 1970 can't be published"))  # fmt: skip


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _references(article: Article, publication: Publication, channels: Sequence[ChannelSettings]) -> Iterator[Finding]:
    matter = article.matter
    if matter.series and publication.series_named(matter.series) is None:
        yield at(
            article, "series-unknown", "series",
            Sentence(ja=f"連載「{matter.series}」が宣言されていません", en=f"the series `{matter.series}` is not declared"),
            remedy=Sentence(ja="content/series/ に name を書いたファイルを置いてください",
                            en="put a file with `name:` into content/series/"),
        )  # fmt: skip
    names = {channel.name for channel in channels}
    for name, release in matter.channels.items():
        unknown = [other for other in (name, release.after) if other is not None and other not in names]
        for other in unknown:
            yield at(
                article, "channel-unknown", f"channels.{name}",
                Sentence(ja=f"「{other}」というチャンネルはありません", en=f"there is no channel `{other}`"),
                remedy=Sentence(ja=f"設定にあるのは: {'、'.join(sorted(names))}", en=f"configured: {', '.join(sorted(names))}"),
            )  # fmt: skip


def _aliases(article: Article) -> Iterator[Finding]:
    for index, alias in enumerate(article.matter.aliases):
        if not _ALIAS.fullmatch(alias) or ".." in alias.split("/"):
            yield at(
                article, "alias-unusable", f"aliases.{index}", severity="warning",
                message=Sentence(ja=f"前のアドレス「{alias}」からは転送できません", en=f"`{alias}` can't be redirected from"),
                remedy=Sentence(ja="/ から始まるパス、このサイトにあったURL、前の slug のどれかを書いてください",
                                en="write a path that begins with /, a URL of this site, or a former slug"),
            )  # fmt: skip


def _tags(article: Article) -> Iterator[Finding]:
    for index, tag in enumerate(article.matter.tags):
        if not _HASHTAG.fullmatch(tag):
            yield at(
                article, "hashtag-illegal", f"tags.{index}", severity="warning",
                message=Sentence(ja=f"タグ「{tag}」はハッシュタグにできません", en=f"the tag `{tag}` can't be a hashtag"),
                remedy=Sentence(ja="30字まで、空白と記号なしに", en="up to 30 characters, no spaces or signs"),
            )  # fmt: skip
    if len(article.matter.tags) > 10:  # noqa: PLR2004 - note's limit, see docs/channels/note.md
        yield at(article, "tags-many", "tags", severity="warning",
                 message=Sentence(ja="タグが10より多く、noteでは先頭の10だけになります", en="more than 10 tags; note takes the first 10"))  # fmt: skip


def _sources(article: Article) -> Iterator[Finding]:
    for index, source in enumerate(article.matter.sources):
        if not source.url:
            yield at(article, "source-without-url", f"sources.{index}", severity="warning",
                     message=Sentence(ja=f"題材「{source.title}」にURLがありません", en=f"the source `{source.title}` has no URL"))  # fmt: skip
    description = article.matter.description
    if not description:
        yield at(article, "description-missing", "title", severity="warning",
                 message=Sentence(ja="description がありません", en="`description` is missing"),
                 remedy=Sentence(ja="60〜120字で内容を書いてください", en="say in 60 to 120 characters what it is about"))  # fmt: skip
    elif len(description) not in DESCRIPTION:
        yield at(article, "description-length", "description", severity="warning",
                 message=Sentence(ja=f"description が{len(description)}字です", en=f"`description` has {counted(len(description), 'character')}"),
                 remedy=Sentence(ja="60〜120字がよい長さです", en="60 to 120 characters are a good length"))  # fmt: skip


def _title(article: Article) -> Iterator[Finding]:
    title = article.matter.title
    if BIDI.search(title):
        yield at(article, "title-bidi", "title", severity="warning",
                 message=Sentence(ja="題名に文字の向きを変える制御文字があります", en="the title holds a bidi control"),
                 remedy=Sentence(ja="出力では取り除かれます", en="it is removed in every output"))  # fmt: skip
    if _CONTROL.search(title):
        yield at(article, "title-control", "title", severity="warning",
                 message=Sentence(ja="題名に制御文字があります", en="the title holds a control character"))  # fmt: skip
    if len(title) > TITLE_LONG:
        yield at(article, "title-long", "title", severity="warning",
                 message=Sentence(ja=f"題名が{len(title)}字あります", en=f"the title has {len(title)} characters"),
                 remedy=Sentence(ja="60字までがよく、短い題は short_title に", en="60 or fewer read well; `short_title` holds a short form"))  # fmt: skip
    if re.search(r"<[A-Za-z/!]|&[A-Za-z]+;", title):
        yield at(article, "title-markup", "title", severity="warning",
                 message=Sentence(ja="題名がHTMLのように見え、一部のフィードリーダーが削ります", en="the title looks like HTML, which some readers strip"))  # fmt: skip
    yield from _dashes(article)
    if unicodedata.normalize("NFC", article.source) != article.source:
        line = next(
            number
            for number, text in enumerate(locating.lines_of(article.source), 1)
            if unicodedata.normalize("NFC", text) != text
        )
        yield at(article, "not-nfc", line, severity="warning",
                 message=Sentence(ja="NFCでない文字があります（濁点が離れているなど）", en="some characters are not in NFC"),
                 remedy=Sentence(ja="人名の字が変わることがあるので、自動では直しません。打ち直してください",
                                 en="it is not mended by itself, for names may change: type them anew"))  # fmt: skip


def _dashes(article: Article) -> Iterator[Finding]:
    """The title's kind of dash and the text's should be one (the mark before a quote's source is no text)."""
    words = [
        (article.matter.title, 0),
        *((node, line) for node, line in every_inline(article.blocks) if isinstance(node, str)),
    ]
    kinds: dict[str, tuple[int, int]] = {}
    for text, line in words:
        for dash in _DASHES:
            if dash in text and dash not in kinds:
                place = locating.words_place(article, line, dash) if line else locating.key_place(article, "title")
                kinds[dash] = place
    if len(kinds) > 1:
        yield at(article, "dash-mixed", list(kinds.values())[1], severity="warning",
                 message=Sentence(ja=f"ダッシュの字種が混ざっています（{' と '.join(kinds)}）",
                                  en=f"several kinds of dashes are mixed ({' and '.join(kinds)})"),
                 remedy=Sentence(ja="どれか一つにそろえてください", en="keep to one of them"))  # fmt: skip


def _pictures(article: Article) -> Iterator[Finding]:
    present = set(article.pictures)
    lines = check_body.picture_lines(article)
    for reference in references(article):
        if reference not in present:
            name = unquote(reference)
            yield at(
                article, "image-missing",
                locating.words_place(article, lines[reference], name, reference) if reference in lines else "cover.src",
                Sentence(ja=f"画像「{name}」が見つからないか、読めません", en=f"the picture `{name}` is missing or unreadable"),
                remedy=Sentence(ja="記事と同じフォルダーにJPEG・PNG・GIF・WebPの画像を置いてください",
                                en="put a JPEG, PNG, GIF or WebP beside the article"),
            )  # fmt: skip
    cover = article.matter.cover
    if cover is not None and not cover.alt.strip():
        yield at(article, "alt-empty", "cover", Sentence(ja="cover に alt がありません", en="the cover has no `alt`"),
                 remedy=Sentence(ja="見えない人に画像を伝える文を alt に書いてください", en="say in `alt` what the picture shows"))  # fmt: skip
    picture = article.pictures.get(cover.src) if cover else None
    if picture is not None and not 1.2 <= picture.width / max(picture.height, 1) <= 2.4:  # noqa: PLR2004 - 1.91:1 is cropped to
        yield at(article, "cover-ratio", "cover", severity="warning",
                 message=Sentence(ja=f"cover の縦横比が {picture.width}:{picture.height} です", en=f"the cover is {picture.width}:{picture.height}"),
                 remedy=Sentence(ja="1.91:1（1280×670など）に近い画像が切れずに出ます", en="about 1.91:1 (such as 1280×670) is shown whole"))  # fmt: skip

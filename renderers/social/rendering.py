"""render: what is announced. Pure; the parts stand on lines of their own, so that no sign sticks to the link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from kawaraban import address
from kawaraban.article import locating
from kawaraban.article.model import Article
from kawaraban.capabilities import Capabilities
from kawaraban.config import ChannelSettings, Publication, ReleaseSettings, resolve
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.variant import Asset, Card, Head, Loss, Part, PublicFacts, Variant
from renderers.carried import carried
from renderers.head import head_of, one_line
from renderers.pictures import site_asset
from renderers.social.composing import Composed, TooLongError, Wording, composed
from renderers.social.pictures import Chosen, chosen
from renderers.social.words import hashtag, hashtags, marked

_NO_LIMITS = Capabilities()
_SHOWN = 40


def render(
    article: Article,
    publication: Publication,
    channel: ChannelSettings,
    facts: PublicFacts,
    able: Capabilities = _NO_LIMITS,
) -> Variant:
    """
    Return the announcement: `body` and `text` are the same plain text (NFC).

    First the channel's own `text`, else the title; then the link; then the hashtags, each on lines of their own. Where the
    channel counts (`able.text`), it is divided into `parts` that fit, with a `card` or pictures as it takes them; raises
    WrongInput where it does not fit, or a picture is missing or has no alt text.
    """
    release = _release(article, publication, channel)
    blocks = carried(article.blocks, channel, publication, facts)
    names = article.matter.tags if release.hashtags is None else release.hashtags
    tags = hashtags(names)
    title = one_line(release.title or article.matter.title)
    cover = _cover(article)
    head = head_of(article, publication, facts, blocks, release=release, assets=cover)
    head = head.model_copy(update={"hashtags": tags, "contents": (), "characters": 0, "lead": ""})
    losses = (_NOT_THE_TEXT, *(_no_tag(name) for name in names if not hashtag(name)))
    plain = Variant(article=article.id, channel=channel.name, title=title, body="", text="", head=head, losses=losses)
    if able.text is None:
        words = unicodedata.normalize("NFC", "\n".join(_lines(release.text or title, _link(head), tags)))
        return plain.model_copy(update={"body": words, "text": words, "assets": tuple(cover.values())})
    try:
        said = composed(_wording(release, title, head, tags, able), able, able.text)
    except TooLongError as error:
        raise _too_long(article, channel, error) from error
    return _divided(plain, said, chosen(article, blocks, able), able)


def _wording(release: ReleaseSettings, title: str, head: Head, tags: tuple[str, ...], able: Capabilities) -> Wording:
    words = marked(release.text or "") if release.text else marked(title)
    link = "" if able.attaches == "card" else address.encoded(_link(head))
    return Wording(words if words.text else marked(title), bool(release.text), link, tags)


def _divided(plain: Variant, said: Composed, pictures: Chosen, able: Capabilities) -> Variant:
    """Return the announcement in posts: the first one carries what can be carried only once."""
    names = tuple(asset.name for asset in pictures.posted)
    parts: list[Part] = [post.part(names if number == 0 else ()) for number, post in enumerate(said.posts)]
    words = "\n\n".join(part.text for part in parts)
    head = plain.head
    card = pictures.card
    box = Card(
        url=address.encoded(_link(head)),
        title=plain.title,
        description=head.description,
        picture=card.name if card else "",
    )
    dropped = (_no_room(tag) for tag in said.dropped)
    return plain.model_copy(
        update={
            "body": words,
            "text": words,
            "assets": pictures.posted + ((card,) if card else ()),
            "parts": tuple(parts),
            "card": box if able.attaches == "card" else None,
            "head": head.model_copy(
                update={
                    "hashtags": tuple(tag for tag in head.hashtags if tag not in said.dropped),
                    "cover": card.name if card else names[0] if names else "",
                }
            ),
            "losses": (*plain.losses, *dropped, *pictures.losses),
        }
    )


def _release(article: Article, publication: Publication, channel: ChannelSettings) -> ReleaseSettings:
    series = publication.series_named(article.matter.series) if article.matter.series else None
    of_series = series.channels.get(channel.name) if series else None
    return resolve(channel.release, of_series, article.matter.channels.get(channel.name)).values


def _cover(article: Article) -> dict[str, Asset]:
    cover = article.matter.cover
    picture = article.pictures.get(cover.src) if cover else None
    if cover is None or picture is None:
        return {}
    return {cover.src: site_asset(picture, alt=cover.alt, caption=cover.caption, credit=cover.credit)}


def _link(head: Head) -> str:
    return head.canonical_url or head.url


def _lines(words: str, link: str, tags: Iterable[str]) -> Iterator[str]:
    yield from (line.rstrip() for line in words.strip().splitlines())
    yield address.encoded(link)
    if tags:
        yield " ".join(f"#{tag}" for tag in tags)


_NOT_THE_TEXT = Loss(
    code="whole-text",
    what_ja="本文は載らず、投稿の文とリンクだけが出ます。",
    what_en="the article's text is not carried: the post's words and its link stand for it.",
)


def _no_tag(name: str) -> Loss:
    return Loss(
        code="hashtag",
        what_ja=f"「{name}」はハッシュタグにできません。",
        what_en=f"`{name}` can't be a hashtag.",
        text=name,
    )


def _no_room(tag: str) -> Loss:
    return Loss(
        code="hashtag",
        what_ja=f"「#{tag}」は入りきらないので付きません。",
        what_en=f"there is no room for `#{tag}`.",
        text=tag,
    )


def _too_long(article: Article, channel: ChannelSettings, error: TooLongError) -> WrongInput:
    key = f"channels.{channel.name}.text"
    release = article.matter.channels.get(channel.name)
    line, column = locating.key_place(article, key if release and release.text else "title")
    ja, en = (f"{error.size}／{error.limit}", f"{error.size} of {error.limit}")
    if error.in_bytes:
        ja, en = (f"{ja}バイト", f"{en} bytes")
    stuck = error.stuck if len(error.stuck) <= _SHOWN else f"{error.stuck[:_SHOWN]}…"
    what = Sentence(ja=f"{channel.name}：長すぎます（{ja}）", en=f"{channel.name}: too long: {en}")
    if stuck:
        what = Sentence(
            ja=f"{channel.name}：「{stuck}」は分けられず、一つの投稿に入りません（{ja}）",
            en=f"{channel.name}: `{stuck}` can't be divided and is too long for one post: {en}",
        )
    return WrongInput(
        what,
        place=Place(article.path, line, column),
        remedy=Sentence(
            ja=f"リンクとハッシュタグを入れて上限に収まる文を、channels.{channel.name}.text に書いてください",
            en=f"write a `channels.{channel.name}.text` that fits together with link and hashtags",
        ),
    )

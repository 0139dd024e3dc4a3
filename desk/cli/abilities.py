"""What a channel's server said when it was asked: who we are, what it takes, until when; in words and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from desk.cli.documents import Document
from desk.cli.words import iso
from flows.stages.probing import Tried
from kawaraban.capabilities import Capabilities
from kawaraban.counting import Measure, Unit
from kawaraban.errors import Language, Sentence, counted

_UNITS: tuple[tuple[Unit, Sentence], ...] = (
    ("graphemes", Sentence(ja="文字", en="graphemes")),
    ("weighted", Sentence(ja="（Xの数え方。和文は1字2）", en="as X counts (a Japanese letter is 2)")),
    ("utf16", Sentence(ja="（UTF-16の単位）", en="UTF-16 units")),
    ("code points", Sentence(ja="字", en="code points")),
    ("bytes", Sentence(ja="バイト", en="bytes")),
)
_EDIT = Sentence(ja="書き換え", en="changed")
_REMOVE = Sentence(ja="取り下げ", en="taken down")
_READ = Sentence(ja="読み返し", en="read back")


def sentences(one: Tried, zone: ZoneInfo, now: datetime) -> Iterator[Sentence]:
    """Yield what there is to say of a channel that was asked, line by line; the first names it."""
    name, done = one.channel, one.probed
    if done.trouble is not None:
        yield Sentence(ja=f"✖ {name}: {done.trouble.ja}", en=f"✖ {name}: {done.trouble.en}")
        if done.remedy is not None:
            yield Sentence(ja=f"  → {done.remedy.ja}", en=f"  → {done.remedy.en}")
    elif done.said is None:
        yield Sentence(
            ja=f"– {name}: 出さずに確かめられるのは設定だけです。設定は使えます",
            en=f"– {name}: without posting only its settings can be tried; they can be used",
        )
    if done.said is not None:
        sign = "✖" if done.trouble is not None else "●"
        known, server = done.said.shown or done.said.account, done.said.server
        yield Sentence(
            ja=f"{sign} {name}: {known or '（名乗らない相手）'}{f' として、{server} に' if server else ''}",
            en=f"{sign} {name}: as {known or '(it does not say)'}{f' at {server}' if server else ''}",
        )
    if done.said is not None or done.trouble is None:
        yield from (Sentence(ja=f"  {line.ja}", en=f"  {line.en}") for line in _abilities(one.able))
    yield from _endings(one, zone, now)


def document(one: Tried, language: Language, zone: ZoneInfo) -> Document:
    """Return the same for programs."""
    done, able = one.probed, one.able
    said, text = done.said, able.text
    return {
        "name": one.channel,
        "ok": one.fine,
        "account": said.account if said else None,
        "shown": said.shown if said else None,
        "server": said.server if said else None,
        "learnt": dict(said.learnt) if said else {},
        "expires": iso(one.ends, zone),
        "held": one.held.said(language) if one.held else None,
        "trouble": done.trouble.said(language) if done.trouble else None,
        "remedy": done.remedy.said(language) if done.remedy else None,
        "text": {"unit": text.unit, "limit": text.limit, "max_bytes": text.max_bytes, "link": text.link}
        if text
        else None,
        "threads": able.threads,
        "pictures": _pictures(able),
        "edits": able.edits,
        "withdraws": able.withdraws,
        "reads": able.reads,
    }


def _pictures(able: Capabilities) -> Document | None:
    own = able.pictures
    if own is None:
        return None
    return {
        "count": own.count,
        "media_types": sorted(own.media_types),
        "max_bytes": own.max_bytes,
        "max_pixels": own.max_pixels,
        "alt": own.alt,
    }


def _abilities(able: Capabilities) -> Iterator[Sentence]:
    if able.text is not None:
        yield _length(able.text, threads=able.threads)
    if able.pictures is not None:
        own = able.pictures
        large = f"{own.max_bytes:,}" if own.max_bytes else ""
        yield Sentence(
            ja=f"画像は{own.count}枚まで{f'、一枚{large}バイトまで' if large else ''}",
            en=f"up to {counted(own.count, 'picture')}{f' of {large} bytes each' if large else ''}",
        )
    lacking = [said for said, has in ((_EDIT, able.edits), (_REMOVE, able.withdraws), (_READ, able.reads)) if not has]
    if lacking:
        ja, en = "、".join(one.ja for one in lacking), ", ".join(one.en for one in lacking)
        yield Sentence(ja=f"ここでできないこと: {ja}", en=f"what goes there can't be {en}")


def _length(text: Measure, *, threads: bool) -> Sentence:
    unit = dict(_UNITS)[text.unit]
    link_ja = f"、リンクは{text.link}" if text.link is not None else ""
    link_en = f", a link counts {text.link}" if text.link is not None else ""
    more_ja, more_en = ("、長ければ連投", ", longer ones become a thread") if threads else ("", "")
    return Sentence(
        ja=f"一つの投稿は{text.limit:,}{unit.ja}まで{link_ja}{more_ja}",
        en=f"a post has up to {text.limit:,} {unit.en}{link_en}{more_en}",
    )


def until(ends: datetime, zone: ZoneInfo, now: datetime) -> Sentence:
    """Return until when our credentials are good, or since when they are not."""
    day = f"{ends.astimezone(zone):%Y-%m-%d}"
    if ends <= now:
        return Sentence(ja=f"資格情報は {day} に切れました", en=f"what we log in with ended on {day}")
    return Sentence(ja=f"資格情報は {day} に切れます", en=f"what we log in with ends on {day}")


def _endings(one: Tried, zone: ZoneInfo, now: datetime) -> Iterator[Sentence]:
    if one.ends is not None:
        said = until(one.ends, zone, now)
        yield Sentence(ja=f"  {said.ja}", en=f"  {said.en}")
    if one.held is not None:
        command = f"kawaraban resume --channel {one.channel}"
        yield Sentence(
            ja=f"  止めてあります（{one.held.ja}）\n  → {command}", en=f"  held ({one.held.en})\n  → {command}"
        )

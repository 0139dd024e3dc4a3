"""The sentences of a plan: why something happens, or doesn't, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from kawaraban.delivery import JAPANESE, Word
from kawaraban.errors import Sentence


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant on the newsroom's clock: `2024-11-05 07:00`."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


# --- what is done ---

NEW = Sentence(ja="まだ出ていません", en="not there yet")
CHANGED = Sentence(ja="記事が変わりました", en="the article changed")
SAME_WORDS = Sentence(
    ja="言葉は同じで、リンクや書式が変わりました", en="the words are the same; links or markup changed"
)
PROGRAM = Sentence(
    ja="記事は同じで、見せ方（プログラム・設定・ほかのチャンネルの公開）が変わりました",
    en="the article is the same; the program, the settings or what is live elsewhere changed",
)
ROLLED_BACK = Sentence(ja="前の版に戻します", en="goes back to an earlier text")
AGAIN = Sentence(ja="取り下げたものを、もう一度出します", en="was withdrawn, and goes out again")
TRY_AGAIN = Sentence(ja="前回できなかったので、もう一度試します", en="failed before, and is tried again")
ASK_FIRST = Sentence(
    ja="前回の返事がありません。届いているか確かめてから出します",
    en="an earlier try was never answered: the channel is asked before anything is sent",
)
GOES_ON = Sentence(
    ja="連投が途中で止まっています。続きから出します", en="a thread was stopped half-way: it goes on where it stopped"
)
WITHDRAWN_BY_EDITOR = Sentence(ja="記事が取り下げられました", en="the article is withdrawn")
WITHDRAWN_HERE = Sentence(ja="ここからは取り下げます", en="withdrawn from here only")
PUT_BACK = Sentence(
    ja="外で書き換えられたものを、出したとおりに戻します", en="was changed there, and is put back as it was sent"
)
EXPIRED = Sentence(ja="公開の期限が過ぎました", en="the article has expired")

# --- what is left as it is ---

UNCHANGED = Sentence(ja="公開済みで、変わりはありません", en="live, and nothing changed")
PINNED = Sentence(
    ja="前の版のまま留めてあります（記事を直すと外れます）",
    en="held at an earlier text until the article changes",
)
OFF = Sentence(ja="この記事はここには出しません", en="this article does not go there")
BEFORE = Sentence(
    ja="この出す先より前の記事なので、ひとりでには出しません（チャンネルと合わせて名指しすると出ます）",
    en="older than this channel, so it does not go there by itself (it does when article and channel are named)",
)
DRAFT = Sentence(ja="下書きです", en="a draft")
REVIEW = Sentence(ja="校閲中です", en="in review")
ARCHIVED = Sentence(ja="しまった記事です", en="archived")
EDITED_AS_DRAFT = Sentence(
    ja="公開済みですが ready でないので、直したところは待っています",
    en="live, but no longer ready: its edits wait",
)
IN_THE_AIR = Sentence(ja="いま送っています", en="being sent at this moment")
SCHEDULED_AND_GONE = Sentence(
    ja="予定がありますが、記事のファイルが見つかりません", en="it is scheduled, and its file is gone"
)
GONE = Sentence(
    ja="記事のファイルが見つかりません。公開したものはそのまま残します",
    en="the article's file is gone; what is live stays",
)
WITHDRAWN = Sentence(ja="取り下げ済みです", en="withdrawn")
FOR_GOOD = Sentence(
    ja="記事は取り下げられましたが、ここに送ったものは取り消せません",
    en="the article is withdrawn, but what was sent there can't be taken back",
)
HANDED_OVER = Sentence(
    ja="一式はできています。人が出すのを待っています", en="the package is ready and waits for a person"
)
WAITS_FOR_REMOVAL = Sentence(ja="人が消すのを待っています", en="waits for a person to remove it")
NEVER_UPDATED = Sentence(ja="ここでは直しを出さない設定です", en="edits never go there (update: never)")
ASKED_ONLY = Sentence(ja="変更があります。名指しのときだけ出します", en="changed; goes out when it is named")
PROGRAM_ONLY = Sentence(
    ja="記事は同じで見せ方だけが変わりました。出したままにします",
    en="only the program or settings changed; what is there stays",
)
NOT_THERE = Sentence(ja="出したものが、そこにありません", en="what was published there is gone")
CANNOT_EDIT = Sentence(ja="ここでは出したあとに直せません", en="what is posted there can't be changed")


def scheduled(at: datetime, zone: ZoneInfo, *, known: bool) -> Sentence:
    """It is for later."""
    about_ja, about_en = ("", "at") if known else ("ごろ", "about")
    return Sentence(ja=f"{clock(at, zone)}{about_ja}に出ます", en=f"goes out {about_en} {clock(at, zone)}")


def waits_for(channel: str) -> Sentence:
    """Another channel must be live first."""
    return Sentence(ja=f"{channel} の公開を待っています", en=f"waits until {channel} is live")


def waits_for_article(title: str, channel: str) -> Sentence:
    """Another article must be live there first."""
    return Sentence(
        ja=f"「{title}」が {channel} に出るのを待っています", en=f"waits until `{title}` is live on {channel}"
    )


def next_try(at: datetime, zone: ZoneInfo) -> Sentence:
    """The back-off has not ended."""
    return Sentence(ja=f"{clock(at, zone)} にもう一度試します", en=f"is tried again at {clock(at, zone)}")


def failed(error: Sentence | None) -> Sentence:
    """The channel refused it."""
    ja, en = (f": {error.ja}", f": {error.en}") if error else ("", "")
    return Sentence(ja=f"前回断られました{ja}", en=f"was refused{en}")


def overdue(since: datetime, zone: ZoneInfo) -> Sentence:
    """Too late for this channel."""
    return Sentence(
        ja=f"{clock(since, zone)} を過ぎたので、ひとりでには出しません",
        en=f"too late since {clock(since, zone)}: it does not go out by itself",
    )


def on_hold(why: Sentence) -> Sentence:
    """A hold covers it."""
    return Sentence(
        ja=f"保留中です{f'（{why.ja}）' if why.ja else ''}", en=f"on hold{f' ({why.en})' if why.en else ''}"
    )


# --- what blocks, and the remedies ---

UNSURE = Sentence(
    ja="届いたかどうか分かりません。ここには問い合わせられません",
    en="it may have arrived, and this channel can't be asked",
)
NO_TIME = Sentence(ja="公開日時（published）がありません", en="it has no `published`")
NOT_RENDERED = Sentence(ja="このチャンネル向けに組めませんでした", en="it could not be rendered for this channel")


def doubts(fields: Collection[str]) -> Sentence:
    """The import left questions that must be answered."""
    names = ", ".join(fields)
    return Sentence(ja=f"確かめることが残っています: {names}", en=f"questions are open: {names}")


def moved(old: str, new: str) -> Sentence:
    """The slug changed after publication."""
    return Sentence(
        ja=f"公開後に slug が {old} から {new} に変わりました", en=f"its slug was {old} when it went out, now {new}"
    )


def taken(slug: str, title: str) -> Sentence:
    """Another article is public there."""
    return Sentence(
        ja=f"slug「{slug}」には「{title}」が公開されています", en=f"`{title}` is public under the slug `{slug}`"
    )


def first_stopped(title: str, word: Word) -> Sentence:
    """The article that must go first does not."""
    return Sentence(
        ja=f"先に出す「{title}」がまだ出ていません（{JAPANESE[word]}）",
        en=f"`{title}` must go first, and has not ({word.value})",
    )


def unreadable(what: Sentence) -> Sentence:
    """The file of a scheduled article gives no article."""
    return Sentence(
        ja=f"予定がありますが、記事を読めません: {what.ja}", en=f"it is scheduled, and can't be read: {what.en}"
    )


def lost(titles: Collection[str]) -> Sentence:
    """Too many articles vanished."""
    names = "、".join(titles)
    return Sentence(
        ja=f"公開済みの記事が {len(titles)} 本見つかりません: {names}",
        en=f"{len(titles)} live articles are gone from the library: {', '.join(titles)}",
    )


def set_ready(article: str) -> Sentence:
    """Remedy for a draft."""
    return Sentence(ja=f"{article} の status を ready にしてください", en=f"set `status: ready` in {article}")


def schedule(article: str) -> Sentence:
    """Remedy for a missing time."""
    return Sentence(
        ja=f"kawaraban schedule {article} --at now（または published: を書いてください）",
        en=f"kawaraban schedule {article} --at now (or write `published:`)",
    )


def look_at(article: str) -> Sentence:
    """Remedy where another article must go first."""
    return Sentence(
        ja=f"kawaraban status {article} で見て先に出すか、after_article を消してください",
        en=f"see `kawaraban status {article}` and let it go first, or remove `after_article`",
    )


def hold_or_mend(article: str) -> Sentence:
    """Remedy for a scheduled article whose file can't be read."""
    return Sentence(
        ja=f"ファイルを直すか戻してください。出さないなら kawaraban hold {article}",
        en=f"mend the file or bring it back; if it is not to go out: kawaraban hold {article}",
    )


def check(article: str) -> Sentence:
    """Remedy for what could not be rendered."""
    return Sentence(ja=f"kawaraban check {article}", en=f"kawaraban check {article}")


def settle(article: str, channel: str) -> Sentence:
    """Remedy for unsure."""
    command = f"kawaraban settle {article} {channel} --arrived [URL] | --not-arrived"
    return Sentence(ja=f"見て確かめてから {command}", en=f"look there, then: {command}")


def settle_as_it_is(article: str, channel: str) -> Sentence:
    """Remedy for a change that can't be made."""
    command = f"kawaraban settle {article} {channel} --as-it-is"
    return Sentence(ja=command, en=command)


def record(article: str, channel: str) -> Sentence:
    """Remedy for what a person must post."""
    command = f"kawaraban record {article} {channel} URL"
    return Sentence(ja=f"出したら {command}", en=f"when it is posted: {command}")


def removed(article: str, channel: str) -> Sentence:
    """Remedy for what a person must remove."""
    command = f"kawaraban settle {article} {channel} --arrived"
    return Sentence(ja=f"消したら {command}", en=f"when it is removed: {command}")


def publish(article: str, channel: str, option: str = "") -> Sentence:
    """Remedy: name it."""
    command = f"kawaraban publish {article} --channel {channel}{option and ' ' + option}"
    return Sentence(ja=command, en=command)


def withdraw(article: str, channel: str) -> Sentence:
    """Remedy for a removal that was refused: name it."""
    command = f"kawaraban withdraw {article} --channel {channel}"
    return Sentence(ja=command, en=command)


def resume(scope: str) -> Sentence:
    """Remedy for a hold of the ledger."""
    return Sentence(ja=f"kawaraban resume {scope}", en=f"kawaraban resume {scope}")


def drop_hold(channel: str) -> Sentence:
    """Remedy for a hold written in the article."""
    return Sentence(
        ja=f"記事の channels.{channel}.hold を消してください", en=f"remove `channels.{channel}.hold` from the article"
    )


def answer(fields: Collection[str]) -> Sentence:
    """Remedy for open questions."""
    lines = ", ".join(f"review.must.{name}" for name in fields)
    return Sentence(ja=f"確かめたら {lines} の行を消してください", en=f"answer them and remove {lines}")


def keep_alias(old: str) -> Sentence:
    """Remedy for a moved slug."""
    return Sentence(
        ja=f"aliases に {old} を足す（転送されます）か、slug を {old} に戻してください",
        en=f"add {old} to `aliases` (it will redirect), or set the slug back to {old}",
    )


def drop_withdrawn(article: str) -> Sentence:
    """Remedy for `--again` while the file still says withdrawn or expired."""
    return Sentence(
        ja=f"{article} の withdrawn / expires を消してください", en=f"remove `withdrawn` or `expires` from {article}"
    )


CHANGE_SLUG = Sentence(
    ja="この記事の slug（と aliases）を別の名前にしてください", en="give this article another slug (and other aliases)"
)
BRING_BACK = Sentence(
    ja="content/ が正しい場所にあるか、控えから戻せるか確かめてください",
    en="check that content/ is the right folder, or bring the files back",
)

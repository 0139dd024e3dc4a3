"""
Rolling back: an earlier text of an article, as it was live, put in place of the present one until the file changes again.

The text comes from the ledger's store of variants and its pictures from the asset store; nothing is rendered anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.compose import House
from flows.stages.ending import Publish, plainly
from flows.stages.values import Progress, PublishRequest, Result, unwatched
from kawaraban.article.model import Article
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Delivery
from kawaraban.errors import Blocked, KawarabanError, Place, Sentence, WrongInput
from kawaraban.ledger import Stood
from kawaraban.plan import DiffLine, reasons
from kawaraban.plan.diffing import diff
from kawaraban.variant import Variant


@dataclass(frozen=True, slots=True)
class Choice:
    """An earlier text for one channel: when it stood there, and how it differs from what is live. `now`: it is live."""

    channel: str
    variant: Variant
    since: datetime
    until: datetime | None
    diff: tuple[DiffLine, ...] = ()
    now: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    """A channel that keeps what it has, and why."""

    channel: str
    why: Sentence


@dataclass(frozen=True, slots=True)
class Selected:
    """What a rollback would publish, before it does."""

    article: Article
    choices: tuple[Choice, ...]
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What became of it: a result for each channel where something had to be done, and what could not go out, with why."""

    selected: Selected
    results: tuple[Result, ...]
    blocked: tuple[Passed, ...]
    failed: bool


def select(house: House, name: str, to: datetime | str, channels: Sequence[str] = ()) -> Selected:
    """
    Return the earlier texts that `to` names: an instant, or the beginning of a digest of a text that was live.

    A digest names the text of one channel; the others get what stood there at its last moment. Raises WrongInput for what
    was never live, or is meant by more than one; Blocked where its pictures can't be had or its address was another.
    """
    settings = [house.channel_settings(one) for one in channels] or list(house.settings.channels)
    article = house.library.find(name)
    stood = house.ledger.stood(article.id)
    found = _Finding(house, article, stood, explicit=bool(channels)).all(to, settings)
    choices = tuple(one for one in found if isinstance(one, Choice))
    passed = tuple(one for one in found if isinstance(one, Passed))
    if not choices:
        raise WrongInput(passed[0].why if passed else _never(article), remedy=_history(article))
    return Selected(article, choices, passed)


def roll_back(
    house: House, selected: Selected, *, now: datetime, progress: Progress = unwatched, publish: Publish = plainly
) -> RolledBack:
    """Pin the chosen texts against the file as it is now, then publish them as everything is published."""
    article = selected.article
    for one in selected.choices:
        house.ledger.pin(
            article.id, one.channel, one.variant.digest, against=article.digest, now=now, who=house.who,
            why=f"rollback to {one.variant.digest[:12]}",
        )  # fmt: skip
    names = tuple(one.channel for one in selected.choices)
    published = publish(house, PublishRequest((article.id,), names), progress, now)
    results = tuple(one for one in published.results if one.article == article.id)
    blocked = tuple(Passed(one.channel, one.reason) for one in published.plan.blocked if one.channel in names)
    return RolledBack(selected, results, blocked, published.failed)


@dataclass(frozen=True)
class _Finding:
    """Looks for the texts. `explicit`: the channels were named, so that one without such a text is an error."""

    house: House
    article: Article
    stood: Sequence[Stood]
    explicit: bool

    def all(self, to: datetime | str, channels: Sequence[ChannelSettings]) -> list[Choice | Passed]:
        at, exact = (to, None) if isinstance(to, datetime) else self._moment_of(to, channels)
        rows = {row.channel: row for row in self.house.ledger.deliveries([self.article.id])}
        return [self._one(one, rows.get(one.name), at, exact) for one in channels]

    def _moment_of(self, prefix: str, channels: Sequence[ChannelSettings]) -> tuple[datetime, Stood]:
        """Return the last moment of the text that a digest names."""
        names = {one.name for one in channels}
        meant = [one for one in self.stood if one.digest.startswith(prefix.lower())]
        if len({one.digest for one in meant}) > 1:
            raise _several(prefix, meant)
        here = [one for one in meant if one.channel in names]
        if not here:
            raise self._unknown(prefix, meant)
        last = here[-1]
        return (last.until - timedelta(microseconds=1) if last.until else self.house.clock()), last

    def _one(
        self, settings: ChannelSettings, row: Delivery | None, at: datetime, exact: Stood | None
    ) -> Choice | Passed:
        name = settings.name
        if row is None or not row.public or row.live_digest is None:
            return self._pass(name, _only_packed(name) if row and row.handed_over else _not_live(name))
        if not self.house.capabilities(settings).edits:
            return self._pass(name, reasons.CANNOT_EDIT)
        there = [one for one in self.stood if one.channel == name and one.since <= at]
        last = there[-1] if there else None
        if last is None or (last.until is not None and last.until <= at):
            return self._pass(name, _not_there_then(name))
        if exact is not None and exact.channel == name:
            last = exact
        variant = self.house.ledger.variant(last.digest, name)
        if variant is None:
            return self._pass(name, _not_kept(name))
        live = self.house.ledger.variant(row.live_digest, name)
        self._refuse(variant, live)
        lines = diff(live, variant) if live is not None else ()
        return Choice(name, variant, last.since, last.until, lines, now=last.digest == row.live_digest)

    def _pass(self, channel: str, why: Sentence) -> Passed:
        if self.explicit:
            raise WrongInput(why, remedy=_history(self.article))
        return Passed(channel, why)

    def _refuse(self, variant: Variant, live: Variant | None) -> None:
        """Nothing goes out without its pictures, and no address that readers have is lost."""
        try:
            for asset in variant.assets:
                self.house.assets.bytes_of(asset)
        except KawarabanError as error:
            raise _no_picture(error, variant) from error
        if live is not None and live.head.slug not in {variant.head.slug, *map(_last, variant.head.aliases)}:
            raise Blocked(
                reasons.moved(variant.head.slug, live.head.slug),
                remedy=Sentence(
                    ja="記事を直して公開してください（前のアドレスの版には戻せません）",
                    en="edit the article and publish it; a text that had another address can't be put back",
                ),
            )

    def _unknown(self, prefix: str, meant: Iterable[Stood]) -> WrongInput:
        there = sorted({one.channel for one in meant})
        if there:
            what = Sentence(
                ja=f"{prefix} は {'、'.join(there)} に出ていた文です", en=f"{prefix} was live on {', '.join(there)}"
            )
            remedy = Sentence(ja="--channel を見直してください", en="look at --channel again")
            return WrongInput(what, remedy=remedy)
        return WrongInput(
            Sentence(
                ja=f"{prefix} で始まる文は、この記事では公開されたことがありません",
                en=f"no text of this article that begins with {prefix} was ever live",
            ),
            remedy=_history(self.article),
        )


def _last(alias: str) -> str:
    return alias.strip("/").rpartition("/")[2]


def _several(prefix: str, meant: Sequence[Stood]) -> WrongInput:
    names = "、".join(sorted({one.digest[:16] for one in meant}))
    return WrongInput(
        Sentence(ja=f"{prefix} で始まる文がいくつもあります", en=f"more than one text begins with {prefix}"),
        remedy=Sentence(ja=f"もっと長く書いてください: {names}", en=f"write more of it: {names}"),
    )


def _no_picture(error: KawarabanError, variant: Variant) -> Blocked:
    return Blocked(
        Sentence(
            ja=f"そのときの画像がもうありません（{variant.channel}）: {error.what.ja}",
            en=f"a picture of that text can't be had any more ({variant.channel}): {error.what.en}",
        ),
        place=error.place if isinstance(error.place, Place) else None,
        remedy=Sentence(
            ja="その画像を控えから content/ か .kawaraban/assets/ に戻してください",
            en="bring the picture back into content/ or .kawaraban/assets/",
        ),
    )


def _never(article: Article) -> Sentence:
    title = article.matter.title
    return Sentence(ja=f"「{title}」はどこにも出ていません", en=f"`{title}` is live nowhere")


def _history(article: Article) -> Sentence:
    command = f"kawaraban log {article.id}"
    return Sentence(ja=f"{command} で経過を見てください", en=f"see `{command}` for its history")


def _not_live(channel: str) -> Sentence:
    return Sentence(ja=f"いま {channel} には出ていません", en=f"it is not live on {channel} now")


def _only_packed(channel: str) -> Sentence:
    return Sentence(
        ja=f"まだ {channel} には出ていません。貼る一式は、いまの原稿のままです（出す前に原稿を直してください）",
        en=f"it is not live on {channel} yet, and its package has the article as it is now: mend the article before posting",
    )


def _not_there_then(channel: str) -> Sentence:
    return Sentence(ja=f"そのときは {channel} に出ていませんでした", en=f"it was not live on {channel} then")


def _not_kept(channel: str) -> Sentence:
    return Sentence(
        ja=f"{channel} のそのときの文が台帳に残っていません", en=f"the ledger has not kept that text of {channel}"
    )

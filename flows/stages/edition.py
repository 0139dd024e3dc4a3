"""A site with its feeds, written once: the one write settles every delivery that is in it, with one receipt."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from flows.compose import House
from flows.stages.deed import Try, broken, result_of
from flows.stages.planning import Planned
from flows.stages.tombstones import Tombstones
from flows.stages.turns import following, unheld
from flows.stages.values import Progress, Result, Step, Trouble, unwatched
from kawaraban import address
from kawaraban.channels.protocol import EditionChannel
from kawaraban.config import ChannelSettings
from kawaraban.delivery import ActionKind, Receipt
from kawaraban.edition import EditionFile, Gone, LiveArticle, Stage, edition_digest
from kawaraban.errors import KawarabanError, Sentence, advised
from kawaraban.ledger import Answer, Claim, owner
from kawaraban.plan import Action
from renderers import feed as feed_renderer
from renderers import site as site_renderer

LEASE = timedelta(minutes=30)
_LOG = logging.getLogger(__name__)

Live = dict[str, dict[str, LiveArticle]]
"""Channel → article → what stands there."""


@dataclass(frozen=True, slots=True)
class EditionGroup:
    """One site channel and the feed channels that are written with it."""

    site: ChannelSettings
    feeds: tuple[ChannelSettings, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The configured names, the site first."""
        return (self.site.name, *(feed.name for feed in self.feeds))


@dataclass
class Edited:
    """How the writing of an edition ended: each action, and whether anything but articles moved."""

    results: list[Result] = field(default_factory=list)
    furniture: bool = False
    troubles: list[Trouble] = field(default_factory=list)


def groups(house: House) -> list[EditionGroup]:
    """Return the editions there are, in the order of the settings."""
    return [EditionGroup(house.channel_settings(name), feeds) for name, feeds in house.sites.items()]


def files_of(
    house: House,
    group: EditionGroup,
    live: Mapping[str, Mapping[str, LiveArticle]],
    gone: Sequence[Gone] = (),
) -> list[EditionFile]:
    """
    Return the edition's files, with a tombstone for what is `gone`; raises WrongInput for a theme that can't be used.

    A feed carries only what has its page on the site: an item whose page was taken down alone would link to nothing.
    """
    theme = house.setting(group.site.name, "theme")
    folder: Path | None = house.root / theme if theme else None
    shown = list(live.get(group.site.name, {}).values())
    files = list(
        site_renderer.edition(
            house.publication,
            group.site,
            shown,
            feeds=group.feeds,
            bytes_of=house.assets.bytes_of,
            theme=folder,
            gone=gone,
        )
    )
    for feed in group.feeds:
        linked = [one for article, one in live.get(feed.name, {}).items() if article in live.get(group.site.name, {})]
        files += feed_renderer.edition(house.publication, feed, linked)
        files += _pictures(house, linked, {file.path for file in files})
    return files


def _pictures(house: House, linked: Sequence[LiveArticle], there: Container[str]) -> Iterator[EditionFile]:
    """Yield the pictures that only a feed still shows: its item is held back and the page already has another one."""
    for one in linked:
        for asset in one.variant.assets:
            path = unquote(address.article_asset(one.variant.head.slug, asset.name)).lstrip("/")
            if path not in there:
                yield EditionFile(path, Stage.ASSETS, asset.digest, partial(house.assets.bytes_of, asset))


def recorded_live(house: House, group: EditionGroup) -> Live:
    """Return what the ledger says is live on each channel of the group."""
    return {
        name: {
            row.article: LiveArticle(variant, row.first_live or row.last_live or house.clock(), variant.head.archived)
            for row, variant in house.ledger.live_variants(name)
        }
        for name in group.names
    }


@dataclass
class Editing:
    """
    One write of an edition.

    Intents are committed before the first file is written, the receipt after the last. `now` is the instant at which
    everything in it became public: it stands in the receipt and in the lists alike, so that the next edition is equal.
    """

    house: House
    group: EditionGroup
    planned: Planned
    now: datetime
    run: str | None = None
    progress: Progress = unwatched
    edited: Edited = field(default_factory=Edited)

    def write(self, actions: Sequence[Action]) -> Edited:
        """
        Write the site with its feeds, and settle these actions.

        Where no action is due the edition is still compared: a new theme or a changed series goes out by itself, and a
        file that somebody deleted comes back. Nothing raises but a ledger that can't be read.
        """
        free, stopped = unheld(self.house, actions)
        self.edited.results += stopped
        spoiled = {pair: error for action in free if (error := self._picture_error(action)) for pair in [_pair(action)]}
        tries = self._claimed(following(free, actions, spoiled))
        if tries is not None:
            self._fail([(one, spoiled[_pair(one.action)]) for one in tries if _pair(one.action) in spoiled])
            self._publish([one for one in tries if _pair(one.action) not in spoiled])
        return self.edited

    # --- beforehand ---

    def _picture_error(self, action: Action) -> Sentence | None:
        """Nothing goes out without its pictures: one that can't be had keeps its own article back, and no other."""
        if action.action is ActionKind.WITHDRAW or action.digest is None:
            return None
        try:
            for asset in self.planned.variant(action.article, action.channel, action.digest).assets:
                self.house.assets.bytes_of(asset)
        except KawarabanError as error:
            return error.advised
        except Exception as error:  # noqa: BLE001 - a picture that breaks the decoder keeps back its own article only
            _LOG.exception("pictures of %s", action.article)
            return broken(error)
        return None

    def _claimed(self, actions: Sequence[Action]) -> list[Try] | None:
        """Commit the intents; None where another is at it."""
        claims = [
            Claim(
                article=action.article,
                channel=action.channel,
                action=action.action,
                digest=action.digest or action.live_digest or "",
                article_digest=action.article_digest,
                reopen=action.reopen,
            )
            for action in actions
        ]
        try:
            now = self.house.told_at(self.now)  # a lease counts from its own beginning
            attempts = self.house.ledger.claim_all(
                claims, owner=owner(), lease=LEASE, now=now, run=self.run, who=self.house.who
            )
        except KawarabanError as error:
            self.edited.results += [result_of(action, "unavailable", error=error.what) for action in actions]
            return None
        return [Try(action, attempt) for action, attempt in zip(actions, attempts, strict=True)]

    # --- writing ---

    def _publish(self, tries: Sequence[Try]) -> None:
        try:
            receipt = self._written(tries)
            missing = [one for one in tries if not self._holds(one)] if receipt is not None else []
        except KawarabanError as error:
            self._gone_wrong(tries, error.what, error.remedy)
            return
        except Exception as error:  # noqa: BLE001 - an operator's theme may raise anything; other channels go on
            _LOG.exception("edition of %s", self.group.site.name)
            self._gone_wrong(tries, broken(error))
            return
        if receipt is not None:
            self._fail([(one, _MISSING) for one in missing])
            self._settle([one for one in tries if one not in missing], receipt)
            self._whole_again()

    def _written(self, tries: Sequence[Try]) -> Receipt | None:
        """Write; None where nothing was to be done. A file's path is its natural key: writing it twice does no harm."""
        channel = self._channel()
        live = recorded_live(self.house, self.group)
        for one in tries:
            self._apply(live, one.action)
        site = self.group.site.name
        going = [one.action for one in tries if one.action.channel == site and _goes(one.action)]
        files = files_of(self.house, self.group, live, self._tombstones(site).all(live[site], going))
        digest = edition_digest(files)
        if channel.shows_edition(digest):
            if not tries:
                return None
        else:
            self.edited.furniture = not tries
        return channel.write(self._counted(files), digest)

    def _tombstones(self, channel: str) -> Tombstones:
        return Tombstones(self.house, channel, self.planned.survey.reading.articles, self.now)

    def _counted(self, files: Sequence[EditionFile]) -> list[EditionFile]:
        """The same files, each saying where it stands in the edition when its bytes are made."""
        ordered = sorted(files, key=lambda file: file.stage)
        return [self._watched(file, number, len(ordered)) for number, file in enumerate(ordered, 1)]

    def _watched(self, file: EditionFile, number: int, of: int) -> EditionFile:
        name = self.group.site.name
        making = Step("deliver", Sentence(ja=f"{name} を書いています", en=f"writing {name}"), name, number, of)
        opening = replace(making, what=Sentence(ja=f"{name} に場所を作っています", en=f"making room in {name}"))

        def told(step: Step, make: Callable[[], bytes]) -> Callable[[], bytes]:
            def make_and_tell() -> bytes:
                self.progress(step)
                return make()

            return make_and_tell

        return replace(file, make=told(making, file.make), bare=file.bare and told(opening, file.bare))

    def _channel(self) -> EditionChannel:
        channel = self.house.channel(self.group.site.name)
        if not isinstance(channel, EditionChannel):
            msg = f"{self.group.site.kind} says it is an edition channel, and is none"
            raise TypeError(msg)
        return channel

    def _apply(self, live: Live, action: Action) -> None:
        there = live.setdefault(action.channel, {})
        if action.action is ActionKind.WITHDRAW:
            there.pop(action.article, None)
        elif action.digest is not None:
            variant = self.planned.variant(action.article, action.channel, action.digest)
            before = there.get(action.article)
            there[action.article] = LiveArticle(variant, before.since if before else self.now, variant.head.archived)

    # --- afterwards ---

    def _holds(self, one: Try) -> bool:
        """Live means read back: the page (or, for a feed, the feed) is really there; after a withdrawal it is not."""
        path = self._file(one.action)
        return path is None or self._channel().holds(path) is (one.action.action is not ActionKind.WITHDRAW)

    def _file(self, action: Action) -> str | None:
        if action.channel != self.group.site.name:
            return None if action.action is ActionKind.WITHDRAW else address.feed("rss").lstrip("/")
        variant = self._text(action)
        return None if variant is None else f"{address.article(variant).lstrip('/')}index.html"

    def _text(self, action: Action) -> str | None:
        if action.digest is None or action.action is ActionKind.WITHDRAW:
            kept = self.house.ledger.variant(action.live_digest or "", action.channel)
            return kept.head.slug if kept else None
        return self.planned.variant(action.article, action.channel, action.digest).head.slug

    def _settle(self, tries: Sequence[Try], receipt: Receipt) -> None:
        answers = []
        for one in tries:
            if one.action.action is ActionKind.WITHDRAW:
                why = self._tombstones(one.action.channel).reason(one.action.article)
                answers.append((one.attempt, Answer("withdrawn", why=why)))
                self.edited.results.append(result_of(one.action, "withdrawn"))
                continue
            url = self.planned.variant(one.action.article, one.action.channel, one.attempt.digest).head.url
            mine = Receipt(receipt.remote_id, url, self.now, receipt.version)
            answers.append((one.attempt, Answer("live", receipt=mine)))
            self.edited.results.append(result_of(one.action, "live", place=url))
        if answers:
            self.house.ledger.conclude(answers, now=self.house.told_at(self.now), who=self.house.who)

    def _whole_again(self) -> None:
        """What `verify` found changed in the folder is as it was written again."""
        ledger = self.house.ledger
        for row in ledger.differing(self.group.names):
            ledger.read_back(row.article, row.channel, (), now=self.house.told_at(self.now), who=self.house.who)

    def _gone_wrong(self, tries: Sequence[Try], error: Sentence, remedy: Sentence | None = None) -> None:
        self._fail([(one, advised(error, remedy)) for one in tries])
        if not tries:
            self.edited.troubles.append(Trouble(self.group.site.name, error, remedy))

    def _fail(self, failed: Sequence[tuple[Try, Sentence]]) -> None:
        """
        Record that nothing went out. Always "not now" and never "refused": the folder is ours.

        So the next publish tries again by itself, once the cause is mended.
        """
        answers = [(one.attempt, Answer("unavailable", error=error)) for one, error in failed]
        if answers:
            self.house.ledger.conclude(answers, now=self.house.told_at(self.now), who=self.house.who)
        self.edited.results += [result_of(one.action, "unavailable", error=error) for one, error in failed]


_MISSING = Sentence(
    ja="書いたはずのファイルが公開フォルダーにありません", en="the file that was written is not in the public folder"
)


def _goes(action: Action) -> bool:
    return action.action is ActionKind.WITHDRAW


def _pair(action: Action) -> tuple[str, str]:
    return action.article, action.channel

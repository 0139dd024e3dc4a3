"""
Adopting: what stands on a channel already is found and written down as live, so that nothing is posted there twice.

A post is an article's by the address it leads to; by its title only where a person agrees. What could be two things is a
question, and is never taken by itself. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.compose import House
from flows.stages import rejoining
from flows.stages.accounts import another_account
from flows.stages.arriving import refuse_clock
from flows.stages.planning import Planned, Question, plan
from flows.stages.publishing import one_at_a_time
from flows.stages.values import Progress, Step, unwatched
from kawaraban.channels import listed
from kawaraban.channels.listed import Match
from kawaraban.channels.protocol import Channel, Lists, Personal, Post, Recalls
from kawaraban.config import ChannelSettings
from kawaraban.delivery import Receipt, State
from kawaraban.errors import ChannelFailure, NotAuthorised, Sentence, WrongInput
from kawaraban.ledger import Ending, Posted, Seen, Settlement
from kawaraban.plan import Action
from kawaraban.variant import Variant

_WHY = "adopted"
_BUSY = (State.SENDING, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What somebody asked to adopt: articles and channels (() for all).

    `post`: the address or id of the very post, where one article and one channel are named.
    """

    names: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article, the text it would have there, and the posts that may be it. `chosen`: a person named the post."""

    action: Action
    text: Variant
    match: Match
    chosen: bool = False

    @property
    def certain(self) -> bool:
        """Whether it is known which post it is."""
        return self.chosen or self.match.certain

    @property
    def post(self) -> Post:
        """The likeliest post."""
        return self.match.posts[0]


@dataclass(frozen=True, slots=True)
class Search:
    """
    What was found. `silent`: channels that could not be asked, with why; `by_hand`: channels whose posts a person records.

    `lost`: the titles of articles that were named and are nowhere; `seen`: the articles as they were found in the library.
    """

    candidates: tuple[Candidate, ...] = ()
    silent: Mapping[str, Sentence] = field(default_factory=dict)
    by_hand: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()

    def sure(self, *, titles: bool) -> tuple[Candidate, ...]:
        """Return what may be taken; what is known by its title only where a person agrees to `titles`."""
        return tuple(one for one in self.candidates if one.certain and (titles or one.match.how == "address"))


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written down as live: the candidate, and how what stands there differs from the text it would have."""

    candidate: Candidate
    differences: tuple[Sentence, ...] = ()
    error: Sentence | None = None


def search(house: House, wish: Wish, progress: Progress = unwatched) -> Search:
    """
    Return what is on the channels already and not known. Writes nothing but as whom we were there.

    Raises WrongInput for names that are none, and for a channel that a person posts to.
    """
    refuse_clock(house)
    settings = _asked(house, wish)
    planned = plan(house, Question(wish.names, looking=True), now=house.clock(), progress=progress)
    found: list[Candidate] = []
    silent: dict[str, Sentence] = {}
    for one in settings:
        progress(Step("read", _asking(one.name), one.name))
        looked = _Looking(house, one, planned, wish)
        try:
            found += looked.candidates()
        except ChannelFailure as error:
            silent[one.name] = error.advised
    by_hand = tuple(one.name for one in house.settings.channels if house.capabilities(one).by_hand)
    survey = planned.survey.articles
    seen = tuple(Seen(one.id, one.matter.title, str(one.path), one.slug, one.digest) for one in survey)
    return Search(tuple(found), silent, by_hand, _lost(planned, wish, settings, found), seen)


def take(
    house: House, found: Search, progress: Progress = unwatched, *, titles: bool = False, as_it_is: bool = False
) -> tuple[Taken, ...]:
    """
    Write down as live what is sure, read back as it stands; `as_it_is`: it may stay different until its article changes.

    One publish or adoption at a time: raises Conflict naming who holds the lock.
    """
    sure = found.sure(titles=titles)
    articles = {one.action.article for one in sure}
    with one_at_a_time(house, progress):
        house.ledger.saw(one for one in found.seen if one.article in articles)
        return tuple(_taken(house, one, as_it_is=as_it_is) for one in sure if _is_free(house, one))


def _taken(house: House, one: Candidate, *, as_it_is: bool) -> Taken:
    channel, able = house.channel(one.action.channel), house.capabilities(house.channel_settings(one.action.channel))
    if not isinstance(channel, Channel):
        return Taken(one)
    ledger, action = house.ledger, one.action
    pair, first = (action.article, action.channel), one.post.receipt
    try:
        there = rejoining.all_of(channel, able, first)
        differences = rejoining.differences(channel, able, one.text, there)
    except ChannelFailure as error:
        return Taken(one, error=error.advised)
    now = house.clock()
    ledger.keep(one.text)
    receipt = replace(first, at=min(first.at, now), differences=differences)
    ledger.record(Posted(*pair, receipt, one.text.digest, action.article_digest, why=_WHY), now=now, who=house.who)
    ledger.parts.recorded(pair, rejoining.rows(one.text, there, now) if len(there) > 1 else ())
    if as_it_is and differences:
        kept = Ending(*pair, Settlement.AS_IT_IS, against=action.article_digest, why=_WHY)
        ledger.settle(kept, now=now, who=house.who)
    return Taken(one, differences)


def _is_free(house: House, one: Candidate) -> bool:
    """Whether nobody has sent it, or recorded the post, also as another article's, since it was looked for."""
    row = house.ledger.delivery(one.action.article, one.action.channel)
    busy = row is not None and (row.public or row.state in _BUSY)
    return not busy and one.post.receipt.remote_id not in _recorded(house, one.action.channel)


def _recorded(house: House, channel: str) -> frozenset[str]:
    """Return the posts there that are somebody's already, those of threads included."""
    rows = [one for one in house.ledger.deliveries() if one.channel == channel and one.public]
    receipts: list[Receipt | None] = [one.receipt for one in rows]
    threads = house.ledger.parts.all()
    receipts += [part.receipt for pair, parts in threads.items() if pair[1] == channel for part in parts]
    return frozenset(one.remote_id for one in receipts if one is not None)


@dataclass(frozen=True, slots=True)
class _Looking:
    """One channel, asked for what it has of the articles that are not known to be there."""

    house: House
    settings: ChannelSettings
    planned: Planned
    wish: Wish

    def candidates(self) -> Iterator[Candidate]:
        """Yield the articles whose posts may be there, in the order of the plan."""
        texts = {action.article: (action, text) for action, text in self._texts()}
        if not texts:
            return
        channel = self.house.channel(self.settings.name)
        self._refuse_strangers(channel)
        for match in self._matches(channel, [text for _, text in texts.values()]):
            action, text = texts[match.article]
            yield Candidate(action, text, match, chosen=self.wish.post is not None)

    def _texts(self) -> Iterator[tuple[Action, Variant]]:
        for action in self.planned.plan.actions:
            mine = action.channel == self.settings.name and action.in_library and action.digest is not None
            if mine and action.live_digest is None and action.state not in _BUSY:
                yield action, self.planned.variant(action.article, action.channel, action.digest or "")

    def _matches(self, channel: object, texts: Sequence[Variant]) -> Sequence[Match]:
        taken = _recorded(self.house, self.settings.name)
        if isinstance(channel, Lists):
            posts = [post for post in channel.posts() if post.receipt.remote_id not in taken]
            if self.wish.post is not None:
                return [Match(texts[0].article, "address", (_named(posts, self.wish.post, self.settings.name),))]
            return listed.matches(posts, texts, by_title=True)
        if isinstance(channel, Recalls) and self.wish.post is None:
            there = channel.recall(texts)
            return [
                Match(text.article, "address", (Post(there[text.article], text.title),))
                for text in texts
                if text.article in there and there[text.article].remote_id not in taken
            ]
        raise _cant_list(self.settings.name)

    def _refuse_strangers(self, channel: object) -> None:
        if isinstance(channel, Personal):
            strange = another_account(self.house, self.settings.name, channel.account())
            if strange is not None:
                raise NotAuthorised(strange)


def _named(posts: Sequence[Post], name: str, channel: str) -> Post:
    wanted = listed.comparable(name)
    for post in posts:
        if name == post.receipt.remote_id or (post.receipt.url and listed.comparable(post.receipt.url) == wanted):
            return post
    raise WrongInput(
        Sentence(
            ja=f"{channel} に、この投稿は見つかりません: {name}", en=f"no such post of ours is on {channel}: {name}"
        ),
        remedy=Sentence(
            ja="アドレスを確かめてください。ほかの記事のものとして記録されていれば、選べません",
            en="check its address; one that is recorded as another article's can't be chosen",
        ),
    )


def _asked(house: House, wish: Wish) -> tuple[ChannelSettings, ...]:
    """Return the channels to look at: those named, or all that the machine can look at."""
    for name in wish.channels:
        able = house.capabilities(house.channel_settings(name))
        if able.by_hand:
            raise _by_hand(name)
        if able.edition or not _can_list(house, name):
            raise _cant_list(name)
    if wish.post is not None and (len(wish.names), len(wish.channels)) != (1, 1):
        raise WrongInput(
            Sentence(
                ja="--post は、一つの記事と一つのチャンネルに使います", en="--post is for one article on one channel"
            ),
            remedy=Sentence(
                ja="kawaraban adopt 記事 --channel 名前 --post URL", en="kawaraban adopt ARTICLE --channel C --post URL"
            ),
        )
    if wish.channels:
        return tuple(house.channel_settings(name) for name in dict.fromkeys(wish.channels))
    return tuple(
        one
        for one in house.settings.channels
        if not (house.capabilities(one).edition or house.capabilities(one).by_hand) and _can_list(house, one.name)
    )


def _can_list(house: House, name: str) -> bool:
    channel = house.channel(name)
    able = house.capabilities(house.channel_settings(name))
    return isinstance(channel, Lists) or (isinstance(channel, Recalls) and able.finds != "nothing")


def _lost(
    planned: Planned, wish: Wish, settings: Sequence[ChannelSettings], found: Sequence[Candidate]
) -> tuple[str, ...]:
    """Return the articles that were named and are neither found there nor known to be."""
    names = {one.name for one in settings}
    here = {one.action.article for one in found}
    here |= {one.article for one in planned.plan.actions if one.channel in names and one.live_digest is not None}
    named = planned.selection.articles or frozenset()
    titles = {
        one.article: one.title for one in planned.plan.actions if one.article in named and one.article not in here
    }
    return tuple(titles.values()) if wish.names else ()


def _asking(channel: str) -> Sentence:
    return Sentence(ja=f"{channel} に何が出ているか見ています", en=f"looking what is on {channel}")


def _by_hand(channel: str) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"{channel} は人が投稿するところです", en=f"{channel} is posted to by hand"),
        remedy=Sentence(
            ja=f"どこに出ているかを kawaraban record 記事 {channel} URL で記してください",
            en=f"say where it is: kawaraban record ARTICLE {channel} URL",
        ),
    )


def _cant_list(channel: str) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"{channel} に何が出ているかは、たずねられません", en=f"{channel} can't be asked what is there"),
        remedy=Sentence(
            ja=f"出さない記事は「channels: {{{channel}: {{enabled: false}}}}」と書いてください",
            en=f"write `channels: {{{channel}: {{enabled: false}}}}` into articles that are not to go there",
        ),
    )

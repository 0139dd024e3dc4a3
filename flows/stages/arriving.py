"""
What must be certain before anything goes out: the clock, the ledger's home, and what its channels have already.

A ledger that was put back, cloned or moved is held as a whole, editions too: from what it knows it would take down what
went out since. The channels are asked what they have of each article that would go there; what is found is recorded,
what can't be asked becomes a person's question. Then a person resumes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from flows.compose import House
from flows.stages import rejoining
from flows.stages.accounts import another_account, refused
from flows.stages.planning import Planned, Question, plan
from flows.stages.probing import probe_the_untold
from flows.stages.values import Progress, Step, unwatched
from kawaraban import address
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Personal, Recalls
from kawaraban.config import ChannelSettings
from kawaraban.delivery import ActionKind, Receipt, State, Word
from kawaraban.errors import ChannelFailure, Conflict, NotAuthorised, Sentence
from kawaraban.ledger import Claim, Expectation, Posted, Scope
from kawaraban.ledger.home import both
from kawaraban.ledger.records import RECOVERY
from kawaraban.plan import Action
from kawaraban.variant import Variant

TOLERANCE = timedelta(seconds=10)
"""How far two machines' clocks may differ without anybody noticing."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was asked: posts that the ledger did not know, what only a person can tell, and channels that gave no answer."""

    found: tuple[Action, ...] = ()
    asked_of_a_person: tuple[Action, ...] = ()
    silent: tuple[str, ...] = ()

    def __add__(self, other: Reconciled) -> Reconciled:
        """Return both together."""
        return Reconciled(
            self.found + other.found,
            self.asked_of_a_person + other.asked_of_a_person,
            self.silent + other.silent,
        )


def be_certain(house: House, progress: Progress = unwatched) -> None:
    """
    Raise Conflict where nothing may go out now: the clock is behind, or the ledger is a stranger here.

    A stranger arrives first (one write: everything is held), and its channels are asked. Servers that have never said what
    they take are asked that: no text is made for them before.
    """
    refuse_clock(house)
    house.ledger.home.arrive(now=house.clock(), who=RECOVERY)
    probe_the_untold(house, progress)
    reconcile(house, progress)
    house.ledger.home.refuse()


def refuse_clock(house: House) -> None:
    """Raise Conflict while the clock is behind what the ledger has seen: by such a clock nothing is due."""
    last = house.ledger.latest()
    if last is None or house.clock() >= last - TOLERANCE:
        return
    zone = house.publication.zone
    raise Conflict(
        Sentence(
            ja=f"時計が遅れています。台帳の最後の出来事（{last.astimezone(zone):%Y-%m-%d %H:%M:%S}）より前です。何も出しません",
            en=f"the clock is behind the ledger's last event ({last.astimezone(zone):%Y-%m-%d %H:%M:%S}): nothing goes out",
        ),
        remedy=Sentence(
            ja="時計を合わせてください。時計が正しいなら kawaraban hold --all のあと kawaraban resume --all",
            en="set the clock; if it is right: `kawaraban hold --all`, then `kawaraban resume --all`",
        ),
    )


def reconcile(house: House, progress: Progress = unwatched, *, anew: bool = False) -> Reconciled:
    """
    Ask the channels that were not asked since the ledger came here (`anew`: all) for what it does not know.

    A channel that gives no answer gets nothing and is asked again, by the same house (a publisher's) less and less often:
    others' releases must not wait for its time-out every time. In a ledger that never moved,
    a channel is asked when it is first connected, and only where it can tell (Recalls): so a second paper with our
    credentials is seen.
    """
    number = house.ledger.home.standing().number
    moved = anew or number > 1
    left = [one for one in _askable(house) if anew or house.ledger.accounts.of(one.name).asked != number]
    asked = [one for one in left if moved or _recalls(house, one)]
    waiting = [] if anew else [one for one in asked if house.silences.lasts(one.name, house.clock())]
    asked = [one for one in asked if one not in waiting]
    done = Reconciled(silent=tuple(one.name for one in waiting))
    planned = plan(house, Question(), now=house.clock(), without=Scope()) if asked else None
    for settings in left:
        if planned is not None and settings in asked:
            progress(Step("read", _asking(settings.name), settings.name))
            asking = Asking(house, settings, planned, moved=moved)
            done += asking.looked() if settings.name in house.sites else asking.answer()
        if settings.name not in done.silent:
            house.ledger.accounts.asked(settings.name, number)
        elif settings in asked:
            house.silences.heard_nothing(settings.name, house.clock())
    return done


def _askable(house: House) -> Iterator[ChannelSettings]:
    """Yield the sites, and the channels that the machine posts to one by one."""
    for settings in house.settings.channels:
        able = house.capabilities(settings)
        if settings.name in house.sites or not (able.edition or able.by_hand):
            yield settings


def _recalls(house: House, settings: ChannelSettings) -> bool:
    return house.capabilities(settings).finds != "nothing" and isinstance(house.channel(settings.name), Recalls)


def _asking(channel: str) -> Sentence:
    return Sentence(ja=f"{channel} に何が出ているか確かめています", en=f"asking {channel} what is there")


@dataclass(frozen=True)
class Asking:
    """One channel asked for all that may be there. `moved`: an earlier or another ledger may have sent things there."""

    house: House
    settings: ChannelSettings
    planned: Planned
    moved: bool

    def answer(self) -> Reconciled:
        """Ask, and write down what came of it."""
        channel = self.house.channel(self.settings.name)
        if not isinstance(channel, Channel):
            return Reconciled()
        texts = {
            action: self.planned.variant(action.article, action.channel, action.digest or "")
            for action in self._candidates()
        }
        if not isinstance(channel, Recalls) or self._able.finds == "nothing":
            return self._doubted(texts) if self.moved else Reconciled()
        try:
            there = channel.recall(tuple(texts.values()))
            found = [action for action in texts if action.article in there]
            for action, text in texts.items():
                if action.article in there:
                    self._record(channel, action, text, there[action.article])
                elif self.moved:  # posts of a thread that the ledger remembers are not there any more
                    self.house.ledger.parts.recorded((action.article, action.channel), ())
        except NotAuthorised as error:
            refused(self.house, self.settings.name, error)
            return Reconciled(silent=(self.settings.name,))
        except ChannelFailure:
            return Reconciled(silent=(self.settings.name,))
        return Reconciled(found=tuple(found))

    def looked(self) -> Reconciled:
        """
        Look into a site's folder: a page that stands there went out at its time.

        So what follows the site keeps its own time, and no feed loses an item for as long as its delay.
        """
        site = self.house.channel(self.settings.name)
        found = []
        for action in self._candidates():
            text = self.planned.variant(action.article, action.channel, action.digest or "")
            path = f"{address.article(text.head.slug).lstrip('/')}index.html"
            fresh = action.state in (None, State.WAITING, State.FAILED)
            if fresh and action.due is not None and isinstance(site, EditionChannel) and site.holds(path):
                self.house.ledger.keep(text)
                receipt = Receipt(action.digest or "", text.head.url, action.due)
                said = Posted(action.article, action.channel, receipt, text.digest, action.article_digest, why=_FOUND)
                self.house.ledger.record(said, now=self.house.clock(), who=RECOVERY)
                found.append(action)
        return Reconciled(found=tuple(found))

    def _candidates(self) -> Iterator[Action]:
        """Yield what may be there though the ledger does not show it, except what surely had not its time yet."""
        now = self.house.clock()
        for action in self.planned.plan.actions:
            mine = action.channel == self.settings.name and action.in_library and not action.off
            early = action.due is not None and action.due_known and action.due > now
            early = early or action.article in self._to_come
            if mine and action.live_digest is None and action.digest and not early and action.word not in _NEVER_SENT:
                yield action

    @cached_property
    def _to_come(self) -> frozenset[str]:
        """The articles whose files say that they go out later, whatever their channels wait for."""
        now = self.house.clock()
        matters = [(article.id, article.matter) for article in self.planned.survey.articles]
        return frozenset(
            article
            for article, matter in matters
            if any(one is not None and one > now for one in (matter.published, matter.embargo))
        )

    @property
    def _able(self) -> Capabilities:
        return self.house.capabilities(self.settings)

    def _record(self, channel: Channel, action: Action, variant: Variant, receipt: Receipt) -> None:
        now, ledger = self.house.clock(), self.house.ledger
        there = rejoining.all_of(channel, self._able, receipt)
        if self._goes_on_by_itself(action, there):
            return
        receipt = replace(receipt, differences=rejoining.differences(channel, self._able, variant, there))
        ledger.keep(variant)
        if action.state is State.SENDING:  # the try of a process that is no more
            ledger.doubt([_claim(action)], _MAY_BE_THERE, now=now, who=RECOVERY)
        elif action.state is State.WITHDRAWN:
            ledger.reopen(action.article, action.channel, now=now, who=RECOVERY)
        said = Posted(action.article, action.channel, receipt, variant.digest, action.article_digest, why=_FOUND)
        ledger.record(said, now=now, who=RECOVERY)
        thread = rejoining.rows(variant, there, now) if len(there) > 1 else ()
        ledger.parts.recorded((action.article, action.channel), thread)

    def _goes_on_by_itself(self, action: Action, there: Sequence[Receipt]) -> bool:
        """Whether it is a thread that was stopped half-way, and the ledger knows all of it that is there."""
        parts = self.house.ledger.parts.of(action.article, action.channel)
        known = [part.receipt.remote_id for part in parts if part.receipt is not None]
        return bool(parts) and known == [receipt.remote_id for receipt in there]

    def _doubted(self, texts: Mapping[Action, Variant]) -> Reconciled:
        """
        Make a question of each: nobody else can tell whether it went out.

        Where a key is enough for the protocol to go on by itself, a hold of that one delivery keeps it from doing so:
        the lost ledger may have sent another text, under another key.
        """
        asked = {one: text for one, text in texts.items() if one.state is not State.WITHDRAWN}
        new = [one for one in asked if one.state is not State.UNSURE]
        now, ledger = self.house.clock(), self.house.ledger
        ledger.keep(*asked.values())
        rows = [Expectation(one.article, one.channel, one.due if one.due_known else None, one.digest) for one in new]
        ledger.expect(rows, now=now, who=RECOVERY)
        ledger.doubt([_claim(one) for one in new], _MAY_BE_THERE, now=now, who=RECOVERY)
        if (self._able.finds, self._able.idempotency) != ("nothing", "none"):
            for one in asked:
                ledger.hold(Scope(one.article, one.channel), now=now, who=RECOVERY, why=both(_MAY_BE_THERE))
        return Reconciled(asked_of_a_person=tuple(asked))


def _claim(action: Action) -> Claim:
    digest = action.digest or ""
    return Claim(action.article, action.channel, ActionKind.CREATE, digest, action.article_digest, reopen=True)


_FOUND = "found there"
_NEVER_SENT = (Word.DRAFT, Word.OFF)
_MAY_BE_THERE = Sentence(
    ja="台帳が戻される前に出ていたかもしれません。確かめて kawaraban settle で決めてください",
    en="it may have gone out before the ledger was put back: look there, and end it with `kawaraban settle`",
)


# --- one channel ---


def not_certain(house: House, channel: str) -> Sentence | None:
    """Return why nothing may go there now: it could not be asked what it has, or it is not the account it was."""
    if not is_caught_up(house, channel):
        return Sentence(
            ja=f"{channel} に何が出ているか、まだ確かめられていません。次にまた確かめます",
            en=f"{channel} could not be asked yet what is there; it is asked again the next time",
        )
    return _another_account(house, channel)


def is_caught_up(house: House, channel: str) -> bool:
    """Return whether a channel was asked what it has, since the ledger was put back, moved or made."""
    return house.ledger.accounts.of(channel).asked == house.ledger.home.standing().number


def _another_account(house: House, channel: str) -> Sentence | None:
    """The account is remembered at the first use; another one holds the channel until a person resumes it."""
    made = house.channel(channel)
    if not isinstance(made, Personal):
        return None
    try:
        return another_account(house, channel, made.account())
    except NotAuthorised as error:
        return refused(house, channel, error)
    except ChannelFailure as error:
        return error.what

"""
The conformance kit: what every channel keeps, as tests to inherit. Passing it is being a channel.

    class TestMine(MachineConformance):
        kind = Mine                                         # the class that the entry point names
        def channel(self) -> Channel: …                     # connected to a real or imitated server; called again and again
        def stored(self) -> int: …                          # how many posts are really on that server now
        def losing_the_answer(self): …                      # context: the next request is taken, its answer is lost
        def unreachable(self): …                            # context: nothing can be connected to

Any test runner that collects methods named `test_…` runs it (pytest does; nothing here imports it). It lies in the
package and not under `tests/`, so that channels outside this project can inherit it from the wheel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, SecretStr, ValidationError

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Personal, Recalls
from kawaraban.delivery import Receipt
from kawaraban.edition import EditionFile
from kawaraban.errors import ChannelFailure, Refused, Unavailable, Unsure
from kawaraban.variant import Head, Variant

KEY = "0123456789abcdef0123456789abcdef"
ANOTHER_KEY = "fedcba9876543210fedcba9876543210"


def sample(words: str = "川の音を聞く。", article: str = "5r8w2kqd") -> Variant:
    """Return a variant to send: its words, a link, nothing else."""
    slug = "river" if article == "5r8w2kqd" else f"river-{article}"  # each article has a page of its own
    page = f"https://example.com/articles/{slug}/"
    head = Head(article=article, slug=slug, url=page, published=datetime(2024, 6, 11, tzinfo=UTC))
    text = f"{words}\n{page}"
    return Variant(article=article, channel="conformance", title="川の音", body=text, text=text, head=head)


class KindConformance:
    """What a channel's class says of itself."""

    kind: ClassVar[type[Channel | EditionChannel]]

    def able(self) -> Capabilities:
        """The abilities under test; a kind whose settings decide overrides this."""
        return self.kind.capabilities

    def test_it_names_its_kind_and_its_renderer(self) -> None:
        """Both are lower-case words: they stand in settings and entry points."""
        for name in (self.kind.kind, self.kind.renderer):
            assert name
            assert name == name.lower()

    def test_its_abilities_are_data_that_agree(self) -> None:
        """Frozen, and without contradiction."""
        able = self.able()
        try:
            able.edition = not able.edition  # type: ignore[misc] # that it can't be done is what is tested
        except (FrozenInstanceError, AttributeError):
            pass
        else:
            msg = "capabilities can be changed"
            raise AssertionError(msg)
        assert not (able.edition and able.by_hand)
        assert not (able.edition and able.announces), "a folder announces nothing"

    def test_its_settings_refuse_unknown_keys_and_hold_no_secret(self) -> None:
        """A secret is a reference in settings; a value never stands there."""
        model: type[BaseModel] = self.kind.Settings
        assert model.model_config.get("extra") == "forbid"
        assert model.model_config.get("frozen")
        assert all(field.annotation is not SecretStr for field in model.model_fields.values())
        try:
            model.model_validate({"no-such-key": 1})
        except ValidationError as error:
            assert any(problem["type"] == "extra_forbidden" for problem in error.errors())  # noqa: PT017 - the kit does not need pytest
        else:
            msg = "an unknown key was taken"
            raise AssertionError(msg)


class MachineConformance(KindConformance):
    """A channel that is sent to and answered by machine."""

    def channel(self) -> Channel:
        """Return the channel, connected; each call a new object on the same server."""
        raise NotImplementedError

    def stored(self) -> int:
        """Return how many posts are on the server now, asked of the server itself."""
        raise NotImplementedError

    def losing_the_answer(self) -> AbstractContextManager[object]:
        """The next request of a channel made inside is taken by the server, and its answer never arrives."""
        raise NotImplementedError

    def unreachable(self) -> AbstractContextManager[object]:
        """Nothing made inside can connect."""
        raise NotImplementedError

    # --- sending ---

    def test_preparing_sends_nothing_and_gives_the_same_again(self) -> None:
        """What is previewed is what is sent."""
        first, second = self.channel().prepare(sample()), self.channel().prepare(sample())
        assert first == second
        assert self.stored() == 0

    def test_it_sends_once(self) -> None:
        """One create, one post."""
        receipt = self._created()
        assert receipt.remote_id
        assert self.stored() == 1

    def test_the_same_key_again_makes_no_second_post(self) -> None:
        """Where the channel protects a repeated request, it does."""
        if self.able().idempotency == "none":
            return
        first, second = self._created(), self._created()
        assert first.remote_id == second.remote_id
        assert self.stored() == 1

    # --- what it may have beside ---

    def test_what_it_recalls_is_what_stands_there_whatever_key_it_was_sent_under(self) -> None:
        """A ledger that was put back has lost the keys (protocol.Recalls)."""
        channel = self.channel()
        if not isinstance(channel, Recalls) or self.able().finds == "nothing":
            return
        assert channel.recall([sample()]) == {}
        receipt = self._created()
        edited, another = sample("霧の音を聞く。"), sample(article="7ra1ny7a")
        there = channel.recall([edited, another])
        assert {article: found.remote_id for article, found in there.items()} == {edited.article: receipt.remote_id}
        self.channel().withdraw(receipt)
        assert channel.recall([edited]) == {}

    def test_it_says_the_same_account_each_time_and_sends_nothing_by_that(self) -> None:
        """A channel's credentials belong to one ledger (protocol.Personal)."""
        first, second = self.channel(), self.channel()
        if isinstance(first, Personal) and isinstance(second, Personal):
            assert first.account() == second.account()
            assert self.stored() == 0

    def test_one_request_may_take_some_time_and_not_for_ever(self) -> None:
        """Leases are made from it."""
        assert timedelta() < self.able().longest <= timedelta(minutes=10)
        assert timedelta() <= self.able().lag <= timedelta(minutes=1)

    # --- finding ---

    def test_it_finds_what_it_sent_and_nothing_else(self) -> None:
        """`find` asks the channel itself, by key."""
        channel = self.channel()
        payload = channel.prepare(sample())
        assert channel.find(payload, KEY) is None
        receipt = self._created()
        found = self.channel().find(payload, KEY)
        if self.able().finds == "nothing":
            assert found is None
            return
        assert found is not None
        assert found.remote_id == receipt.remote_id
        other = channel.prepare(sample(article="9h2t5v8b"))
        assert self.channel().find(other, ANOTHER_KEY) is None

    def test_an_answer_lost_on_the_way_is_unsure_and_ends_in_one_post(self) -> None:
        """It is never called failed; asking, or the same key again, finds the one post."""
        with self.losing_the_answer():
            channel = self.channel()
            payload = channel.prepare(sample())
            self._must_raise(Unsure, lambda: channel.create(payload, KEY, _forget))
        assert self.stored() == 1
        able = self.able()
        if able.finds != "nothing":
            if self.channel().find(payload, KEY) is None:  # no reader sees it yet: the same try goes on from there
                self._created()
            assert self.channel().find(payload, KEY) is not None
        elif able.idempotency != "none":
            self._created()
        assert self.stored() == 1

    def test_it_says_unavailable_only_when_nothing_left(self) -> None:
        """No connection: nothing was sent, and nothing is there."""
        with self.unreachable():
            channel = self.channel()
            payload = channel.prepare(sample())
            self._must_raise(Unavailable, lambda: channel.create(payload, KEY, _forget))
        assert self.stored() == 0

    # --- changing, reading, withdrawing ---

    def test_an_update_changes_the_post_and_makes_none(self) -> None:
        """Refused where the channel can't edit."""
        receipt = self._created()
        channel, after = self.channel(), sample("川の音を、もう一度聞く。")
        if not self.able().edits:
            self._must_raise(Refused, lambda: channel.update(channel.prepare(after), receipt, ANOTHER_KEY, _forget))
            return
        channel.update(channel.prepare(after), receipt, ANOTHER_KEY, _forget)
        assert self.stored() == 1
        if self.able().reads:
            assert not self.channel().read(receipt, after).differences

    def test_what_is_live_is_read_back(self) -> None:
        """Equal text has no difference, another has one; where it can't be read, that is said."""
        receipt = self._created()
        copy = self.channel().read(receipt, sample())
        assert copy.present
        assert copy.verified == self.able().reads
        assert not copy.differences
        if self.able().reads:
            assert self.channel().read(receipt, sample("別の文です。")).differences

    def test_withdrawing_twice_does_no_harm(self) -> None:
        """Gone is gone; Refused where the channel can't take anything down."""
        receipt = self._created()
        if not self.able().withdraws:
            self._must_raise(Refused, lambda: self.channel().withdraw(receipt))
            return
        self.channel().withdraw(receipt)
        self.channel().withdraw(receipt)
        assert self.stored() == 0
        if self.able().reads:
            assert not self.channel().read(receipt, sample()).present

    def test_an_update_of_what_is_gone_is_refused_and_makes_none(self) -> None:
        """An update never creates."""
        if not (self.able().edits and self.able().withdraws):
            return
        receipt = self._created()
        channel = self.channel()
        channel.withdraw(receipt)
        self._must_raise(Refused, lambda: channel.update(channel.prepare(sample("別")), receipt, ANOTHER_KEY, _forget))
        assert self.stored() == 0

    # --- pieces ---

    def _created(self) -> Receipt:
        channel = self.channel()
        return channel.create(channel.prepare(sample()), KEY, _forget)

    def _must_raise(self, wanted: type[ChannelFailure], call: Callable[[], object]) -> None:
        try:
            call()
        except wanted as failure:
            assert failure.what.ja  # noqa: PT017 - the kit does not need pytest
            assert failure.what.en  # noqa: PT017 - as above
            return
        msg = f"it was to raise {wanted.__name__}"
        raise AssertionError(msg)


class EditionConformance(KindConformance):
    """A channel that is a folder written whole."""

    def channel(self) -> EditionChannel:
        """Return the channel; each call a new object on the same folder."""
        raise NotImplementedError

    def edition(self, words: str) -> tuple[Sequence[EditionFile], str]:
        """Return the files of a small edition with these words in it, and its digest."""
        raise NotImplementedError

    def test_a_written_edition_is_held_and_shown(self) -> None:
        """Live means read back."""
        files, digest = self.edition("川")
        receipt = self.channel().write(files, digest)
        assert receipt.version
        assert all(self.channel().holds(file.path) for file in files)
        assert self.channel().shows_edition(digest)

    def test_writing_it_again_gives_the_same_receipt(self) -> None:
        """A path is its own key: a repeat does no harm."""
        files, digest = self.edition("川")
        first = self.channel().write(files, digest)
        second = self.channel().write(files, digest)
        assert (first.remote_id, first.version) == (second.remote_id, second.version)

    def test_another_edition_takes_its_place(self) -> None:
        """What is no longer in it is gone."""
        before, old = self.edition("川")
        self.channel().write(before, old)
        after, new = self.edition("雨")
        self.channel().write(after, new)
        gone = {file.path for file in before} - {file.path for file in after}
        assert not any(self.channel().holds(path) for path in gone)
        assert not self.channel().shows_edition(old)


class ByHandConformance(KindConformance):
    """A channel that a person posts to: the machine never sends."""

    def channel(self) -> Channel:
        """Return the channel."""
        raise NotImplementedError

    def test_the_machine_neither_creates_nor_changes(self) -> None:
        """Both are a person's."""
        channel = self.channel()
        payload = channel.prepare(sample())
        receipt = Receipt("x", None, datetime(2024, 6, 11, tzinfo=UTC))
        _must_be_a_persons(lambda: channel.create(payload, KEY, _forget))
        _must_be_a_persons(lambda: channel.update(payload, receipt, KEY, _forget))

    def test_nothing_is_left_behind_to_find(self) -> None:
        """What is never sent is never in doubt."""
        channel = self.channel()
        assert channel.find(channel.prepare(sample()), KEY) is None
        assert self.able().by_hand


def _forget(note: str) -> None:
    """Keep nothing between two requests: the kit has no ledger."""
    del note


def _must_be_a_persons(call: Callable[[], object]) -> None:
    try:
        call()
    except Refused as failure:
        assert failure.remedy is not None  # noqa: PT017 - the kit does not need pytest
        return
    msg = "a machine must not post here"
    raise AssertionError(msg)

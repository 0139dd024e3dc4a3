"""A channel that is sent to and answered by machine: what it keeps about each single post."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from pydantic import BaseModel, ValidationError

from kawaraban.channels.conformance.kind import KindConformance
from kawaraban.channels.conformance.samples import ANOTHER_KEY, KEY, forget, must_raise, sample
from kawaraban.channels.listed import comparable
from kawaraban.channels.protocol import Channel, Lists, Personal, Post, Probes, Recalls
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Unavailable, Unsure


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

    def test_a_probe_tells_who_we_are_and_values_that_its_settings_take(self) -> None:
        """What a server tells is laid under the channel's settings (protocol.Probes). Nothing is posted by that."""
        channel = self.channel()
        if not isinstance(channel, Probes):
            return
        said = channel.probe()
        assert self.stored() == 0
        if isinstance(channel, Personal):
            assert said.account == channel.account()
        keys = {field.alias or name for name, field in self.kind.Settings.model_fields.items()}
        assert set(said.learnt) <= keys
        for key, value in said.learnt.items():
            assert not _refused(self.kind.Settings, key, value), f"its settings do not take {key}: {value}"

    def test_a_probe_without_a_connection_is_unavailable(self) -> None:
        """It fails as a channel fails."""
        with self.unreachable():
            channel = self.channel()
            if isinstance(channel, Probes):
                must_raise(Unavailable, channel.probe)

    def test_what_it_lists_is_what_it_sent_and_where_that_leads(self) -> None:
        """So `adopt` finds what is there already (protocol.Lists)."""
        if not isinstance(self.channel(), Lists):
            return
        assert self._listed() == []
        receipt = self._created()
        [post] = self._listed()
        assert post.receipt.remote_id == receipt.remote_id
        assert post.title or post.text
        assert comparable(sample().head.url) in map(comparable, post.links)

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
            must_raise(Unsure, lambda: channel.create(payload, KEY, forget))
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
            must_raise(Unavailable, lambda: channel.create(payload, KEY, forget))
        assert self.stored() == 0

    # --- changing, reading, withdrawing ---

    def test_an_update_changes_the_post_and_makes_none(self) -> None:
        """Refused where the channel can't edit."""
        receipt = self._created()
        channel, after = self.channel(), sample("川の音を、もう一度聞く。")
        if not self.able().edits:
            must_raise(Refused, lambda: channel.update(channel.prepare(after), receipt, ANOTHER_KEY, forget))
            return
        channel.update(channel.prepare(after), receipt, ANOTHER_KEY, forget)
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
            differences = self.channel().read(receipt, sample("別の文です。")).differences
            assert differences
            assert all(one.ja and one.en for one in differences), "what differs is said in both languages"

    def test_withdrawing_twice_does_no_harm(self) -> None:
        """Gone is gone; Refused where the channel can't take anything down."""
        receipt = self._created()
        if not self.able().withdraws:
            must_raise(Refused, lambda: self.channel().withdraw(receipt))
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
        must_raise(Refused, lambda: channel.update(channel.prepare(sample("別")), receipt, ANOTHER_KEY, forget))
        assert self.stored() == 0

    # --- pieces ---

    def _listed(self) -> list[Post]:
        channel = self.channel()
        return list(channel.posts()) if isinstance(channel, Lists) else []

    def _created(self) -> Receipt:
        channel = self.channel()
        return channel.create(channel.prepare(sample()), KEY, forget)


def _refused(model: type[BaseModel], key: str, value: object) -> bool:
    """Return whether a key does not take a value; that others are missing says nothing about it."""
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        return any(problem["loc"][:1] == (key,) for problem in error.errors())
    return False

"""Folders that are written whole, and channels that a person posts to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from kawaraban.channels.conformance.kind import KindConformance
from kawaraban.channels.conformance.samples import KEY, forget, sample
from kawaraban.channels.protocol import Channel, EditionChannel
from kawaraban.delivery import Receipt
from kawaraban.edition import EditionFile
from kawaraban.errors import Refused


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
        _must_be_a_persons(lambda: channel.create(payload, KEY, forget))
        _must_be_a_persons(lambda: channel.update(payload, receipt, KEY, forget))

    def test_nothing_is_left_behind_to_find(self) -> None:
        """What is never sent is never in doubt."""
        channel = self.channel()
        assert channel.find(channel.prepare(sample()), KEY) is None
        assert self.able().by_hand


def _must_be_a_persons(call: Callable[[], object]) -> None:
    try:
        call()
    except Refused as failure:
        assert failure.remedy is not None  # noqa: PT017 - the kit does not need pytest
        return
    msg = "a machine must not post here"
    raise AssertionError(msg)

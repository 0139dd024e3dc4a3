"""The notice board keeps Kawaraban's conformance kit, against a real board on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

import board
import pytest
from kawaraban_noticeboard import Noticeboard

from kawaraban.channels.conformance import KEY, MachineConformance, sample
from kawaraban.channels.protocol import Surroundings
from kawaraban.config import ChannelSettings, NetworkSettings, Publication
from kawaraban.errors import NotAuthorised, Unavailable

NOON = datetime(2024, 6, 11, 3, tzinfo=UTC)


@pytest.fixture
def there() -> Iterator[board.Board]:
    """A board that runs."""
    with board.running() as one:
        yield one


def connected(root: Path, url: str, token: str) -> Noticeboard:
    """The channel as Kawaraban builds it, its token in a file."""
    (root / "token").write_text(f"{token}\n", encoding="utf-8")
    paper = Publication(name="汀通信", base_url="https://example.com", network=NetworkSettings(private=True))
    own = {"server": url, "token": {"file": "token"}}
    settings = ChannelSettings(name="board", kind="noticeboard", own=own)
    return Noticeboard(Surroundings(root, paper, settings, lambda _asset: b"", lambda: NOON))


class TestTheKit(MachineConformance):
    """Passing it is being a channel."""

    kind = Noticeboard

    @pytest.fixture(autouse=True)
    def _board(self, tmp_path: Path, there: board.Board) -> None:
        self.root, self.there, self.url = tmp_path, there, there.url

    def channel(self) -> Noticeboard:
        """Return the channel, connected."""
        return connected(self.root, self.url, self.there.token)

    def stored(self) -> int:
        """Count what the board holds."""
        return len(self.there.notices)

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        """Let the board take the next request and not answer it."""
        self.there.losing = 1
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Nobody listens there."""
        self.url = "http://127.0.0.1:1"
        yield
        self.url = self.there.url


def test_kawaraban_finds_it_by_its_entry_point() -> None:
    """Installing the package is all that connects the two."""
    (point,) = (one for one in entry_points(group="kawaraban.channels") if one.name == "noticeboard")
    assert point.load() is Noticeboard


def test_it_tells_who_we_are_and_what_the_board_takes(tmp_path: Path, there: board.Board) -> None:
    """What `kawaraban channels test` shows."""
    there.limit, there.expires = 120, "2024-07-01T00:00:00+09:00"
    said = connected(tmp_path, there.url, there.token).probe()
    assert (said.account, said.shown, said.server) == ("b-0001", "@kairan", "回覧板 1.2")
    assert said.learnt == {"limit": 120}
    assert said.expires == datetime(2024, 6, 30, 15, tzinfo=UTC)


def test_a_new_token_in_its_file_is_used_at_once(tmp_path: Path, there: board.Board) -> None:
    """Nobody restarts anything for it."""
    channel = connected(tmp_path, there.url, "an old one")
    with pytest.raises(NotAuthorised):
        channel.probe()
    (tmp_path / "token").write_text(there.token, encoding="utf-8")
    assert channel.probe().account == there.identity


def test_a_board_that_says_something_else_is_no_answer(tmp_path: Path, there: board.Board) -> None:
    """A page of another server says nothing about our notices."""
    there.identity = ""
    there.expires = "tomorrow"
    with pytest.raises(Unavailable):
        connected(tmp_path, there.url, there.token).probe()


def test_the_notice_is_the_text_as_it_was_shown(tmp_path: Path, there: board.Board) -> None:
    """What is previewed is what stands there."""
    channel = connected(tmp_path, there.url, there.token)
    payload = channel.prepare(sample())
    channel.create(payload, KEY, lambda _note: None)
    assert there.notices[KEY][0] == sample().part(1).text

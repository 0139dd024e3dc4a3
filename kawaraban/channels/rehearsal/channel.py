"""The rehearsal channel: the protocol, over a board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import LiveCopy, Payload, Save, Surroundings
from kawaraban.channels.rehearsal import script
from kawaraban.channels.rehearsal.board import Board, Post
from kawaraban.channels.rehearsal.folder import FolderBoard
from kawaraban.channels.rehearsal.settings import Kind, RehearsalSettings
from kawaraban.config.load import own_settings
from kawaraban.counting import Measure
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Variant

_LATE = timedelta(hours=3)
"""What social channels have, whose place a rehearsal takes when it announces."""

_ABLE: dict[Kind, Capabilities] = {
    "natural": Capabilities(finds="key", idempotency="natural", unavailable_is_honest=True),
    "header": Capabilities(finds="nothing", idempotency="header", unavailable_is_honest=True),
    "find": Capabilities(finds="list", idempotency="none", unavailable_is_honest=True),
    "none": Capabilities(finds="nothing", idempotency="none", reads=False, unavailable_is_honest=True),
}


class Rehearsal:
    """A channel for dry runs and fault injection."""

    kind: ClassVar[str] = "rehearsal"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = _ABLE["natural"]
    Settings: ClassVar[type[BaseModel]] = RehearsalSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do with these settings."""
        settings = RehearsalSettings.model_validate(own.model_dump())
        kind = _ABLE[settings.idempotency]
        late = _LATE if settings.announces else None
        text = Measure("graphemes", settings.limit) if settings.limit is not None else None
        threads = text is not None and kind.finds != "nothing"
        longest = 2 * settings.timeout
        return replace(kind, announces=settings.announces, late=late, longest=longest, text=text, threads=threads)

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, RehearsalSettings)
        state = surroundings.root / ".kawaraban" / "rehearsal"
        self._script = script.Script(self._settings.faults, state / f"{surroundings.settings.name}.played")
        self._lock = state / f"{surroundings.settings.name}.lock"

    # --- the protocol ---------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return the words that would go out."""
        return Payload(variant, variant.text.encode(), "text/plain; charset=utf-8")

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Post it, or let happen what the script says."""
        del save
        fault = self._script.next()
        if failure := script.before(fault):
            raise failure
        with self._board() as board:
            post = self._posted(board, self._post(payload, key), _natural(payload))
        if failure := script.after(fault):
            raise failure
        return self._receipt(post)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Change the post; Refused where it is gone."""
        del save
        fault = self._script.next()
        if failure := script.before(fault):
            raise failure
        with self._board() as board:
            post = board.change(_name(receipt), self._post(payload, key))
        if post is None:
            raise _gone()
        if failure := script.after(fault):
            raise failure
        return self._receipt(post)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return what a try with this key left, where this kind can tell."""
        kind = self._settings.idempotency
        with self._board() as board:
            if kind == "natural":
                post = board.get(_natural(payload))
            elif kind == "find":
                post = next((one for one in board.all() if one.key == key), None)
            else:
                post = None
        return self._receipt(post) if post else None

    def recall(self, variants: Sequence[Variant]) -> Mapping[str, Receipt]:
        """Return these articles' posts, whoever sent them, where this kind can tell."""
        if self.able(self._settings).finds == "nothing":
            return {}
        asked = {variant.article for variant in variants}
        with self._board() as board:
            first = [post for post in board.all() if not post.answers_to]
            return {post.article: self._receipt(post) for post in first if post.article in asked}

    def answers(self, receipt: Receipt) -> Sequence[Receipt]:
        """Return the rest of a thread, post by post."""
        with self._board() as board:
            below = {post.answers_to: post for post in board.all() if post.answers_to}
        found, at = [], _name(receipt)
        while (post := below.pop(at, None)) is not None:
            found.append(self._receipt(post))
            at = post.id
        return found

    def account(self) -> str:
        """Return the board's own id; a board on a server has none."""
        if self._settings.server is not None:
            return ""
        return FolderBoard(self._surroundings.root / self._settings.path, self._lock).identity()

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what stands there, compared by its words."""
        if not self.able(self._settings).reads:
            return LiveCopy(present=True, url=receipt.url, verified=False)
        with self._board() as board:
            post = board.get(_name(receipt))
        if post is None:
            return LiveCopy(present=False, url=receipt.url)
        title = "" if post.answers_to else against.title  # the rest of a thread has none
        same = (post.title, post.text) == (title, against.part(1).text)
        return LiveCopy(present=True, url=post.url, differences=() if same else (_TEXT,))

    def withdraw(self, receipt: Receipt) -> None:
        """Take it down; gone already is as good."""
        fault = self._script.next()
        if failure := script.before(fault):
            raise failure
        with self._board() as board:
            board.remove(_name(receipt))
        if failure := script.after(fault):
            raise failure

    # --- the board ------------------------------------------------------------------------------------------------

    @contextmanager
    def _board(self) -> Iterator[Board]:
        server = self._settings.server
        if server is None:
            yield FolderBoard(self._surroundings.root / self._settings.path, self._lock)
            return
        from kawaraban.channels.http import Limits, Session
        from kawaraban.channels.rehearsal.remote import RemoteBoard

        seconds = self._settings.timeout.total_seconds()
        limits = Limits(connect=seconds, read=seconds, whole=2 * seconds)
        with Session(private=self._surroundings.publication.network.private, limits=limits) as session:
            yield RemoteBoard(server.rstrip("/"), session, self._surroundings.clock)

    def _posted(self, board: Board, post: Post, name: str) -> Post:
        match self._settings.idempotency:
            case "natural":
                return board.put(name, post)
            case "header":
                return board.add(post, once=True)
            case "find" | "none":
                return board.add(post, once=False)

    def _post(self, payload: Payload, key: str) -> Post:
        variant, above = payload.variant, payload.above
        title = variant.title if payload.number == 1 else ""
        return Post("", "", key, variant.article, title, payload.part.text, _name(above[-1]) if above else "")

    def _receipt(self, post: Post) -> Receipt:
        able = self.able(self._settings)
        return Receipt(post.id, post.url, self._surroundings.clock(), verified=able.reads)


def _natural(payload: Payload) -> str:
    """Return the name that needs no key: the article, and which post of its thread."""
    article = payload.variant.article
    return article if payload.number == 1 else f"{article}-{payload.number}"


def _name(receipt: Receipt) -> str:
    """Return the post's own name: a person who settled it may have given its address."""
    return receipt.remote_id.rpartition("/")[2].removesuffix(".json")


_TEXT = Sentence(ja="本文", en="the text")


def _gone() -> Refused:
    return Refused(
        Sentence(ja="稽古：書き換える相手がありません", en="rehearsal: there is nothing there to update"),
        remedy=Sentence(ja="kawaraban settle で決着させてください", en="end it with `kawaraban settle`"),
    )

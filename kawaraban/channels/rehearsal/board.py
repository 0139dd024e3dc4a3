"""A board: where rehearsed posts are kept. It knows keys as the kind of idempotency wants, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Post:
    """One post: its id, its address, the key it was sent under, its words, and the id of the post it answers to ("": none)."""

    id: str
    url: str
    key: str
    article: str
    title: str
    text: str
    answers_to: str = ""

    @property
    def words(self) -> dict[str, str]:
        """What a request carries."""
        names = ("key", "article", "title", "text", *(("answers_to",) if self.answers_to else ()))
        return {name: str(getattr(self, name)) for name in names}


class Board(Protocol):
    """What both boards do. Failures are Refused, Unavailable or Unsure."""

    def put(self, name: str, post: Post) -> Post:
        """Keep it under its own name; a second time replaces it."""

    def add(self, post: Post, *, once: bool) -> Post:
        """Keep it under a new name; `once`: the same key again gives the first post."""

    def all(self) -> list[Post]:
        """Return every post, oldest first."""

    def get(self, name: str) -> Post | None:
        """Return one post, or None."""

    def change(self, name: str, post: Post) -> Post | None:
        """Change one post; None where there is none."""

    def remove(self, name: str) -> None:
        """Take one down; one that is gone is no failure."""


def post_of(said: Any) -> Post:  # noqa: ANN401 - JSON
    """Return a post from JSON; raises ValueError for anything else."""
    if not isinstance(said, dict):
        msg = "a post is an object"
        raise ValueError(msg)  # noqa: TRY004 - it is what was read that is wrong, not the caller
    return Post(**{name: str(said.get(name, "")) for name in Post.__slots__})

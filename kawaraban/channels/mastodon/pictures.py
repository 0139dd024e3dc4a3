"""
Pictures of a post: uploaded once per delivery, known by their bytes, and waited for until the server has processed them.

What was uploaded is written down (`Note`) before the next request: a retry goes on from there. Servers forget a picture
without a post after a day, so one that an earlier try left is asked for first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from kawaraban.channels.http import Upload
from kawaraban.channels.mastodon.api import Api
from kawaraban.channels.mastodon.note import Note, fingerprint
from kawaraban.channels.protocol import Save
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable
from kawaraban.variant import Asset

_PAUSES = (0.5, 1.0, 2.0, 4.0)
_LATER = timedelta(seconds=30)
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


@dataclass(slots=True)
class Patience:
    """How long is waited in all: until `until` on the clock `ticks` (seconds); `pause` sleeps."""

    until: float
    ticks: Callable[[], float]
    pause: Callable[[float], None]
    waits: int = field(default=0, init=False)

    def keep(self) -> None:
        """Raise Unavailable where it is at an end: nothing was posted, and a later try goes on."""
        if self.ticks() >= self.until:
            raise Unavailable(_STILL_PROCESSING, after=_LATER)

    def wait(self) -> None:
        """Sleep a little, longer each time."""
        self.keep()
        self.pause(_PAUSES[min(self.waits, len(_PAUSES) - 1)])
        self.waits += 1


@dataclass(frozen=True, slots=True)
class Uploading:
    """Brings pictures to the server; `bytes_of` gives a picture's prepared bytes, `save` keeps the note."""

    api: Api
    bytes_of: Callable[[Asset], bytes]
    patience: Patience
    save: Save

    def bring(self, assets: Sequence[Asset], kept: Note, *, attached: Note | None = None) -> Note:
        """
        Return the ids of all these pictures, each ready to be posted.

        `kept` is what an earlier try left, `attached` what the post has already.
        """
        have = attached or Note()
        note = kept.only(assets)
        for asset in assets:
            if have.of(asset) is None:
                note = self._brought(asset, note)
        return Note(media={**note.media, **have.only(assets).media})

    def must_be_ready(self, note: Note) -> None:
        """Raise Unavailable where the server has not finished one of them after all."""
        if any(self.api.picture(name) == "processing" for name in note.media.values()):
            raise Unavailable(_STILL_PROCESSING, after=_LATER)

    def _brought(self, asset: Asset, note: Note) -> Note:
        name = note.of(asset)
        state = self.api.picture(name) if name is not None else "gone"
        if name is None or state == "gone":
            name, ready = self._uploaded(asset)
            note = Note(media={**note.media, fingerprint(asset): name})
            self.save(str(note))
            state = "ready" if ready else "processing"
        if state == "processing":
            self._wait_for(name, asset)
        return note

    def _uploaded(self, asset: Asset) -> tuple[str, bool]:
        self.patience.keep()
        name = f"{fingerprint(asset)}.{_EXTENSIONS.get(asset.media_type, 'bin')}"
        try:
            attachment, ready = self.api.upload(Upload("file", name, self.bytes_of(asset), asset.media_type), asset.alt)
        except NotAuthorised:
            raise
        except Refused as failure:
            raise Refused(_named(asset, failure.what), remedy=failure.remedy) from failure
        return attachment.id, ready

    def _wait_for(self, name: str, asset: Asset) -> None:
        state = "processing"
        while state == "processing":
            self.patience.wait()
            state = self.api.picture(name)
        if state == "gone":
            raise Refused(_named(asset, _LOST))


def _named(asset: Asset, why: Sentence) -> Sentence:
    return Sentence(ja=f"画像 {asset.name}：{why.ja}", en=f"picture {asset.name}: {why.en}")


_LOST = Sentence(ja="サーバーが受け取ったあと、使えませんでした", en="the server took it and could not use it")
_STILL_PROCESSING = Sentence(
    ja="サーバーがまだ画像を用意しています。投稿はまだしていません",
    en="the server is still preparing the pictures; nothing was posted",
)

"""The note channel: the program prepares, a person posts, the program reads back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, assert_never

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.channels.note.location import Location, located, public_url
from kawaraban.channels.note.pace import Pace
from kawaraban.channels.note.settings import Settings
from kawaraban.channels.protocol import LiveCopy, Payload, Save, Surroundings
from kawaraban.config.load import own_settings
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence, Unavailable
from kawaraban.variant import Variant

if TYPE_CHECKING:
    from kawaraban.channels.http import CantTell
    from kawaraban.channels.note.package import NotePacking
    from kawaraban.channels.note.public import LiveNote, NotLive

_LOG = logging.getLogger(__name__)
_NOT_LIVE: dict[str, Sentence] = {
    "deleted": Sentence(ja="この記事はnoteで削除されています", en="this note was deleted"),
    "draft": Sentence(ja="この記事はまだ下書きです", en="this note is still a draft"),
    "reserved": Sentence(ja="この記事はまだ公開前（予約投稿）です", en="this note is scheduled and not out yet"),
    "frozen": Sentence(ja="この記事はnoteに止められています", en="note has frozen this note"),
    "missing": Sentence(
        ja="この記事はnoteにありません（下書きのままかもしれません）", en="there is no such note (a draft, perhaps)"
    ),
}

_PUBLISH_FIRST = Sentence(
    ja="「公開に進む」の次の画面で「投稿する」まで押してから、もう一度記録してください",
    en="publish it with 投稿する on the screen after 公開に進む, then record it again",
)
_REMEDIES: dict[str, Sentence] = {
    "deleted": Sentence(
        ja="新しい記事として貼り直し、そのURLを記録してください", en="paste it as a new note and record its address"
    ),
    "reserved": Sentence(
        ja="noteで公開されてから、もう一度記録してください", en="record it again when note has published it"
    ),
    "frozen": Sentence(
        ja="noteからの知らせを確かめてください。公開に戻ったら、もう一度記録してください",
        en="see what note has written to you; record it again when it is public",
    ),
    "missing": Sentence(
        ja="URLを確かめるか、「投稿する」まで押してから、もう一度記録してください",
        en="check the address, or publish it with 投稿する, then record it again",
    ),
}


class Note:
    """note.com. Its unofficial writing interface is not used: `create` and `update` are a person's."""

    kind: ClassVar[str] = "note"
    renderer: ClassVar[str] = "note"
    capabilities: ClassVar[Capabilities] = Capabilities(
        by_hand=True,
        finds="nothing",
        idempotency="none",
        shows=frozenset({"heading", "list", "quote", "code", "figure", "embed", "ruby", "math"}),
    )
    Settings: ClassVar[type[BaseModel]] = Settings

    def __init__(self, surroundings: Surroundings, sleep: Callable[[float], None] = time.sleep) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, Settings)
        self._pace = Pace(surroundings.root / ".kawaraban" / "cache" / "note-pace.json", surroundings.clock, sleep)

    # --- the package ----------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return what a person would paste."""
        return Payload(variant=variant, body=variant.body.encode(), media_type="text/html")

    def package(self, variant: Variant, live: Variant | None) -> Path:
        """Write the folder a person posts from, whole or not at all; with a change sheet where `live` is given."""
        from kawaraban.channels.note.package import write_package

        return write_package(self._packing(), variant, live)

    def discard(self, variant: Variant) -> None:
        """Remove the package of that article, if one lies there: what is withdrawn is not to be posted."""
        self._packing().discard(variant)

    def _packing(self) -> NotePacking:
        from kawaraban.channels.note.package import NotePacking

        path = self._settings.path or f"packages/{self._surroundings.settings.name}"
        return NotePacking(surroundings=self._surroundings, path=path, contents=self._settings.contents)

    # --- what a person posted -------------------------------------------------------------------------------------

    def recognise(self, address: str, variant: Variant) -> Receipt:
        """
        Return the receipt of the note at `address`, read back.

        Refused: another user's page, clearly another article, deleted, a draft, or an image anchor is live. Other
        differences are in the receipt. Where note can't be asked the receipt is not `verified`.
        """
        from kawaraban.channels.http import CantTell
        from kawaraban.channels.note.public import LiveNote, NotLive

        place = located(address)
        found = self._read(place.key)
        match found:
            case NotLive():
                raise _not_live(found)
            case CantTell():
                return self._unverified(place, found)
            case LiveNote():
                return self._received(found, place, variant)
        assert_never(found)

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what is really live under a receipt; an image anchor that is live is a difference here."""
        from kawaraban.channels.http import CantTell
        from kawaraban.channels.note.comparison import differences, live_anchors
        from kawaraban.channels.note.public import LiveNote, NotLive

        found = self._read(receipt.remote_id)
        match found:
            case NotLive():
                return LiveCopy(present=False, url=receipt.url, differences=(_NOT_LIVE[found.state],))
            case CantTell():
                return LiveCopy(present=True, url=receipt.url, verified=False)
            case LiveNote():
                anchors = (_anchor_is_live(anchor) for anchor in live_anchors(found, against))
                return LiveCopy(
                    present=True,
                    url=self._url(found.user, receipt.remote_id),
                    differences=(*anchors, *differences(found, against)),
                    verified=found.body is not None,
                )
        assert_never(found)

    # --- what only a person can do --------------------------------------------------------------------------------

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Refuse: a person posts."""
        raise _a_person_does(payload, key, save)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Refuse: a person changes it, with the change sheet."""
        raise _a_person_does(payload, receipt, key, save)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return None: nothing is ever sent to note by itself, so nothing can be left behind."""
        del payload, key
        return None

    def withdraw(self, receipt: Receipt) -> None:
        """Return when the note is gone; otherwise say that a person must take it down."""
        from kawaraban.channels.http import CantTell
        from kawaraban.channels.note.public import NotLive

        found = self._read(receipt.remote_id)
        if isinstance(found, NotLive):
            return
        if isinstance(found, CantTell):
            raise Unavailable(found.why, after=found.after)
        raise Refused(
            Sentence(
                ja=f"noteの記事は人が取り下げます：{receipt.url}", en=f"a person takes the note down: {receipt.url}"
            ),
            remedy=Sentence(
                ja="noteの記事の「…」から「下書きに戻す」か「削除」を選んでください",
                en="choose 下書きに戻す or 削除 in the note's menu",
            ),
        )

    # --- reading --------------------------------------------------------------------------------------------------

    def _read(self, key: str) -> LiveNote | NotLive | CantTell:
        from kawaraban.channels.http import CantTell, Limits, Session
        from kawaraban.channels.note.public import asked_to_wait, read_note

        if (left := self._pace.stopped()) is not None:
            return asked_to_wait(left)
        self._pace.take_turn()

        seconds = self._settings.timeout.total_seconds()
        limits = Limits(connect=seconds, read=seconds, whole=3 * seconds)
        with Session(private=self._surroundings.publication.network.private, limits=limits) as session:
            found = read_note(session, self._settings.api, key, self._surroundings.clock())
        if isinstance(found, CantTell) and found.after is not None:
            self._pace.stop(found.after)
        return found

    def _received(self, found: LiveNote, place: Location, variant: Variant) -> Receipt:
        from kawaraban.channels.note.comparison import differences, is_another_article, live_anchors

        self._refuse_other_user(found.user or place.user)
        if is_another_article(found, variant):
            raise _another_article(found.title)
        if anchors := live_anchors(found, variant):
            raise _anchors_live(anchors)
        return Receipt(
            remote_id=place.key,
            url=self._url(found.user, place.key),
            at=self._surroundings.clock(),
            version=found.published_at,
            verified=found.body is not None,
            differences=differences(found, variant),
        )

    def _unverified(self, place: Location, found: CantTell) -> Receipt:
        self._refuse_other_user(place.user)
        _LOG.warning("note %s could not be read back: %s", place.key, found.why.en)
        return Receipt(
            remote_id=place.key, url=self._url(None, place.key), at=self._surroundings.clock(), verified=False
        )

    def _refuse_other_user(self, user: str | None) -> None:
        if user is not None and user.casefold() != self._settings.user.casefold():
            raise Refused(
                Sentence(
                    ja=f"これは {user} さんの記事です（設定は {self._settings.user}）",
                    en=f"this is a note of {user} (the channel's user is {self._settings.user})",
                ),
                remedy=Sentence(
                    ja="URLか、config/channels.yaml の user を確かめてください",
                    en="check the address, or `user` in config/channels.yaml",
                ),
            )

    def _url(self, user: str | None, key: str) -> str:
        return public_url(user or self._settings.user, key)


def _not_live(found: NotLive) -> Refused:
    return Refused(_NOT_LIVE[found.state], remedy=_REMEDIES.get(found.state, _PUBLISH_FIRST))


def _another_article(title: str) -> Refused:
    return Refused(
        Sentence(ja=f"これは別の記事です：「{title}」", en=f"this is another article: {title}"),
        remedy=Sentence(ja="URLを確かめてください", en="check the address"),
    )


def _anchor_is_live(anchor: str) -> Sentence:
    return Sentence(
        ja=f"画像の目印が公開されています：{anchor}", en=f"an image anchor is in the published text: {anchor}"
    )


def _anchors_live(anchors: list[str]) -> Refused:
    listed = "、".join(anchors)
    return Refused(
        Sentence(
            ja=f"画像の目印が公開されたままです：{listed}",
            en=f"image anchors are still in the published text: {listed}",
        ),
        remedy=Sentence(
            ja="目印を画像に差し替えて「更新する」を押し、もう一度記録してください",
            en="replace them by the pictures, press 更新する, then record it again",
        ),
    )


def _a_person_does(*_sent: object) -> Refused:
    return Refused(
        Sentence(ja="noteへは人が手で出します", en="a person posts to note by hand"),
        remedy=Sentence(ja="パッケージの index.html を開いてください", en="open index.html of the package"),
    )

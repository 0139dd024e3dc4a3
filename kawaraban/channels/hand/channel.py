"""The hand channel: the program prepares, a person posts and says where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel

from kawaraban.capabilities import Capabilities
from kawaraban.channels.hand.settings import HandSettings
from kawaraban.channels.protocol import LiveCopy, Payload, Save, Surroundings
from kawaraban.config.load import own_settings
from kawaraban.delivery import Receipt
from kawaraban.errors import Refused, Sentence
from kawaraban.variant import Variant

if TYPE_CHECKING:
    from kawaraban.channels.hand.package import HandPacking


class Hand:
    """A network or a mailing that only people can reach. Nothing is sent from here, and nothing is read back."""

    kind: ClassVar[str] = "hand"
    renderer: ClassVar[str] = "social"
    capabilities: ClassVar[Capabilities] = HandSettings().able
    Settings: ClassVar[type[BaseModel]] = HandSettings

    @classmethod
    def able(cls, own: BaseModel) -> Capabilities:
        """Return what it can do: the network's rules, or a mailing's."""
        return HandSettings.model_validate(own.model_dump()).able

    @classmethod
    def renders(cls, own: BaseModel) -> str:
        """Return the renderer: a mailing carries the whole article."""
        return "fulltext" if HandSettings.model_validate(own.model_dump()).form == "mail" else cls.renderer

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._settings = own_settings(surroundings.settings, HandSettings)

    # --- the package ----------------------------------------------------------------------------------------------

    def prepare(self, variant: Variant) -> Payload:
        """Return what a person would paste."""
        kind = "text/html" if self._settings.form == "mail" else "text/plain; charset=utf-8"
        return Payload(variant, variant.body.encode(), kind)

    def package(self, variant: Variant, live: Variant | None) -> Path:
        """Write the folder a person posts from, whole or not at all."""
        from kawaraban.channels.hand.package import write_package

        return write_package(self._packing(), variant, live)

    def discard(self, variant: Variant) -> None:
        """Remove the package of that article, if one lies there."""
        self._packing().discard(variant)

    def _packing(self) -> HandPacking:
        from kawaraban.channels.hand.package import HandPacking

        path = self._settings.path or f"packages/{self._surroundings.settings.name}"
        return HandPacking(surroundings=self._surroundings, path=path, settings=self._settings)

    # --- what a person posted -------------------------------------------------------------------------------------

    def recognise(self, address: str, variant: Variant) -> Receipt:
        """Return the receipt of the post at `address`; Refused where it is no post's address. Nothing is read back."""
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").removeprefix("www.")
        if parts.scheme != "https" or "." not in host or parts.username is not None:
            raise _no_address(address)
        if self._hosts and host not in self._hosts:
            raise _another_network(address, self._settings.rules.called)
        if (host, parts.path) == (urlsplit(variant.head.url).hostname, urlsplit(variant.head.url).path):
            raise _our_own_page(address)
        query = "" if self._hosts else parts.query
        url = urlunsplit((parts.scheme, parts.netloc.lower(), parts.path, query, ""))
        return Receipt(url, url, self._surroundings.clock(), verified=False)

    @property
    def _hosts(self) -> tuple[str, ...]:
        return self._settings.rules.hosts if self._settings.form == "post" else ()

    def read(self, receipt: Receipt, against: Variant) -> LiveCopy:
        """Return what is believed: it can't be read back."""
        del against
        return LiveCopy(present=True, url=receipt.url, verified=False)

    # --- what only a person can do --------------------------------------------------------------------------------

    def create(self, payload: Payload, key: str, save: Save) -> Receipt:
        """Refuse: a person posts."""
        raise _a_person_does(payload, key, save)

    def update(self, payload: Payload, receipt: Receipt, key: str, save: Save) -> Receipt:
        """Refuse: a person changes it, where that is possible at all."""
        raise _a_person_does(payload, receipt, key, save)

    def find(self, payload: Payload, key: str) -> Receipt | None:
        """Return None: nothing is ever sent by itself, so nothing can be left behind."""
        del payload, key
        return None

    def withdraw(self, receipt: Receipt) -> None:
        """Refuse: a person takes it down, or nobody can."""
        if self._settings.form == "mail":
            raise Refused(
                Sentence(ja="送ったメールは取り消せません", en="a mailing can't be taken back"),
                remedy=Sentence(ja="必要なら、訂正をあらためて送ってください", en="send a correction where one is due"),
            )
        where = receipt.url or ""
        raise Refused(
            Sentence(ja=f"投稿は人が消します：{where}", en=f"a person removes the post: {where}"),
            remedy=Sentence(
                ja=f"{where} を消してください（連投なら、続きの投稿も）", en=f"remove {where} (of a thread, every post)"
            ),
        )


def _a_person_does(*_sent: object) -> Refused:
    return Refused(
        Sentence(ja="ここへは人が手で出します", en="a person posts there by hand"),
        remedy=Sentence(ja="パッケージの index.html を開いてください", en="open index.html of the package"),
    )


def _no_address(address: str) -> Refused:
    return Refused(
        Sentence(ja=f"投稿のアドレスではありません：{address}", en=f"this is no address of a post: {address}"),
        remedy=Sentence(
            ja="https:// から始まるアドレスを写してください。なければ、アドレスなしで記録できます",
            en="copy the address that begins with https://; where there is none, record it without one",
        ),
    )


def _another_network(address: str, network: str) -> Refused:
    return Refused(
        Sentence(
            ja=f"これは {network} のアドレスではありません：{address}", en=f"this is no address on {network}: {address}"
        ),
        remedy=Sentence(ja="出した投稿のアドレスを写してください", en="copy the address of the post itself"),
    )


def _our_own_page(address: str) -> Refused:
    return Refused(
        Sentence(ja=f"これは記事の頁のアドレスです：{address}", en=f"this is the article's own page: {address}"),
        remedy=Sentence(ja="出した投稿のアドレスを写してください", en="copy the address of the post itself"),
    )

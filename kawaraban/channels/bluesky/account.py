"""
Who we are: the session is kept over processes and renewed when its token is used up; a new login is the last resort.

Sessions are made at the configured server (an entryway like bsky.social), everything else is asked of the account's
own server, which its DID document names.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, ValidationError

from kawaraban.address import readable
from kawaraban.channels.bluesky.session import Kept, SessionFile, Signed, proof_of
from kawaraban.channels.bluesky.settings import BlueskySettings
from kawaraban.channels.bluesky.xrpc import Caller, Json, Stale
from kawaraban.channels.http import Session
from kawaraban.errors import NotAuthorised, Refused, Sentence, Unavailable, Unsure

_PDS = "AtprotoPersonalDataServer"
_NO_HANDLE = "handle.invalid"
_TOKEN = r"^[!-~]+$"  # noqa: S105 - what one looks like: it becomes a header field
_DID = r"^did:[a-z]+:[A-Za-z0-9._:%-]+$"
_HANDLE = re.compile(r"[A-Za-z0-9.-]{3,253}")  # it becomes part of an address


class _Answer(BaseModel):
    """What createSession and refreshSession say (com.atproto.server.createSession)."""

    access: str = Field(alias="accessJwt", pattern=_TOKEN)
    refresh: str = Field(alias="refreshJwt", pattern=_TOKEN)
    did: str = Field(pattern=_DID)
    handle: str = ""
    document: dict[str, Any] | None = Field(default=None, alias="didDoc")  # Any: JSON

    @property
    def shown(self) -> str:
        """The handle, or the DID where the handle leads nowhere."""
        return self.handle if _HANDLE.fullmatch(self.handle) and self.handle != _NO_HANDLE else self.did


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one channel. Fails as a channel fails; nothing is posted by any of this, so never as Unsure."""

    settings: BlueskySettings
    password: SecretStr
    file: SessionFile
    http: Session
    clock: Callable[[], datetime]
    private: bool

    def signed(self) -> Signed:
        """Return the session that is kept, or a new one."""
        found = self._ours(self.file.read())
        if found is not None:
            return found
        with self.file.alone():
            kept = self.file.read()
            return self._ours(kept) or self._logged_in(kept)

    def renewed(self, stale: Signed) -> Signed:
        """Return a session in place of one whose token is used up; another process may have made it already."""
        with self.file.alone():
            kept = self.file.read()
            found = self._ours(kept)
            if found is not None and found.access != stale.access:
                return found
            return self._refreshed(kept, stale) or self._logged_in(kept)

    def caller(self, signed: Signed) -> Caller:
        """Return what calls methods in our name, on our own server."""
        return self._caller(signed.home, signed.access)

    def _ours(self, kept: Kept) -> Signed | None:
        signed = kept.signed
        password = self.password.get_secret_value()
        ours = signed is not None and signed.was_had_with(self.settings.server, self.settings.handle, password)
        return signed if ours else None

    # --- refreshing and logging in ---

    def _refreshed(self, kept: Kept, stale: Signed) -> Signed | None:
        """Return the session with fresh tokens; None where only a login helps."""
        try:
            said = _nothing_posted(lambda: self._caller(stale.home, stale.refresh).send(_REFRESH))
            answer = _read(said)
        except Refused as refusal:
            if isinstance(refusal, NotAuthorised) and not isinstance(refusal, Stale):
                raise  # the account is shut: its password opens nothing either
            return None
        renewed = stale.model_copy(update={"access": answer.access, "refresh": answer.refresh, "handle": answer.shown})
        self.file.write(kept.model_copy(update={"signed": renewed}))
        return renewed

    def _logged_in(self, kept: Kept) -> Signed:
        now = self.clock()
        if (wait := kept.wait(now)) is not None:
            raise Unavailable(_TOO_OFTEN, after=wait)
        _must_be_safe(self.settings.server, private=self.private)
        tried = kept.after_login(now)
        self.file.write(tried)
        password = self.password.get_secret_value()
        asked = {"identifier": self.settings.handle, "password": password}
        try:
            said = _nothing_posted(lambda: self._caller(self.settings.server).call(_LOGIN, asked))
        except Stale as refusal:
            raise NotAuthorised(refusal.what, remedy=refusal.remedy) from None
        except Unavailable as busy:
            if busy.after is not None:
                self.file.write(tried.model_copy(update={"shut_until": now + busy.after}))
            raise
        signed = self._made(_read(said), password)
        self.file.write(tried.model_copy(update={"signed": signed}))
        return signed

    def _made(self, answer: _Answer, password: str) -> Signed:
        salt = secrets.token_hex(16)
        return Signed(
            server=self.settings.server,
            login=self.settings.handle,
            salt=salt,
            proof=proof_of(password, salt),
            did=answer.did,
            handle=answer.shown,
            home=self._home(answer.document),
            access=answer.access,
            refresh=answer.refresh,
        )

    # --- where the account lives ---

    def _home(self, document: Json | None) -> str:
        """
        Return the account's own server (atproto.com/specs/did: the service `#atproto_pds`).

        Where the configured server is that very one under another address (behind a proxy, inside a network), it stays.
        """
        named = _service(document)
        if named is None or named == self.settings.server or self._calls_itself(urlsplit(named).hostname or ""):
            return self.settings.server
        _must_be_safe(named, private=self.private)
        return named

    def _calls_itself(self, host: str) -> bool:
        """Return whether the configured server says that it is the one at this host."""
        try:
            said = self._caller(self.settings.server).read("com.atproto.server.describeServer")
        except (Refused, Unavailable):
            return False
        return (said or {}).get("did") == f"did:web:{host}"

    def _caller(self, address: str, token: str = "") -> Caller:
        return Caller(self.http, self.clock, address, token, (self.password.get_secret_value(),))


_LOGIN = "com.atproto.server.createSession"
_REFRESH = "com.atproto.server.refreshSession"


def _nothing_posted(call: Callable[[], Json]) -> Json:
    """A login whose answer is lost leaves nothing public behind: it is tried again."""
    try:
        return call()
    except Unsure as lost:
        raise Unavailable(lost.what) from lost


def _read(said: Json) -> _Answer:
    try:
        return _Answer.model_validate(said)
    except ValidationError:
        raise Unavailable(_UNREADABLE) from None  # pydantic's own text would repeat the tokens


def _service(document: Json | None) -> str | None:
    """Return the personal data server that a DID document names."""
    services = (document or {}).get("service")
    for one in services if isinstance(services, list) else ():
        if isinstance(one, dict) and one.get("type") == _PDS and isinstance(one.get("serviceEndpoint"), str):
            return (readable(one["serviceEndpoint"]) or "").rstrip("/") or None
    return None


def _must_be_safe(address: str, *, private: bool) -> None:
    """A password or token goes over TLS, or stays inside a network that the settings allow."""
    if urlsplit(address).scheme == "https" or private:
        return
    raise Refused(
        Sentence(ja=f"{address} は暗号化されていません", en=f"{address} is not encrypted"),
        remedy=Sentence(ja="server を https:// で書いてください", en="write `server` with https://"),
    )


_TOO_OFTEN = Sentence(
    ja="ログインの回数が限度に近いので、しばらく待ちます。何も送っていません",
    en="too many logins in a short time: waiting; nothing was sent",
)
_UNREADABLE = Sentence(ja="ログインの答えが読めません", en="the answer to the login can't be read")

"""As whom a channel knows us: another account, or refused credentials, holds the channel until a person resumes it."""

from __future__ import annotations

from flows.compose import House
from flows.stages.secrecy import redacted, references, secrets_of, veiled
from kawaraban.config.secret import revealed
from kawaraban.errors import NotAuthorised, Sentence
from kawaraban.ledger import Scope
from kawaraban.ledger.records import RECOVERY


def another_account(house: House, channel: str, account: str) -> Sentence | None:
    """
    Return what is said of it where `account` is not the one that this ledger knows there; its channel is held then.

    The first one that is ever seen is remembered; "" says nothing. A server may echo what it was sent: no secret is kept.
    """
    account = redacted(account, secrets_of(house.own.get(channel), house.root))
    known = house.ledger.accounts.of(channel).account
    if account in ("", known):
        return None
    if not known:
        house.ledger.accounts.known_as(channel, account)
        return None
    house.ledger.accounts.stranger(channel, account)
    said = Sentence(
        ja=f"{channel} の設定の先は、前と違うアカウントです（{account}、前は {known}）",
        en=f"another account stands behind the settings of {channel} ({account}; it was {known})",
    )
    close(house, channel, said)
    return said


def refused(house: House, channel: str, error: NotAuthorised) -> Sentence:
    """
    Hold a channel whose server refuses our credentials, and return why.

    A secret that is only not to be had in this process (a variable of another shell) says nothing about the channel.
    """
    return error.what if lacking(house, channel) is not None else close(house, channel, error.advised)


def lacking(house: House, channel: str) -> NotAuthorised | None:
    """Return the error of the first secret that a channel's settings name and that is not there, or None."""
    for reference in references(house.own.get(channel)):
        try:
            revealed(reference, house.root)
        except NotAuthorised as error:
            return error
    return None


def close(house: House, channel: str, why: Sentence) -> Sentence:
    """Hold a channel on the machine's behalf, and return why, without a secret: fifty refusals are one trouble."""
    what = veiled(why, secrets_of(house.own.get(channel), house.root))
    said = f"{what.ja} / {what.en}"
    house.ledger.hold(Scope(channel=channel), now=house.clock(), who=RECOVERY, why=said)
    house.ledger.accounts.troubled(channel, what, now=house.clock())
    return what

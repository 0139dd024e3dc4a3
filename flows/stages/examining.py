"""
The self-check: what has to be well before anything can go out by itself, each with its remedy.

Nothing is changed, no ledger is made, and no check hinders another: what can't be looked at is a failed check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from flows import handover
from flows.compose import House, open_house
from flows.stages import alerting, premises
from flows.stages.arriving import refuse_clock
from flows.stages.expiry import expiring
from flows.stages.looking import status
from flows.stages.premises import Said, say
from flows.stages.stops import EXPIRING, RENEW, RENEW_THERE, said_of
from flows.stages.surveying import broken_files, survey
from kawaraban.config import AlertKind, AlertSettings
from kawaraban.delivery import State, Word
from kawaraban.errors import KawarabanError, Sentence, counted

LONG = timedelta(minutes=15)
"""A publish that takes longer than this may hang."""

_COMING = (Word.SCHEDULED, Word.DUE, Word.RETRYING)
_NOT_OURS = ("example.com", "example.org", "example.net", "localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. A `remedy` beside `ok` is advice."""

    name: str
    ok: bool
    said: Sentence
    remedy: Sentence | None = None


def examine(root: Path, *, clock: Callable[[], datetime], alert: bool = False) -> list[Check]:
    """Look at everything; `alert` sends a test to every place that alerts go to."""
    try:
        house = open_house(root, clock=clock)
    except KawarabanError as error:
        return [
            _unwell("settings", error),
            _checked("disk", lambda: premises.disk([root])),
            _checked("prefect", lambda: premises.prefect(root)),
        ]
    with house:
        return list(_all(house, alert=alert))


def _all(house: House, *, alert: bool) -> Iterator[Check]:
    channels = len(house.settings.channels)
    yield Check(
        "settings",
        ok=True,
        said=say(f"正しく書けています（{channels}か所）", f"well written ({counted(channels, 'channel')})"),
    )
    checks: dict[str, Callable[[], Said]] = {
        "address": lambda: _address(house),
        "secrets": lambda: _secrets(house),
        "content": lambda: _content(house),
        "ledger": lambda: _ledger(house),
        "clock": lambda: _clock(house),
        "locks": lambda: _locks(house),
        "disk": lambda: premises.disk([house.root, *premises.folders(house)]),
        "folders": lambda: premises.writable(house),
        "prefect": lambda: premises.prefect(house.root),
        "publisher": lambda: _publisher(house),
        "alerts": lambda: _alerts(house, alert=alert),
    }
    for name, look in checks.items():
        yield _checked(name, look)


def _checked(name: str, look: Callable[[], Said]) -> Check:
    try:
        ok, said, remedy = look()
    except KawarabanError as error:
        return _unwell(name, error)
    except OSError as error:
        return Check(name, ok=False, said=say(f"見られません: {error}", f"can't be looked at: {error}"))
    return Check(name, ok, said, remedy)


def _unwell(name: str, error: KawarabanError) -> Check:
    where = f"{error.place}: " if error.place else ""
    return Check(name, ok=False, said=say(f"{where}{error.what.ja}", f"{where}{error.what.en}"), remedy=error.remedy)


# --- settings and articles ---


def _address(house: House) -> Said:
    host = urlsplit(house.publication.base_url).hostname or ""
    said = say(house.publication.base_url, house.publication.base_url)
    if host.removeprefix("www.") in _NOT_OURS:
        ja = "見本のままです。公開する場所を config/publication.yaml の base_url に書いてください（公開したら変えません）"
        en = "the sample's own: write where the site will be into `base_url` of config/publication.yaml (never change it once published)"
        return True, said, say(ja, en)
    return True, said, None


def _secrets(house: House) -> Said:
    lacking = alerting.lacking(house)
    if not lacking:
        return _expiring(house)
    ja = "、".join(f"{channel}: {error.what.ja}" for channel, error in lacking.items())
    en = ", ".join(f"{channel}: {error.what.en}" for channel, error in lacking.items())
    return False, say(ja, en), next(iter(lacking.values())).remedy


def _expiring(house: House) -> Said:
    """Every secret is there: say which of them ends next, where that is soon."""
    ends = expiring(house)
    soon = [secret for secret, end in ends.items() if end - EXPIRING <= house.clock()]
    if not soon:
        return True, say("設定にある秘密は、どれも読めます", "every secret that the settings name is there"), None
    (whose, secret), end = min(((secret, ends[secret]) for secret in soon), key=lambda pair: pair[1])
    fine, name = end > house.clock(), said_of(secret)
    said = say(
        f"{whose} の {name.ja} は {end:%Y-%m-%d} {'まで' if fine else 'に切れました'}",
        f"{name.en} of {whose} {'ends' if fine else 'ended'} on {end:%Y-%m-%d}",
    )
    return fine, said, RENEW if secret else RENEW_THERE


def _content(house: House) -> Said:
    found = survey(house, ())
    wrong = [one for one in found.articles if any(each.blocks for each in found.findings(house, one))]
    ready = sum(one.matter.status == "ready" for one in wrong)
    broken, count = len(broken_files(found)), len(found.articles)
    said = say(
        f"記事{count}本。誤りで止まるもの{ready}本、下書きなどの誤り{len(wrong) - ready}本、読めないファイル{broken}",
        f"{counted(count, 'article')}; {ready} blocked by errors, {counted(len(wrong) - ready, 'draft')} with errors, "
        f"{counted(broken, 'unreadable file')}",
    )
    fine = not ready and not broken
    return fine, said, None if fine and not wrong else say("kawaraban check", "kawaraban check")


# --- the ledger ---


_NO_LEDGER = (True, say("まだありません。初めて公開するときにできます", "none yet: the first publish makes it"), None)


def _ledger(house: House) -> Said:
    """Opening it brings it up to date, or says why it can't be."""
    if not house.has_ledger:
        return _NO_LEDGER
    house.ledger.home.refuse()  # raises where it was put back or copied, and nobody has let it go on
    identity, count = house.ledger.identity(), len(house.ledger.deliveries())
    return (
        True,
        say(f"最新の形で開けます（{identity.ledger[:8]}、配信{count}件）", f"opens and is current ({identity.ledger[:8]}, {counted(count, 'delivery', 'deliveries')})"),
        None,
    )  # fmt: skip


def _clock(house: House) -> Said:
    if house.has_ledger:
        refuse_clock(house)
    now = house.clock().astimezone(house.publication.zone)
    return (
        True,
        say(
            f"{now:%Y-%m-%d %H:%M:%S}（{house.publication.timezone}）",
            f"{now:%Y-%m-%d %H:%M:%S} ({house.publication.timezone})",
        ),
        None,
    )


def _locks(house: House) -> Said:
    if not house.has_ledger:
        return True, say("ありません", "none"), None
    now = house.clock()
    held = [lock for lock in house.ledger.locks() if lock.until > now]
    lapsed = [
        one
        for one in house.ledger.deliveries()
        if one.state is State.SENDING and one.lease_until and one.lease_until <= now
    ]
    ja = [f"{lock.name}: {_process(lock.owner)} が {lock.since:%H:%M:%S} UTC から" for lock in held]
    en = [f"{lock.name}: {_process(lock.owner)} since {lock.since:%H:%M:%S} UTC" for lock in held]
    if lapsed:
        ja.append(f"途中で終わった送信{len(lapsed)}件は、次の公開で確かめます")
        en.append(f"the next publish asks about {counted(len(lapsed), 'interrupted send')}")
    long = [lock for lock in held if lock.since < now - LONG]
    remedy = say(
        f"止まっているなら、そのプロセス（{_process(long[0].owner)}）を終わらせてください。二度出ることはありません",
        f"if it hangs, end that process ({_process(long[0].owner)}); nothing is sent twice",
    ) if long else None  # fmt: skip
    return True, say("。".join(ja) or "ありません", "; ".join(en) or "none"), remedy


def _process(owner: str) -> str:
    parts = owner.split("/")
    return f"pid {parts[2]}" if len(parts) == 4 else owner  # noqa: PLR2004 - the four parts of a process's name


# --- what goes out by itself ---


def _publisher(house: House) -> Said:
    if handover.answers(house.root):
        return True, say("動いています", "it runs"), None
    coming = [row for row in status(house, (), now=house.clock()) if row.word in _COMING] if house.has_ledger else []
    remedy = say(
        "kawaraban serve を動かしてください（config/kawaraban.service）",
        "run `kawaraban serve` (config/kawaraban.service)",
    )
    if coming:
        said = say(
            f"動いていません。予定の{len(coming)}件は出ません",
            f"it does not run: {len(coming)} scheduled will not go out",
        )
        return False, said, remedy
    return True, say("動いていません。いまは予定もありません", "it does not run; nothing is scheduled either"), remedy


def _alerts(house: House, *, alert: bool) -> Said:
    places = house.publication.alerts
    if not places:
        ja, en = "知らせがどこにも届きません", "no alert goes anywhere"
        remedy = say(
            "config/publication.yaml の alerts に届け先を書いてください（docs/alerts.md）",
            "write a place into `alerts` of config/publication.yaml (docs/alerts.md)",
        )
        return False, say(ja, en), remedy
    for place in places:
        reason = alerting.unusable(house, place)
        if reason is not None:
            what = reason if isinstance(reason, Sentence) else reason.what
            how = _HOW if isinstance(reason, Sentence) else reason.remedy
            return False, say(f"{place.place}: {what.ja}", f"{place.place}: {what.en}"), how
    if alert:
        return _tried(house)
    names = "、".join(place.place for place in places)
    said = say(f"{names}（試すには --alert）", f"{names} (try them with --alert)")
    return True, said, _unheard(places)


def _unheard(places: Sequence[AlertSettings]) -> Sentence | None:
    """Return the advice about what nobody is told."""
    kinds = [kind for kind in get_args(AlertKind) if not any(place.wants(kind) for place in places)]
    return say(f"だれにも知らせないもの: {'、'.join(kinds)}", f"told to nobody: {', '.join(kinds)}") if kinds else None


def _tried(house: House) -> Said:
    for place, error in alerting.test(house).items():
        if error is not None:
            return False, say(f"{place}: {error.ja}", f"{place}: {error.en}"), _HOW
    return (
        True,
        say("ためしの知らせを送りました。届いたか見てください", "a test was sent: see whether it arrived"),
        None,
    )


_HOW = say("AppriseのURLを確かめてください（https://appriseit.com/）", "check the Apprise URL (https://appriseit.com/)")

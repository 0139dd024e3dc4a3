"""record and settle: what people tell the ledger."""

from __future__ import annotations

from desk.cli import documents
from desk.cli.main import Call, clock
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.watching import progress
from flows.stages import looking, recording
from flows.stages.recording import Recorded
from kawaraban.errors import Sentence
from kawaraban.ledger import Settlement


def record(call: Call) -> int:
    """Record that a person posted an article, read it back, and let the site's notice turn."""
    options = call.options
    house = call.house()
    try:
        with progress(call) as show:
            done = recording.record(house, options.article, options.channel, options.url, show, now=clock())
        if call.json:
            rows = looking.status(house, [done.article.id], now=clock())
            documents.write(documents.status(rows, call.language, house.publication.zone))
    finally:
        house.close()
    if done.receipt.url is None:
        call.say(_without_address(done))
        return EXIT_FOUND if _failed(done) else EXIT_DONE
    where = done.receipt.url
    read = (
        Sentence(ja="読み返して確かめました", en="read back and verified")
        if done.receipt.verified
        else Sentence(ja="読み返しては確かめられませんでした", en="recorded, but not verified")
    )
    call.say(
        Sentence(
            ja=f"{done.channel} に公開済みと記しました {where}\n{read.ja}",
            en=f"recorded as live on {done.channel} {where}\n{read.en}",
        )
    )
    for difference in done.receipt.differences:
        call.say(Sentence(ja=f"  違い: {difference.ja}", en=f"  difference: {difference.en}"))
    return EXIT_FOUND if _failed(done) else EXIT_DONE


def _failed(done: Recorded) -> bool:
    return done.followed is not None and any(result.failed for result in done.followed.results)


def _without_address(done: Recorded) -> Sentence:
    command = f"kawaraban record {done.article.slug} {done.channel} URL"
    return Sentence(
        ja=f"アドレスのないまま {done.channel} に公開済みと記しました。読み返せず、リンクもできません\n  → 分かったら {command}",
        en=f"recorded as live on {done.channel} without an address: nothing can be read back or linked to\n"
        f"  → when you know it: {command}",
    )


def settle(call: Call) -> int:
    """End what the machine can't."""
    options = call.options
    address = options.arrived or None
    if options.arrived is not None:
        settlement = Settlement.ARRIVED
    else:
        settlement = Settlement.NOT_ARRIVED if options.not_arrived else Settlement.AS_IT_IS
    house = call.house()
    try:
        article = recording.settle(house, options.article, options.channel, settlement, address, now=clock())
        if call.json:
            rows = looking.status(house, [article.id], now=clock())
            documents.write(documents.status(rows, call.language, house.publication.zone))
    finally:
        house.close()
    call.say(Sentence(ja="記しました。いまの様子は kawaraban status で", en="settled; see `kawaraban status`"))
    return EXIT_DONE

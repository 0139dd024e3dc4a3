"""adopt: take over what stands on the channels already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desk.cli import documents
from desk.cli.asking import Asker, somebody_is_there
from desk.cli.documents import Document
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.watching import progress
from flows.stages import adopting
from flows.stages.adopting import Candidate, Search, Taken, Wish
from kawaraban.errors import Sentence, counted


def adopt(call: Call) -> int:
    """Find what is there already, say so, and write down what is certain; nothing is sent."""
    options = call.options
    wish = Wish(tuple(options.articles), tuple(options.channel), options.post)
    with call.house() as house:
        with progress(call) as show:
            found = adopting.search(house, wish, show)
        titles = options.by_title or _agreed(call, found)
        taken: Sequence[Taken] = ()
        if not options.dry_run:
            with progress(call) as show:
                taken = adopting.take(house, found, show, titles=titles, as_it_is=options.as_it_is)
    if call.json:
        documents.write(_document(call, found, taken))
    else:
        for line in _lines(call, found, taken):
            call.say(line)
    return EXIT_FOUND if _is_open(found, taken, dry=options.dry_run) else EXIT_DONE


def _agreed(call: Call, found: Search) -> bool:
    """Ask whether what is known by its title only is to be taken, too, where somebody is there."""
    by_title = [one for one in found.sure(titles=True) if one.match.how == "title"]
    if not by_title or call.json or call.options.dry_run or not somebody_is_there():
        return False
    for one in by_title:
        call.say(_about(one, None))
    return Asker(call.language).agrees(
        Sentence(
            ja=f"題だけで見つかった{len(by_title)}件も引き取りますか",
            en=f"take over {counted(len(by_title), 'post')} found by title only, too?",
        )
    )


def _is_open(found: Search, taken: Sequence[Taken], *, dry: bool) -> bool:
    """Whether something is left for a person: a channel that was silent, a named article that was not taken."""
    named = bool(found.lost) or any(one.error is not None for one in taken)
    unsure = not dry and len(taken) < len([one for one in found.candidates if one.match.how == "address"])
    return bool(found.silent) or named or unsure


def _lines(call: Call, found: Search, taken: Sequence[Taken]) -> Iterator[Sentence]:
    by_candidate = {id(one.candidate): one for one in taken}
    for candidate in found.candidates:
        yield _about(candidate, by_candidate.get(id(candidate)))
        yield from _open_ends(call, candidate, by_candidate.get(id(candidate)))
    for title in found.lost:
        yield Sentence(ja=f"– {title}: 見つかりませんでした", en=f"– {title}: it was not found")
    for channel, why in found.silent.items():
        yield Sentence(ja=f"✖ {channel}: {why.ja}", en=f"✖ {channel}: {why.en}")
    if not (found.candidates or found.lost or found.silent):
        yield _NOTHING
    for channel in found.by_hand if not call.options.channel else ():
        yield Sentence(
            ja=f"（{channel} は人が投稿するところです。出ていれば kawaraban record 記事 {channel} URL）",
            en=f"({channel} is posted to by hand: if it is there, kawaraban record ARTICLE {channel} URL)",
        )


def _about(one: Candidate, taken: Taken | None) -> Sentence:
    """Return a candidate's line: the sign, the article, the channel, the post, and by what it was found."""
    where = one.post.receipt.url or one.post.receipt.remote_id
    how = (
        Sentence(ja="題", en="by its title")
        if one.match.how == "title"
        else Sentence(ja="アドレス", en="by its address")
    )
    sign = "●" if taken is not None and taken.error is None else "◈"
    done = Sentence(ja="、公開済みと記しました", en=", recorded as live") if sign == "●" else Sentence(ja="", en="")
    head = f"{sign} {one.action.title}｜{one.action.channel}｜{where}"
    return Sentence(ja=f"{head}（{how.ja}）{done.ja}", en=f"{head} ({how.en}){done.en}")


def _open_ends(call: Call, one: Candidate, taken: Taken | None) -> Iterator[Sentence]:
    if taken is not None:
        if taken.error is not None:
            yield Sentence(ja=f"    {taken.error.ja}", en=f"    {taken.error.en}")
        elif taken.differences and not call.options.as_it_is:
            for said in taken.differences:
                yield Sentence(ja=f"    違い: {said.ja}", en=f"    difference: {said.en}")
            settle = f"kawaraban settle {one.action.article} {one.action.channel} --as-it-is"
            refresh = f"kawaraban publish {one.action.article} --channel {one.action.channel} --refresh"
            yield Sentence(
                ja=f"    → このままなら {settle}、直すなら {refresh}",
                en=f"    → let it be: {settle}; put it right: {refresh}",
            )
        return
    if one.certain:
        if one.match.how == "title" and not call.options.by_title:
            yield Sentence(ja="    → 題だけで引き取るなら --by-title", en="    → --by-title takes it by its title")
        return
    for post in one.match.posts:
        where = post.receipt.url or post.receipt.remote_id
        yield Sentence(ja=f"    候補: {where}", en=f"    perhaps: {where}")
    if one.match.shared:
        others = ", ".join(one.match.shared)
        yield Sentence(
            ja=f"    ほかの記事も指しています: {others}", en=f"    it leads to other articles, too: {others}"
        )
    choose = f"kawaraban adopt {one.action.article} --channel {one.action.channel} --post URL"
    yield Sentence(ja=f"    → どれかを選ぶ: {choose}", en=f"    → choose one: {choose}")


def _document(call: Call, found: Search, taken: Sequence[Taken]) -> Document:
    done = {id(one.candidate): one for one in taken}
    return {
        "matches": [_match(call, one, done.get(id(one))) for one in found.candidates],
        "lost": list(found.lost),
        "silent": [{"channel": name, "error": why.said(call.language)} for name, why in found.silent.items()],
        "by_hand": list(found.by_hand),
    }


def _match(call: Call, one: Candidate, taken: Taken | None) -> Document:
    return {
        "article": one.action.article,
        "channel": one.action.channel,
        "how": one.match.how,
        "certain": one.certain,
        "taken": taken is not None and taken.error is None,
        "url": one.post.receipt.url,
        "remote_id": one.post.receipt.remote_id,
        "posts": [{"url": post.receipt.url, "remote_id": post.receipt.remote_id} for post in one.match.posts],
        "shared": list(one.match.shared),
        "differences": [said.said(call.language) for said in taken.differences] if taken else [],
        "error": taken.error.said(call.language) if taken and taken.error else None,
    }


_NOTHING = Sentence(ja="台帳の知らないものは見つかりませんでした", en="nothing was found that the ledger does not know")

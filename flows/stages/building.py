"""An edition elsewhere: the site as it would be if everything due at an instant had succeeded, without delivering."""

from __future__ import annotations

import hashlib
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from flows.compose import STATE, House
from flows.stages.edition import EditionGroup, Live, files_of, groups, recorded_live
from flows.stages.planning import Planned, Planning
from flows.stages.surveying import Survey, broken_files, survey
from flows.stages.tombstones import Tombstones
from flows.stages.values import Built
from kawaraban.channels.protocol import RecordedByHand
from kawaraban.channels.site.manifest import Manifest, Written
from kawaraban.delivery import ActionKind, Delivery, State
from kawaraban.edition import EditionFile, LiveArticle
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.library import write_atomically
from kawaraban.plan import Action, Selection

ROUNDS = 8  # a chain of `after` no longer than this is followed


def build(
    house: House, out: Path, *, now: datetime, at: datetime | None = None, jobs: int = 1, with_: Sequence[str] = ()
) -> Built:
    """
    Write the edition into `out`; nothing is delivered and the ledger is only read.

    `with_` names channels posted to by hand whose packages are written too, below `out/packages/<channel>/`. No byte
    depends on the clock: `at` (default now) only decides what is due. `jobs` processes make the files. Raises WrongInput
    for a folder inside a channel's, or one that holds other files than an earlier build.
    """
    out = out.resolve()
    _refuse_channels_folder(house, out)
    for name in with_:
        if not house.capabilities(house.channel_settings(name)).by_hand:
            raise _by_machine(name)
    planned, rows = _as_if(house, survey(house, ()), at or now)
    group = _group(house)
    live = _live(house, group, planned, rows, at or now)
    going = [one for one in planned.plan.to_do if one.action is ActionKind.WITHDRAW and one.channel == group.site.name]
    graves = Tombstones(house, group.site.name, planned.survey.reading.articles, at or now)
    files = files_of(house, group, live, graves.all(live[group.site.name], going))
    house.close()  # the processes that make the files have no business with the ledger
    _write(house, out, files, jobs)
    for name in with_:
        _packages(house, out, planned, name, at or now)
    left_out = [
        (action.title, action.reason)
        for action in planned.plan.actions
        if action.channel == group.site.name and action.action is ActionKind.BLOCKED
    ]
    left_out += [(file, finding.message) for file, finding in broken_files(planned.survey).items()]
    return Built(out, len(live[group.site.name]), len(files), tuple(left_out))


# --- what would be live ---


def _as_if(house: House, found: Survey, moment: datetime) -> tuple[Planned, Sequence[Delivery]]:
    """
    Plan, take what the editions would do as done at its own due time, and plan again, until nothing more follows.

    So an entry that waits ten minutes for its page is in the edition of an hour later.
    """
    editions = {name for group in groups(house) for name in group.names}
    planning = Planning(house, found, Selection(), moment)
    recorded = {(row.article, row.channel): row for row in house.ledger.deliveries()}
    planned = planning.planned(list(recorded.values()))
    for _ in range(ROUNDS):
        done = False
        for action in planned.plan.to_do:
            if action.channel in editions and action.action is not ActionKind.WITHDRAW and _is_timely(action, recorded):
                pair, done = (action.article, action.channel), True
                recorded[pair] = _done(recorded.get(pair) or Delivery(*pair, State.WAITING), action, moment)
        if not done:
            break
        planned = planning.planned(list(recorded.values()))
    return planned, list(recorded.values())


def _is_timely(action: Action, recorded: Mapping[tuple[str, str], Delivery]) -> bool:
    """Return whether its time is known, or only follows an article that is done already: a chain of a hundred is one round."""
    first = recorded.get((action.after_article or "", action.channel))
    return action.due_known or (action.after is None and first is not None and first.public)


def _done(row: Delivery, action: Action, moment: datetime) -> Delivery:
    since = row.first_live or action.due or moment
    return replace(
        row,
        state=State.LIVE,
        live_digest=action.digest,
        article_digest=action.article_digest,
        first_live=since,
        last_live=row.last_live or since,
        differences=(),
    )


def _live(house: House, group: EditionGroup, planned: Planned, rows: Sequence[Delivery], moment: datetime) -> Live:
    withdrawn = {
        (action.article, action.channel) for action in planned.plan.to_do if action.action is ActionKind.WITHDRAW
    }
    live = {
        name: {article: one for article, one in there.items() if (article, name) not in withdrawn}
        for name, there in recorded_live(house, group).items()
    }
    for row in rows:
        if row.channel not in group.names or not row.live_digest or (row.article, row.channel) in withdrawn:
            continue
        there = live[row.channel].get(row.article)
        if there is None or there.variant.digest != row.live_digest:
            variant = planned.variant(row.article, row.channel, row.live_digest)
            since = row.first_live or variant.head.published or moment
            live[row.channel][row.article] = LiveArticle(variant, since, variant.head.archived)
    return live


def _group(house: House) -> EditionGroup:
    found = groups(house)
    if not found:
        raise WrongInput(
            Sentence(ja="サイトのチャンネルがありません", en="no site channel is configured"),
            remedy=Sentence(
                ja="config/channels.yaml に kind: site のチャンネルを書いてください",
                en="add one of kind `site` to config/channels.yaml",
            ),
        )
    return found[0]


# --- files ---


def _refuse_channels_folder(house: House, out: Path) -> None:
    taken = [house.root / STATE, house.root / "content", house.root / "config"]
    paths = [house.setting(channel.name, "path") for channel in house.settings.channels]
    for folder in (*taken, *(house.root / path for path in paths if path)):
        resolved = folder.resolve()
        if out == resolved or resolved in out.parents or out in resolved.parents:
            raise WrongInput(
                Sentence(
                    ja=f"チャンネルや記事のフォルダーには作れません: {folder}",
                    en=f"that folder belongs to a channel or the content: {folder}",
                ),
                place=Place(out),
                remedy=Sentence(ja="別の空のフォルダーを --out に指してください", en="name another folder with --out"),
            )


def _write(house: House, out: Path, files: Sequence[EditionFile], jobs: int) -> None:
    """Make `out` hold these files; what an earlier build left and this one has not goes, what is not ours stays."""
    name = hashlib.sha256(str(out).encode()).hexdigest()[:16]
    manifest = Manifest(house.root / STATE / "builds" / f"{name}.jsonl", str(out))
    wanted = {file.path for file in files}
    for file in files:
        if (out / file.path).exists() and file.path not in manifest.files:
            raise _not_ours(out / file.path)
    for file in files:
        manifest.files.setdefault(file.path, Written("", 0, 0, int(file.stage)))
    manifest.finish("")  # whatever happens next, these are ours
    _make(out, files, jobs)
    for path in sorted(set(manifest.files) - wanted):
        (out / path).unlink(missing_ok=True)
        manifest.files.pop(path)
    manifest.finish("")


def _make(out: Path, files: Sequence[EditionFile], jobs: int) -> None:
    """Make the files, in several processes where the system can fork; nothing here has threads or an open database."""
    jobs = min(jobs, len(files) // 100 + 1)
    if jobs < 2 or sys.platform in ("win32", "darwin"):  # noqa: PLR2004 - one process is no pool
        _make_some(out, files)
        return
    fork = multiprocessing.get_context("fork")
    shares = [files[number::jobs] for number in range(jobs)]
    children = [fork.Process(target=partial(_make_some, out, share)) for share in shares[1:]]
    for child in children:
        child.start()
    _make_some(out, shares[0])
    for share, child in zip(shares[1:], children, strict=True):
        child.join()
        if child.exitcode != 0:
            _make_some(out, share)  # again, here, where an error can be said


def _make_some(out: Path, files: Sequence[EditionFile]) -> None:
    for file in files:
        data = file.make()
        target = out / file.path
        if not target.is_file() or target.read_bytes() != data:
            write_atomically(target, data, durable=False)


def _not_ours(path: Path) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"ほかのファイルがあります: {path}", en=f"there is another file: {path}"),
        place=Place(path),
        remedy=Sentence(ja="空のフォルダーを --out に指してください", en="name an empty folder with --out"),
    )


def _by_machine(name: str) -> WrongInput:
    return WrongInput(
        Sentence(ja=f"{name} へは人が投稿しません", en=f"{name} is not posted to by hand"),
        remedy=Sentence(
            ja="--with には人が投稿するチャンネルを書いてください",
            en="name a channel that is posted to by hand with --with",
        ),
    )


def _packages(house: House, out: Path, planned: Planned, name: str, moment: datetime) -> None:
    """Write the packages of everything due on that channel, as if nothing were there yet."""
    settings = house.channel_settings(name)
    inside = settings.model_copy(update={"own": {**settings.own, "path": str(out / "packages" / name)}})
    others = tuple(inside if one.name == name else one for one in house.settings.channels)
    channel = replace(house, settings=house.settings.model_copy(update={"channels": others})).channel(name)
    if not isinstance(channel, RecordedByHand):
        raise _by_machine(name)
    for action in planned.plan.actions:
        if action.channel == name and action.digest is not None and _is_due(action, moment):
            channel.package(planned.variant(action.article, name, action.digest), None)


def _is_due(action: Action, moment: datetime) -> bool:
    stopped = action.off or action.action in (ActionKind.BLOCKED, ActionKind.WITHDRAW)
    return not stopped and action.due_known and action.due is not None and action.due <= moment

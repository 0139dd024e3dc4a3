"""`config/channels.yaml`: a channel's name → its kind, the release defaults, and the kind's own keys."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from kawaraban.config.models import ChannelSettings, Publication, ReleaseSettings
from kawaraban.config.problems import SECRET_NAME, Scope, WrongSettings, explained, literal_secret, wrong
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.strict_yaml import Document

FILE = PurePosixPath("config/channels.yaml")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_CREDENTIALS = re.compile(r"://[^/\s@]*:[^/\s@]+@")
# what the program itself keeps under the root; nothing there may be served or written by a channel
_OURS = (".kawaraban", "config", "content", "secrets")


def read(document: Document, root: Path, publication: Publication) -> tuple[ChannelSettings, ...]:
    """Return the channels in file order; raise WrongSettings with every problem of the file."""
    scope = Scope(FILE, document.places, line=1)
    problems: list[WrongInput] = []
    found: list[ChannelSettings] = []
    for name, entry in document.values.items():
        try:
            found.append(_channel(name, entry, scope))
        except WrongSettings as error:
            problems.extend(error.problems)
    if not problems:
        problems = [*_references(found, scope), *_folders(found, scope, root), *_series_references(found, publication)]
    if problems:
        raise WrongSettings(problems)
    return tuple(found)


def _channel(name: str, entry: object, scope: Scope) -> ChannelSettings:
    if not _NAME.fullmatch(name):
        what = Sentence(ja=f"チャンネル名に使えません: {name}", en=f"not usable as a channel's name: {name}")
        remedy = Sentence(
            ja="英字で始め、英数字と - _ で40字までにしてください",
            en="begin with a letter; letters, digits, - and _, up to 40",
        )
        raise WrongSettings([wrong(scope, (name,), what, remedy)])
    if not isinstance(entry, Mapping) or not isinstance(entry.get("kind"), str):
        what = Sentence(ja=f"チャンネル「{name}」に kind がありません", en=f"the channel `{name}` has no `kind`")
        remedy = Sentence(
            ja=f"{name}: {{kind: site, path: public}} のように書いてください",
            en=f"write it like {name}: {{kind: site, path: public}}",
        )
        raise WrongSettings([wrong(scope, (name,), what, remedy)])
    below = Scope(FILE, scope.places, name)
    release = {key: value for key, value in entry.items() if key in ReleaseSettings.model_fields and value is not None}
    own = {key: value for key, value in entry.items() if key not in ReleaseSettings.model_fields and key != "kind"}
    problems = list(_written_secrets(own, below, ()))
    try:
        settings = ReleaseSettings.model_validate(release)
    except ValidationError as error:
        raise WrongSettings(
            [*problems, *explained(error.errors(include_url=False), below, ReleaseSettings.model_fields)]
        ) from error
    if problems:
        raise WrongSettings(problems)
    places = {key: place for key, place in scope.places.items() if key == name or key.startswith(f"{name}.")}
    filled = {key: value for key, value in own.items() if value is not None}
    return ChannelSettings(
        name=name, kind=entry["kind"], release=settings, own=filled, line=scope.places[name][0], places=places
    )


def _written_secrets(value: object, scope: Scope, location: tuple[str, ...]) -> Iterator[WrongInput]:
    """Find secrets written out: a value under a secret's name, or `name:password@` in an address."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            here = (*location, str(key))
            if SECRET_NAME.search(str(key)) and isinstance(inner, str | int | float) and not isinstance(inner, bool):
                yield literal_secret(scope, here)
            else:
                yield from _written_secrets(inner, scope, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _written_secrets(inner, scope, (*location, str(number)))
    elif isinstance(value, str) and _CREDENTIALS.search(value):
        yield literal_secret(scope, location)


def _references(channels: list[ChannelSettings], scope: Scope) -> Iterator[WrongInput]:
    """Every channel named by `after` or `site` must be there, and no chain of `after` may come back to itself."""
    names = {channel.name: channel for channel in channels}
    for channel in channels:
        named = {"after": channel.release.after, "site": channel.own.get("site")}
        for key, other in named.items():
            if other is not None and other not in names:
                yield wrong(scope, (channel.name, key), *_unknown_channel(str(other), names))
        if _circles(channel, names):
            what = Sentence(
                ja=f"「{channel.name}」の after をたどると自分に戻ります",
                en=f"the `after` of `{channel.name}` leads back to itself",
            )
            remedy = Sentence(ja="どれかの after を消してください", en="remove one of these `after` keys")
            yield wrong(scope, (channel.name, "after"), what, remedy)


def _unknown_channel(name: str, known: Collection[str]) -> tuple[Sentence, Sentence]:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    what = Sentence(ja=f"「{name}」というチャンネルはありません", en=f"there is no channel `{name}`")
    if near:
        return what, Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
    return what, Sentence(ja=f"あるのは: {'、'.join(known)}", en=f"there are: {', '.join(known)}")


def _circles(channel: ChannelSettings, names: Mapping[str, ChannelSettings]) -> bool:
    seen: set[str] = set()
    following = channel.release.after
    while following is not None and following in names and following not in seen:
        if following == channel.name:
            return True
        seen.add(following)
        following = names[following].release.after
    return False


def _series_references(channels: list[ChannelSettings], publication: Publication) -> Iterator[WrongInput]:
    """A series may only speak of channels that are configured."""
    names = [channel.name for channel in channels]
    for series in publication.series.values():
        for name, release in series.channels.items():
            for named in (name, release.after):
                if named is not None and named not in names:
                    what, remedy = _unknown_channel(named, names)
                    yield WrongInput(
                        what, place=Place(PurePosixPath(f"content/series/{series.slug}.yaml")), remedy=remedy
                    )


# --- folders ----------------------------------------------------------------------------------------------------


def _folders(channels: list[ChannelSettings], scope: Scope, root: Path) -> Iterator[WrongInput]:
    """A channel's `path` stays under the root unless it is absolute, holds nothing of ours, and is no other's."""
    taken: dict[str, Path] = {}
    for channel in channels:
        written = channel.own.get("path")
        if not isinstance(written, str):
            continue
        location = (channel.name, "path")
        problem = _misplaced(written, root)
        if problem is not None:
            yield wrong(scope, location, *problem)
            continue
        folder = _comparable(root / written)
        other = next((name for name, path in taken.items() if _overlap(folder, path)), None)
        if other is not None:
            what = Sentence(
                ja=f"「{channel.name}」と「{other}」が同じフォルダーを使います: {written}",
                en=f"`{channel.name}` and `{other}` share a folder: {written}",
            )
            yield wrong(
                scope, location, what, Sentence(ja="別々のフォルダーにしてください", en="give each its own folder")
            )
        taken[channel.name] = folder


def _misplaced(written: str, root: Path) -> tuple[Sentence, Sentence] | None:
    home = root.resolve()
    folder = Path(_normal(home / written))
    remedy = Sentence(ja="public のような名前にしてください", en="use a name like `public`")
    if not Path(written).is_absolute() and not folder.is_relative_to(home):
        return (
            Sentence(ja=f"path が外に出ています: {written}", en=f"`path` leads out of the root: {written}"),
            Sentence(
                ja="中のフォルダーにするか、/ から始まる場所を書いてください",
                en="use a folder inside, or write a path that begins with /",
            ),
        )
    if _overlap_any(_comparable(folder), [_comparable(home / name) for name in _OURS]):
        return Sentence(ja=f"path には使えません: {written}", en=f"not usable as `path`: {written}"), remedy
    return None


def _normal(path: Path) -> str:
    import os.path

    return os.path.normpath(path)


def _comparable(path: Path) -> Path:
    """Two spellings of one folder are equal: links followed, NFC, letter case ignored (some disks do)."""
    return Path(unicodedata.normalize("NFC", str(path.resolve())).casefold())


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _overlap_any(folder: Path, others: list[Path]) -> bool:
    return any(_overlap(folder, other) for other in others)

"""
Reads the settings of a root: `config/` and the declarations of series and people in `content/`.

Whatever is wrong is said with file, line, key and remedy, all problems of a file at once (WrongSettings). A file's
path is given below the root.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kawaraban import strict_yaml
from kawaraban.config import channels
from kawaraban.config.models import ChannelSettings, Person, Publication, ReleaseSettings, Series, Settings
from kawaraban.config.problems import Scope, WrongSettings, explained, wrong
from kawaraban.errors import Place, Sentence, WrongInput

PUBLICATION = PurePosixPath("config/publication.yaml")
CHANNELS = channels.FILE
SERIES = PurePosixPath("content/series")
PEOPLE = PurePosixPath("content/people")
MAX_BYTES = 1024 * 1024

Declared = TypeVar("Declared", Series, Person)
Own = TypeVar("Own", bound=BaseModel)


def load(root: Path) -> Settings:
    """Return the settings of `root`; raise WrongInput with file, line, key and remedy for whatever is wrong."""
    publication = _publication(root)
    return Settings(publication=publication, channels=channels.read(_document(root, CHANNELS), root, publication))


def own_settings(channel: ChannelSettings, model: type[Own]) -> Own:
    """Return the kind's own settings of a channel as `model`, over what its server told; raise WrongInput as `load` does."""
    try:
        return model.model_validate({**channel.learnt, **channel.own})
    except ValidationError as error:
        scope = Scope(CHANNELS, channel.places, channel.name, channel.line)
        names = [field.alias or name for name, field in model.model_fields.items()]
        known = {*names, *ReleaseSettings.model_fields, "kind"}
        raise WrongSettings(explained(error.errors(include_url=False), scope, known)) from error


def _publication(root: Path) -> Publication:
    document = _document(root, PUBLICATION)
    scope = Scope(PUBLICATION, document.places)
    known = set(Publication.model_fields) - {"series", "people"}
    declared = [key for key in ("series", "people") if key in document.values]
    if declared:
        raise WrongSettings(wrong(scope, (key,), *_declared_elsewhere(key)) for key in declared)
    series = _declarations(root, SERIES, Series)
    people = _declarations(root, PEOPLE, Person)
    values = {**_filled(document.values), "series": series, "people": people}
    return _validated(values, Publication, scope, known)


def _declared_elsewhere(key: str) -> tuple[Sentence, Sentence]:
    return (
        Sentence(ja=f"「{key}」はここには書けません", en=f"`{key}` is not declared here"),
        Sentence(ja=f"content/{key}/ に一つずつファイルを置いてください", en=f"put one file each into content/{key}/"),
    )


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    """A key with nothing after it is the same as no key."""
    return {key: value for key, value in values.items() if value is not None}


def _validated(values: Mapping[str, object], model: type[Own], scope: Scope, known: set[str]) -> Own:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise WrongSettings(explained(error.errors(include_url=False), scope, known, model)) from error


def _declarations(root: Path, folder: PurePosixPath, model: type[Declared]) -> dict[str, Declared]:
    """Return slug → declaration for every `*.yaml` of a folder; the same name twice is an error naming both files."""
    found: dict[str, Declared] = {}
    by_name: dict[str, PurePosixPath] = {}
    for path in sorted((root / folder).glob("*.y*ml")):
        file = folder / path.name
        declared = _declaration(root, file, model)
        if declared.name in by_name:
            raise WrongInput(
                Sentence(
                    ja=f"「{declared.name}」が {by_name[declared.name]} にも書かれています",
                    en=f"`{declared.name}` is also declared in {by_name[declared.name]}",
                ),
                place=Place(file),
                remedy=Sentence(
                    ja="どちらかを消すか、name を変えてください", en="delete one of them or change its `name`"
                ),
            )
        by_name[declared.name] = file
        found[declared.slug] = declared
    return found


def _declaration(root: Path, file: PurePosixPath, model: type[Declared]) -> Declared:
    if file.suffix != ".yaml" or file.name.startswith("."):
        raise WrongInput(
            Sentence(ja="ファイル名が .yaml で終わっていません", en="the file's name does not end in .yaml"),
            place=Place(file),
            remedy=Sentence(ja=f"{file.stem}.yaml に変えてください", en=f"rename it to {file.stem}.yaml"),
        )
    document = _document(root, file)
    scope = Scope(file, document.places, line=1)
    known = set(model.model_fields) - {"slug"}
    if "slug" in document.values:
        raise WrongSettings([wrong(scope, ("slug",), *_slug_is_the_name())])
    slug = unicodedata.normalize("NFC", file.stem)
    return _validated({**_filled(document.values), "slug": slug}, model, scope, known)


def _slug_is_the_name() -> tuple[Sentence, Sentence]:
    return (
        Sentence(ja="「slug」はここには書けません", en="`slug` is not written here"),
        Sentence(ja="ファイル名がそのままアドレスになります", en="the file's name is the address"),
    )


def _document(root: Path, file: PurePosixPath) -> strict_yaml.Document:
    return strict_yaml.load(_text(root, file), file)


def _text(root: Path, file: PurePosixPath) -> str:
    path = root / file
    try:
        inside = path.resolve().is_relative_to((root / file.parts[0]).resolve())
        data = path.read_bytes() if inside else b""
    except FileNotFoundError as error:
        raise WrongInput(
            Sentence(ja=f"設定がありません: {path}", en=f"there are no settings: {path}"),
            remedy=Sentence(
                ja="kawaraban init で作るか、--root で場所を指してください",
                en="make them with `kawaraban init`, or name their folder with --root",
            ),
        ) from error
    except OSError as error:
        raise WrongInput(
            Sentence(ja=f"読めません（{error.strerror}）", en=f"not readable ({error.strerror})"), place=Place(file)
        ) from error
    if not inside:
        raise WrongInput(
            Sentence(ja="フォルダーの外を指すリンクです", en="this link leads out of its folder"),
            place=Place(file),
            remedy=Sentence(ja="ファイルそのものを置いてください", en="put the file itself there"),
        )
    return _decoded(data, file)


def _decoded(data: bytes, file: PurePosixPath) -> str:
    if len(data) > MAX_BYTES:
        raise WrongInput(
            Sentence(ja=f"大きすぎます（{len(data):,}バイト）", en=f"too large ({len(data):,} bytes)"),
            place=Place(file),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongInput(
            Sentence(ja="UTF-8ではない文字があります", en="not UTF-8"),
            place=Place(file, data[: error.start].count(b"\n") + 1),
            remedy=Sentence(ja="UTF-8で保存し直してください", en="save the file as UTF-8"),
        ) from error

"""
What a channel's server told of itself, kept as values for the channel's own settings and laid under what is written there.

A file per channel in `.kawaraban/cache/servers/`; it may be deleted at any time, and is then asked for again. It is trusted
with nothing: only keys that the kind's Settings know and that name no secret, only values that they take, and only as long
as the channel's entry in the settings is the one that was asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ValidationError

from kawaraban import registry
from kawaraban.config import ChannelSettings, Secret, Settings
from kawaraban.config.written import types_of
from kawaraban.errors import KawarabanError
from kawaraban.library import write_atomically

Value = str | int | bool
Stamp = tuple[tuple[str, int], ...]

FOLDER = Path(".kawaraban", "cache", "servers")
_LARGEST = 65_536


def keep(root: Path, channel: ChannelSettings, values: Mapping[str, Value]) -> bool:
    """Keep what a server told; return whether it is news. A disk that takes nothing only costs asking again."""
    told = {"entry": _entry(channel), "learnt": dict(values)}
    if _read(root, channel.name) == told:
        return False
    with suppress(KawarabanError):
        write_atomically(_file(root, channel.name), json.dumps(told, ensure_ascii=False).encode(), durable=False)
    return True


def is_told(root: Path, channel: ChannelSettings) -> bool:
    """Return whether its server has ever said what it takes, behind this very entry of the settings."""
    return _read(root, channel.name).get("entry") == _entry(channel)


def laid_under(settings: Settings, root: Path) -> Settings:
    """Return the settings with what each channel's server told laid under what is written. Never raises."""
    channels = tuple(told_by(one, _kept(one, root)) for one in settings.channels)
    return settings.model_copy(update={"channels": channels})


def stamp(root: Path) -> Stamp:
    """Return a value that differs once any server has told something new."""
    with suppress(OSError):
        return tuple(sorted((path.name, path.stat().st_mtime_ns) for path in (root / FOLDER).iterdir()))
    return ()


def told_by(channel: ChannelSettings, values: Mapping[str, object]) -> ChannelSettings:
    """Return a channel with what its server has just told laid under what is written. Never raises."""
    return channel.model_copy(update={"learnt": _usable(channel, values)})


def _kept(channel: ChannelSettings, root: Path) -> Mapping[str, object]:
    """Return what its server told behind this very entry of the settings; {} for nothing."""
    told = _read(root, channel.name)
    values = told.get("learnt")
    return values if told.get("entry") == _entry(channel) and isinstance(values, dict) else {}


def _usable(channel: ChannelSettings, values: Mapping[str, object]) -> Mapping[str, Value]:
    """Return the values that the kind's Settings take, one by one: one that they refuse spoils no other."""
    try:
        model = registry.kind(channel).Settings
    except KawarabanError:  # said where the channel is built
        return {}
    own = dict(channel.own)
    return {
        key: value
        for key, value in values.items()
        if key not in own and isinstance(value, Value) and _takes(model, own, key, value)
    }


def _takes(model: type[BaseModel], own: Mapping[str, object], key: str, value: object) -> bool:
    known = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    if key not in known or Secret in types_of(known[key]):
        return False
    try:
        model.model_validate({**own, key: value})
    except ValidationError:
        return False
    return True


def _read(root: Path, channel: str) -> Mapping[str, object]:
    """Return what lies there; {} where nothing does, or nothing that can be read."""
    try:
        with _file(root, channel).open("rb") as file:
            found = json.loads(file.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _file(root: Path, channel: str) -> Path:
    return root / FOLDER / f"{channel}.json"  # a channel's name has letters, digits, - and _ only


def _entry(channel: ChannelSettings) -> str:
    """Return what tells one entry of the settings from another: what a server told is nothing to another server."""
    written = json.dumps([channel.kind, dict(channel.own)], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()

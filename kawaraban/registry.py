"""
Channels and renderers by name, found through entry points (`kawaraban.channels`, `kawaraban.renderers`).

Adding a channel touches no central file: it announces itself, names its renderer, and brings its own Settings.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel

from kawaraban.article.model import Article
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Surroundings
from kawaraban.config import ChannelSettings, Publication
from kawaraban.config.load import own_settings
from kawaraban.errors import Place, Sentence, WrongInput
from kawaraban.variant import PublicFacts, Variant

CHANNELS = "kawaraban.channels"
RENDERERS = "kawaraban.renderers"

Renderer = Callable[[Article, Publication, ChannelSettings, PublicFacts], Variant]


@cache
def _points(group: str) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=group)}


def kinds() -> tuple[str, ...]:
    """Return the names of all channel kinds there are."""
    return tuple(sorted(_points(CHANNELS)))


def kind(settings: ChannelSettings) -> type[Channel | EditionChannel]:
    """Return the class of a configured channel's kind; raise WrongInput naming the known ones."""
    loaded: Any = _loaded(CHANNELS, settings.kind, settings)  # Any: an entry point may name anything
    return loaded  # type: ignore[no-any-return] # the conformance kit holds what is announced there


def settings(channel: ChannelSettings) -> BaseModel:
    """Return the kind's own settings of a channel; raise WrongInput with file, line, key and remedy."""
    return own_settings(channel, kind(channel).Settings)


def capabilities(channel: ChannelSettings) -> Capabilities:
    """Return what a configured channel can do: its kind's abilities, or what the kind says of these settings (`able`)."""
    found = kind(channel)
    able: Callable[[BaseModel], Capabilities] | None = getattr(found, "able", None)
    return found.capabilities if able is None else able(settings(channel))


def build(surroundings: Surroundings) -> Channel | EditionChannel:
    """Return the channel, its own settings validated."""
    make: Callable[[Surroundings], Channel | EditionChannel] = _loaded(
        CHANNELS, surroundings.settings.kind, surroundings.settings
    )
    return make(surroundings)


def renderer(channel: ChannelSettings) -> Renderer:
    """
    Return the renderer that the channel's kind names, for these settings where they decide (`renders`).

    One that takes `able` is given what the channel can do: how it counts, which pictures and which markup it takes.
    """
    found = kind(channel)
    chosen: Callable[[BaseModel], str] | None = getattr(found, "renders", None)
    name = found.renderer if chosen is None else chosen(settings(channel))
    render = _loaded(RENDERERS, name, channel)
    if "able" in signature(render).parameters:
        return partial(render, able=capabilities(channel))
    return render  # type: ignore[no-any-return] # as above


def _loaded(group: str, name: str, settings: ChannelSettings) -> Any:  # noqa: ANN401 - an entry point may name anything
    points = _points(group)
    if name not in points:
        raise _unknown(name, points, settings)
    return points[name].load()


def _unknown(name: str, known: Iterable[str], settings: ChannelSettings) -> WrongInput:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, 1, 0.5)
    return WrongInput(
        Sentence(
            ja=f"「{settings.name}」の種類「{name}」はありません", en=f"`{settings.name}`: there is no kind `{name}`"
        ),
        place=Place(PurePosixPath("config/channels.yaml"), settings.line),
        remedy=Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?")
        if near
        else Sentence(ja=f"あるのは: {'、'.join(names)}", en=f"known: {', '.join(names)}"),
    )

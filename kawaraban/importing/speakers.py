"""R6: which names open a turn. A short prefix that is frequent and alternates with another, or a known person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kawaraban.importing.lines import WHITE, Line
from kawaraban.importing.profile import Profile, SpeakerRule

_COLON = rf"\s*[:：][{re.escape(WHITE)}]*"


@dataclass(frozen=True, slots=True)
class Found:
    """The speakers in the order in which they first speak, and frequent prefixes that do not alternate (a doubt)."""

    names: tuple[str, ...]
    doubtful: tuple[str, ...]


def find_speakers(lines: Sequence[Line], profile: Profile, known: Collection[str]) -> Found:
    """Return the speakers among `lines`; `known` are names that the series declares: one line is enough for them."""
    labels = {*profile.dates, *profile.source_fields, profile.series}
    run = [name for line in lines if (name := _prefix(line.words, profile)) and name not in labels]
    counts = Counter(run)
    candidates = [name for name in run if counts[name] >= profile.speaker.least or name in known]
    names = [
        name for name in dict.fromkeys(candidates) if name in known or _alternates(name, candidates, profile.speaker)
    ]
    frequent = [name for name in dict.fromkeys(run) if counts[name] >= profile.speaker.least]
    return Found(tuple(names), tuple(name for name in frequent if name not in names))


def _prefix(words: str, profile: Profile) -> str | None:
    """Return what stands before the first colon, if it could be a name."""
    rule = profile.speaker
    found = re.match(rf"^([^:：]{{1,{rule.longest}}}?)\s*[:：](?!//)", words)
    if found is None or found[1].isdigit() or words.startswith((profile.bullet, profile.source_mark, profile.term[0])):
        return None
    return None if set(found[1]) & set(rule.without) else found[1]


def _alternates(name: str, run: Sequence[str], rule: SpeakerRule) -> bool:
    """At least that share of its turns stand beside another's."""
    places = [index for index, other in enumerate(run) if other == name]
    beside = [
        place
        for place in places
        if any(other != name for other in (*run[max(0, place - 1) : place], *run[place + 1 : place + 2]))
    ]
    return bool(beside) and len(beside) / len(places) >= rule.alternating


def opening(words: str, speakers: Sequence[str]) -> tuple[str, str] | None:
    """Return (speaker, what is said) when a line opens a turn."""
    for name in speakers:
        if found := re.match(rf"{re.escape(name)}{_COLON}", words):
            return name, words[found.end() :]
    return None

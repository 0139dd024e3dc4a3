"""What an alert says: a title, and for each cause what happened, where, at which try, and the command that mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from unicodedata import category

from flows.stages.situation import Cause
from flows.stages.telling import Telling
from kawaraban.config import AlertKind, Publication
from kawaraban.delivery import Attempt
from kawaraban.errors import Language, Sentence
from kawaraban.plan.reasons import clock

IN_FULL = 10
"""So many are told in full; nobody reads more on a telephone."""

KINDS: Mapping[AlertKind, Sentence] = {
    "failed": Sentence(ja="失敗", en="failed"),
    "unsure": Sentence(ja="要確認", en="unsure"),
    "overdue": Sentence(ja="遅れ", en="overdue"),
    "blocked": Sentence(ja="止まり", en="blocked"),
    "by-hand": Sentence(ja="手動待ち", en="by hand"),
    "drifted": Sentence(ja="食い違い", en="drifted"),
    "vanished": Sentence(ja="ファイルなし", en="file gone"),
    "credentials": Sentence(ja="認証", en="credentials"),
    "stopped": Sentence(ja="停止", en="stopped"),
    "backup": Sentence(ja="控え", en="backup"),
    "restored": Sentence(ja="台帳が戻された", en="ledger restored"),
    "clock": Sentence(ja="時計の遅れ", en="clock behind"),
}
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Words:
    """How this paper speaks: its language, its zone, its desk; `tries` has the last try of what was sent."""

    publication: Publication
    now: datetime
    tries: Mapping[tuple[str, str], Attempt] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        """Japanese for a Japanese paper, else English."""
        return "ja" if self.publication.lang.lower().startswith("ja") else "en"

    def title(self, telling: Telling) -> str:
        """Return one line that says whether to look at once."""
        return _plain(f"【{self.publication.name}】{self._gist(telling)}")

    def _gist(self, telling: Telling) -> str:
        ja = self.language == "ja"
        if not telling.causes:
            ended = telling.mended
            one = ended[0].said.said(self.language)
            rest = len(ended) - 1
            more = (f"（ほか{rest}件）" if ja else f" (and {rest} more)") if rest else ""
            return f"直りました: {one}{more}" if ja else f"mended: {one}{more}"
        if len(telling.causes) == 1:
            return self.headline(telling.causes[0]).said(self.language)
        counts = Counter(KINDS[cause.kind].said(self.language) for cause in telling.causes)
        if ja:
            return f"{len(telling.causes)}件: {'、'.join(f'{name}{count}' for name, count in counts.items())}"
        return f"{len(telling.causes)}: {', '.join(f'{count} {name}' for name, count in counts.items())}"

    def headline(self, cause: Cause) -> Sentence:
        """Return kind, title and channels as one line: `失敗｜雨樋の音を聞く｜hook`."""
        parts = [one for one in (cause.title, "、".join(cause.channels)) if one]
        kind = KINDS[cause.kind]
        return Sentence(ja="｜".join((kind.ja, *parts)), en=" | ".join((kind.en, *parts)))

    def body(self, telling: Telling) -> str:
        """Return every cause with its way out, and what is mended; at the end the desk's address."""
        blocks = ["\n".join(self._lines(cause)) for cause in telling.causes[:IN_FULL]]
        if (rest := len(telling.causes) - IN_FULL) > 0:
            blocks.append(self._say(f"ほか{rest}件は kawaraban status で", f"{rest} more: see `kawaraban status`"))
        if telling.mended:
            blocks.append("\n".join(self._mended(telling)))
        if self.publication.desk_url:
            blocks.append(self._say(f"編集卓 {self.publication.desk_url}", f"desk: {self.publication.desk_url}"))
        return _plain("\n\n".join(blocks))

    def _lines(self, cause: Cause) -> Iterator[str]:
        yield self.headline(cause).said(self.language)
        if facts := [*self._time(cause), *self._try(cause)]:
            yield self._say("、".join(facts), ", ".join(facts))
        yield cause.what.said(self.language)
        if cause.remedy is not None:
            yield f"→ {cause.remedy.said(self.language)}"

    def _time(self, cause: Cause) -> Iterator[str]:
        if cause.due is None:
            return
        at = clock(cause.due, self.publication.zone)
        if cause.kind == "blocked" and cause.due <= self.now:
            yield self._say(f"{at} に出るはずでした", f"was to go out at {at}")
        elif cause.kind == "blocked":
            yield self._say(f"{at} に出る予定（あと{_left(cause.due, self.now, 'ja')}）",
                            f"to go out at {at} (in {_left(cause.due, self.now, 'en')})")  # fmt: skip
        else:
            yield self._say(f"予定 {at}", f"due {at}")

    def _try(self, cause: Cause) -> Iterator[str]:
        tried = self.tries.get((cause.article or "", cause.channels[0])) if len(cause.channels) == 1 else None
        if tried is not None:
            at = clock(tried.started, self.publication.zone)
            yield self._say(f"{tried.number}回目の試み {at}", f"try {tried.number} at {at}")

    def _mended(self, telling: Telling) -> Iterator[str]:
        for one in telling.mended[:IN_FULL]:
            said = one.said.said(self.language)
            yield self._say(f"直りました: {said}", f"mended: {said}")
        if (rest := len(telling.mended) - IN_FULL) > 0:
            yield self._say(f"ほか{rest}件も直りました", f"and {rest} more mended")

    def _say(self, ja: str, en: str) -> str:
        return ja if self.language == "ja" else en


def _left(due: datetime, now: datetime, language: Language) -> str:
    """Return how long until then, in the largest unit that fits."""
    minutes = max(1, round((due - now).total_seconds() / 60))
    for unit, ja, en in ((24 * 60, "日", "d"), (60, "時間", "h")):
        if minutes >= unit * 2 or minutes == unit:
            return f"{round(minutes / unit)}{ja if language == 'ja' else f' {en}'}"
    return f"{minutes}分" if language == "ja" else f"{minutes} min"


def _plain(text: str) -> str:
    """Return text that gives no orders to whatever shows it."""
    return "".join(char for char in text if char == "\n" or (char not in _TURNS and category(char) not in ("Cc", "Cs")))


def causes_of(tellings: Sequence[Telling]) -> set[tuple[str, str]]:
    """Return the deliveries whose last try is to be named."""
    return {
        (cause.article, cause.channels[0])
        for telling in tellings
        for cause in telling.causes[:IN_FULL]
        if cause.article is not None and cause.tries and len(cause.channels) == 1
    }

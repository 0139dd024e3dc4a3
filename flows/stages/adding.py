"""
Adding a channel: a draft of its settings is tried before anything of it is written down.

What a person types as a secret lies in a file only we may read, from the first moment, and is gone with the draft unless
that is written. The settings file gets the new entry at its end, every other byte of it as it was, and never a secret.
"""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from filelock import FileLock

from flows import learnt
from flows.compose import STATE, House
from flows.stages import probing
from flows.stages.probing import Probed
from flows.stages.questions import Question, questions, read
from flows.stages.secret_files import SECRETS, free_place, lock_away, taking, write_secret
from kawaraban import registry, strict_yaml
from kawaraban.capabilities import Capabilities
from kawaraban.channels.protocol import Channel, EditionChannel, Probe
from kawaraban.config import ChannelSettings, ReleaseSettings, Settings
from kawaraban.config import channels as written_channels
from kawaraban.config.load import CHANNELS
from kawaraban.errors import Conflict, Place, Sentence, WrongInput
from kawaraban.library import write_atomically

_REFERENCE = re.compile(r"(env|file):(.+)")
_STALE_SECONDS = 3600.0


@dataclass
class Draft:
    """
    A channel that is not written down yet. `values` are its settings as they would be written, secrets as references.

    `typed`: the keys whose secret a person typed, with the file in which it lies until then.
    """

    house: House
    kind: type[Channel | EditionChannel]
    name: str
    folder: Path
    values: dict[str, object] = field(default_factory=dict)
    typed: dict[str, Path] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the kind needs to know."""
        return questions(self.kind)

    @property
    def missing(self) -> tuple[Question, ...]:
        """What it can't do without and nobody has said yet."""
        return tuple(one for one in self.questions if one.required and one.key not in self.values)

    @property
    def edition(self) -> bool:
        """Whether it is a folder written whole: nothing needs to be there before it."""
        return self.kind.capabilities.edition

    def able(self, said: Probe | None) -> Capabilities:
        """Return what it could do with these settings, and with what its server said."""
        house = self._tentative
        return house.capabilities(learnt.told_by(house.channel_settings(self.name), said.learnt if said else {}))

    def go_after(self, channel: str) -> None:
        """Let everything be live on another channel first."""
        self.house.channel_settings(channel)
        self.set("after", channel)

    def set(self, key: str, written: str) -> None:
        """Take what a person wrote for a key: the kind's own, or one that every channel has. WrongInput for what is neither."""
        model = ReleaseSettings if key in ReleaseSettings.model_fields else self.kind.Settings
        if key not in (*model.model_fields, *(one.key for one in self.questions)):
            raise _no_key(key, [*(one.key for one in self.questions), *ReleaseSettings.model_fields])
        self.values[key] = read(model, key, written.strip())

    def refer(self, key: str, reference: str) -> None:
        """Take where a secret is kept: `env:NAME` or `file:PATH`."""
        self._must_be_secret(key)
        found = _REFERENCE.fullmatch(reference.strip())
        if found is None:
            raise WrongInput(
                Sentence(ja=f"{key} の秘密の場所が読めません", en=f"where the secret {key} is kept can't be read"),
                remedy=Sentence(ja="env:変数名 か file:ファイル名 と書いてください", en="write env:NAME or file:PATH"),
            )
        self.values[key] = {found[1]: found[2].strip()}

    def keep(self, key: str, secret: str) -> None:
        """Take a secret itself, into a file that only we may read."""
        self._must_be_secret(key)
        file = self.folder / key
        with taking(SECRETS):
            write_secret(file, secret)
        self.typed[key] = file
        self.values[key] = {"file": file.relative_to(self.house.root).as_posix()}

    def asked(self) -> Probed:
        """Try it: validate the whole (WrongInput), then ask its server, or at least look for its secrets. Writes nothing."""
        house = self._tentative
        done = probing.asked(house, self.name)
        nothing = done.said is None and done.trouble is None
        return (probing.without_secrets(house, self.name) or done) if nothing else self._only_once(done)

    def _only_once(self, done: Probed) -> Probed:
        """Return what came of it; an account that another channel posts to already would get each article twice."""
        account = done.said.account if done.said else ""
        known = self.house.ledger.accounts.all() if account and done.trouble is None and self.house.has_ledger else {}
        for one in self.house.settings.channels:
            if one.kind == self.kind.kind and one.name in known and known[one.name].account == account:
                return replace(done, trouble=_twice(one.name), remedy=_ONCE)
        return done

    def write(self) -> Mapping[str, object]:
        """Write it down, secrets first; return the entry. What goes wrong leaves everything as it was."""
        with FileLock(self.house.root / STATE / "adding.lock"):  # whoever adds at the same moment sees what was added
            return self._put_down()

    def _put_down(self) -> Mapping[str, object]:
        kept = {key: free_place(self.house.root, self.name, key, alone=len(self.typed) == 1) for key in self.typed}
        references = {key: path.as_posix() for key, path in kept.items()}
        text = self._text(references)
        self._settings(text)
        moved: list[Path] = []
        try:
            for key, path in kept.items():
                with taking(path):
                    lock_away(self.typed[key], self.house.root / path)
                moved.append(self.house.root / path)
            write_atomically(self.house.root / CHANNELS, text.encode())
        except BaseException:
            for path in moved:
                path.unlink(missing_ok=True)
            raise
        return self._entry(references)

    # --- the file ---

    @property
    def _tentative(self) -> House:
        """The house as it would be, its secrets where they lie for now."""
        house = replace(self.house, settings=self._settings(self._text(self._places(self.typed))))
        _ = house.own, house.sites
        return house

    def _places(self, files: Mapping[str, Path]) -> dict[str, str]:
        return {key: path.relative_to(self.house.root).as_posix() for key, path in files.items()}

    def _entry(self, references: Mapping[str, str]) -> dict[str, object]:
        secrets = {key: {"file": path} for key, path in references.items()}
        return {"kind": self.kind.kind, **self.values, **secrets}

    def _text(self, references: Mapping[str, str]) -> str:
        """Return the settings file with the entry at its end."""
        before = (self.house.root / CHANNELS).read_bytes().decode("utf-8")
        entry = _dumped(self.name, self._entry(references))
        end = "\r\n" if "\r\n" in before else "\n"
        gap = "" if not before or before.endswith("\n") else end
        return f"{before}{gap}{end if before.strip() else ''}{entry.replace(chr(10), end)}"

    def _settings(self, text: str) -> Settings:
        """Return all settings as that text has them; raise what is wrong with it."""
        publication = self.house.publication
        found = written_channels.read(self._loaded(text), self.house.root, publication)
        if found[:-1] != _written(self.house.settings.channels) or found[-1].name != self.name:
            raise Conflict(
                Sentence(ja="その間に設定のファイルが変わりました", en="the settings file has changed meanwhile"),
                place=Place(CHANNELS),
                remedy=Sentence(ja="もう一度実行してください", en="run it again"),
            )
        registry.settings(found[-1])
        return Settings(publication=publication, channels=found)

    def _loaded(self, text: str) -> strict_yaml.Document:
        """Read that text; one that was fine without the new entry takes none at its end (`{…}`, `...`)."""
        try:
            return strict_yaml.load(text.removeprefix("\ufeff"), CHANNELS)
        except WrongInput:
            entry = _dumped(self.name, self._entry(dict.fromkeys(self.typed, f"{SECRETS}/{self.name}")))
            raise _closed(entry) from None

    def _must_be_secret(self, key: str) -> None:
        if not any(one.key == key and one.secret for one in self.questions):
            raise _no_key(key, [one.key for one in self.questions if one.secret])


@contextmanager
def drafting(house: House, kind: str, name: str) -> Iterator[Draft]:
    """Begin a channel of that kind under that name. However it ends, nothing is left of what was not written."""
    found = kind_named(kind)
    if house.settings.channel(name) is not None:
        raise WrongInput(
            Sentence(ja=f"「{name}」というチャンネルはもうあります", en=f"there is a channel `{name}` already"),
            place=Place(CHANNELS),
            remedy=Sentence(ja="--name で別の名前をつけてください", en="give it another name with --name"),
        )
    with tempfile.TemporaryDirectory(prefix="adding-", dir=_swept(house)) as folder:  # mode 0700
        yield Draft(house, found, name, Path(folder))


def _swept(house: House) -> Path:
    """Return where drafts lie, without what one left behind that was killed: a secret may be in it."""
    state = house.root / STATE
    state.mkdir(exist_ok=True)
    for left in state.glob("adding-*"):
        if left.stat().st_mtime < house.clock().timestamp() - _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return state


def kind_named(kind: str) -> type[Channel | EditionChannel]:
    """Return the class of a kind; WrongInput names those there are."""
    if kind in registry.kinds():
        return registry.kind(ChannelSettings(name=kind, kind=kind))
    near = difflib.get_close_matches(kind, registry.kinds(), 1, 0.5)
    known = Sentence(ja=f"あるのは: {'、'.join(registry.kinds())}", en=f"known: {', '.join(registry.kinds())}")
    raise WrongInput(
        Sentence(ja=f"「{kind}」という種類はありません", en=f"there is no kind `{kind}`"),
        remedy=Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?") if near else known,
    )


def free_name(house: House, kind: str) -> str:
    """Return a name that no channel has: the kind's own, or with a number."""
    names = {channel.name for channel in house.settings.channels}
    tries = (kind, *(f"{kind}-{number}" for number in range(2, len(names) + 3)))
    return next(one for one in tries if one not in names)


def _written(channels: tuple[ChannelSettings, ...]) -> tuple[ChannelSettings, ...]:
    """Return channels without what their servers told."""
    return tuple(one.model_copy(update={"learnt": {}}) for one in channels)


def _dumped(name: str, entry: Mapping[str, object]) -> str:
    return yaml.safe_dump(
        {name: dict(entry)}, allow_unicode=True, sort_keys=False, default_flow_style=False, width=1000
    )


def _closed(entry: str) -> WrongInput:
    return WrongInput(
        Sentence(
            ja="この書き方のファイルには、終わりに書き足せません", en="nothing can be put at its end as it is written"
        ),
        place=Place(CHANNELS),
        remedy=Sentence(ja=f"手で書き足してください：\n{entry}", en=f"write the entry by hand:\n{entry}"),
    )


_ONCE = Sentence(
    ja="同じ記事が二度出ます。別のアカウントにするか、いまあるほうを使ってください",
    en="each article would go out twice: take another account, or keep to the channel that is there",
)


def _twice(channel: str) -> Sentence:
    return Sentence(
        ja=f"そのアカウントには {channel} がもう出しています", en=f"{channel} posts to that account already"
    )


def _no_key(key: str, known: list[str]) -> WrongInput:
    near = difflib.get_close_matches(key, known, 1, 0.5)
    listed = Sentence(ja=f"使える項目: {'、'.join(known)}", en=f"known keys: {', '.join(known)}")
    return WrongInput(
        Sentence(ja=f"「{key}」という項目はありません", en=f"there is no key `{key}`"),
        remedy=Sentence(ja=f"「{near[0]}」のことですか", en=f"did you mean `{near[0]}`?") if near else listed,
    )

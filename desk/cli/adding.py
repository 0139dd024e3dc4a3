"""`channels add KIND`: asks for what the kind needs, tries it, shows what was found, and writes it down."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from desk.cli import abilities, documents
from desk.cli.asking import Asker, somebody_is_there
from desk.cli.main import Call
from desk.cli.parser import EXIT_DONE, EXIT_FOUND
from desk.cli.words import clean
from flows.compose import House
from flows.stages import adding, probing
from flows.stages.adding import Draft
from flows.stages.probing import Probed, Tried
from flows.stages.questions import Question
from kawaraban.errors import Sentence, WrongInput

AFTER = Sentence(ja="どのチャンネルに出てから（- ならすぐ）", en="after which channel (- for at once)")


def add(call: Call) -> int:
    """Add a channel, asking where somebody is there."""
    options = call.options
    with call.house() as house:
        asker = None if options.yes or call.json or not somebody_is_there() else Asker(call.language)
        adding.kind_named(options.kind)
        name = options.name or _name(house, asker, options.kind)
        with adding.drafting(house, options.kind, name) as draft:
            _take_options(draft, options.set, options.secret)
            if asker is not None:
                _Interview(asker, draft).ask_all()
            _refuse_missing(draft)
            done = draft.asked()
            if not _agreed(call, asker, draft, done):
                return EXIT_FOUND
            draft.write()
    return _written(call, name, done)


def _name(house: House, asker: Asker | None, kind: str) -> str:
    free = adding.free_name(house, kind)
    return asker.line(Sentence(ja="チャンネルの名前", en="name of the channel"), free) if asker else free


def _take_options(draft: Draft, values: Sequence[str], secrets: Sequence[str]) -> None:
    for pair, take in (*((one, draft.set) for one in values), *((one, draft.refer) for one in secrets)):
        key, sign, value = pair.partition("=")
        if not sign:
            raise WrongInput(
                Sentence(ja=f"「項目=値」ではありません: {key}", en=f"this is no KEY=VALUE: {key}"),
                remedy=Sentence(ja="--set limit=300 のように書いてください", en="write it like --set limit=300"),
            )
        take(key.strip(), value)


def _refuse_missing(draft: Draft) -> None:
    if not draft.missing:
        return
    names = [one.key for one in draft.missing]
    ways = [
        f"--secret {one.key}=env:NAME" if one.secret and not one.plain else f"--set {one.key}=…"
        for one in draft.missing
    ]
    raise WrongInput(
        Sentence(ja=f"足りません: {'、'.join(names)}", en=f"missing: {', '.join(names)}"),
        remedy=Sentence(ja=f"{' '.join(ways)} を足してください", en=f"add {' '.join(ways)}"),
    )


def _agreed(call: Call, asker: Asker | None, draft: Draft, done: Probed) -> bool:
    """Show what was found; return whether it is to be written down."""
    tried = Tried(draft.name, done, draft.able(done.said))
    zone = draft.house.publication.zone
    fine = tried.fine or call.options.untested
    if not call.json:
        for line in abilities.sentences(tried, zone, call.now):
            call.say(line)
    if asker is not None:
        return asker.agrees(_WRITE if tried.fine else _WRITE_ANYHOW)
    if not fine:
        call.say(_NOT_WRITTEN)
        if call.json:
            documents.write({"added": None, "channels": [abilities.document(tried, call.language, zone)]})
        return False
    if not call.options.yes and not call.json:
        raise WrongInput(
            Sentence(ja="たずねる相手がいません", en="nobody is there to be asked"),
            remedy=Sentence(ja="書いてよければ --yes を足してください", en="add --yes to have it written"),
        )
    return True


def _written(call: Call, name: str, done: Probed) -> int:
    """Let the ledger know what was found, by the settings as they are now, and say what comes next."""
    with call.house() as house:
        done = probing.remembered(house, done)
        tried = probing.seen(house, done)
        zone = house.publication.zone
    if call.json:
        documents.write({"added": name, "channels": [abilities.document(tried, call.language, zone)]})
    call.say(_done(name, by_hand=tried.able.by_hand))
    return EXIT_DONE


def _done(name: str, *, by_hand: bool) -> Sentence:
    """What was written, and how the ledger hears of what is there already."""
    then = f"kawaraban record ARTICLE {name} URL" if by_hand else f"kawaraban adopt --channel {name}"
    return Sentence(
        ja=f"config/channels.yaml に「{name}」を書きました。これから出る記事が対象です\n  → 前の記事で、もう出ているものは {then}",
        en=f"wrote `{name}` into config/channels.yaml; what goes out from now on goes there, too\n"
        f"  → earlier articles that are there already: {then}",
    )


class _Interview:
    """The questions to a person, each until it has an answer that can be used."""

    def __init__(self, asker: Asker, draft: Draft) -> None:
        self._asker, self._draft = asker, draft

    def ask_all(self) -> None:
        for question in self._draft.missing:
            self._ask(question)
        self._ask_what_goes_first()
        self._ask_for_more()

    def _ask(self, question: Question) -> None:
        self._until_it_fits(lambda: self._take(question))

    def _take(self, question: Question) -> None:
        said = _said(question)
        if question.secret:
            self._take_secret(question, said)
        elif answer := self._asker.line(said, question.default):
            self._draft.set(question.key, answer)
        elif question.required:
            raise WrongInput(Sentence(ja="これは要ります", en="this is needed"))

    def _take_secret(self, question: Question, said: Sentence) -> None:
        """A reference may be typed instead, and a value where one is taken; a secret is not shown."""
        hint = Sentence(
            ja=f"{said.ja}（見えません。env:変数名 か file:ファイル名 でも）",
            en=f"{said.en} (hidden; or env:NAME, file:PATH)",
        )
        answer = self._asker.line(said) if question.plain else self._asker.hidden(hint)
        if answer.startswith(("env:", "file:")):
            self._draft.refer(question.key, answer)
        elif answer and question.plain:
            self._draft.set(question.key, answer)
        elif answer:
            self._draft.keep(question.key, answer)
        elif question.required:
            raise WrongInput(Sentence(ja="これは要ります", en="this is needed"))

    def _ask_what_goes_first(self) -> None:
        """What announces leads to the site's page, which should be there."""
        site = next(iter(self._draft.house.sites), None)
        if site is None or "after" in self._draft.values or self._draft.edition:
            return

        def take() -> None:
            answer = self._asker.line(AFTER, site)
            if answer != "-":
                self._draft.go_after(answer)

        self._until_it_fits(take)

    def _ask_for_more(self) -> None:
        rest = {one.key: one for one in self._draft.questions if one.key not in self._draft.values}
        if not rest:
            return
        self._tell(Sentence(ja="ほかの設定（このままでよければ Enter）", en="other settings (Enter to leave them so)"))
        for question in rest.values():
            shown = f"{question.key}: {question.default or '–'}"
            self._tell(Sentence(ja=f"  {shown}  {question.said.ja}", en=f"  {shown}  {question.said.en}"))
        which = Sentence(ja="変える項目", en="which one to change")
        while key := self._asker.line(which):
            if key in rest:
                self._ask(rest[key])
            else:
                self._tell(Sentence(ja=f"「{key}」という項目はありません", en=f"there is no key `{key}`"))

    def _until_it_fits(self, take: Callable[[], None]) -> None:
        while True:
            try:
                take()
            except WrongInput as error:
                self._tell(Sentence(ja=error.said("ja"), en=error.said("en")))
            else:
                return

    def _tell(self, what: Sentence) -> None:
        print(clean(what.said(self._asker.language)), file=sys.stderr)  # noqa: T201 - the command's voice


def _said(question: Question) -> Sentence:
    choices = f" ({'/'.join(question.choices)})" if question.choices else ""
    return Sentence(
        ja=f"{question.key}｜{question.said.ja}{choices}", en=f"{question.key}: {question.said.en}{choices}"
    )


_WRITE = Sentence(ja="config/channels.yaml に書きますか", en="write it into config/channels.yaml?")
_WRITE_ANYHOW = Sentence(
    ja="確かめられませんでした。それでも書きますか", en="it could not be tried; write it all the same?"
)
_NOT_WRITTEN = Sentence(
    ja="何も書いていません\n  → 直してもう一度。確かめずに書くなら --untested",
    en="nothing was written\n  → put it right and run it again; --untested writes it all the same",
)

"""The commands: what each does, with examples, in both languages. Light: nothing of the house is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from desk.cli import arguments as takes
from desk.cli.usage import Parser
from kawaraban.errors import Language, Sentence

EXIT_DONE, EXIT_FOUND, EXIT_WRONG, EXIT_CRASH, EXIT_STOPPED = 0, 1, 2, 70, 130


@dataclass(frozen=True)
class Command:
    """A command: what it does, examples, and its own arguments. `json`: it has a document for programs."""

    name: str
    does: Sentence
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser, Language], None]
    module: str
    json: bool = False

    @property
    def function(self) -> str:
        """The name of what runs it, in its module."""
        return {"import": "import_", "set-up": "set_up"}.get(self.name, self.name)


NOTE_URL = "https://note.com/example/n/n0123456789ab"
COMMANDS: tuple[Command, ...] = (
    Command("init", Sentence(ja="設定と見本の記事を作る", en="make settings and a sample article"),
            ("kawaraban init", "kawaraban init mypaper"), takes.init, "writing"),
    Command("set-up", Sentence(ja="Prefectのデータベースを前もって用意する", en="prepare Prefect's database beforehand"),
            ("kawaraban set-up",), takes.nothing, "planning"),
    Command("new", Sentence(ja="新しい記事を始める", en="begin a new article"),
            ('kawaraban new "雨樋はなぜ歌うのか" --series 雨の聞き方',), takes.new, "writing"),
    Command("import", Sentence(ja="ほかの場所の頁を記事にする", en="turn a page from elsewhere into an article"),
            ("kawaraban import page.txt", "kawaraban import page.txt --accept slug=rain --accept note=no",
             "kawaraban import page.txt --dry-run --json"), takes.import_, "importing", json=True),
    Command("check", Sentence(ja="記事の誤りを探す", en="look for faults in articles"),
            ("kawaraban check", "kawaraban check rain --json", "kawaraban check --schema > article.schema.json"),
            takes.check, "writing", json=True),
    Command("plan", Sentence(ja="公開すると何が起こるかを見る", en="see what publishing would do"),
            ("kawaraban plan", "kawaraban plan rain --at 2024-06-25T07:00:00+09:00"),
            takes.plan, "planning", json=True),
    Command("publish", Sentence(ja="公開する", en="publish"),
            ("kawaraban publish", "kawaraban publish rain --channel site --plan 1a2b3c4d5e6f",
             'kawaraban publish rain --as correction --say "「三割」を「三割ほど」に改めました"',
             "kawaraban publish rain --again"), takes.publish, "publishing", json=True),
    Command("status", Sentence(ja="いまの様子を見る", en="see how things stand"),
            ("kawaraban status", "kawaraban status rain --json"), takes.articles, "looking", json=True),
    Command("schedule", Sentence(ja="出す時を決める・動かす・やめる", en="set, move or cancel when an article goes out"),
            ("kawaraban schedule rain --at 2024-07-02T07:00:00+09:00", "kawaraban schedule rain --at now",
             "kawaraban schedule rain --move 2024-07-03T07:00:00+09:00", "kawaraban schedule rain --cancel"),
            takes.schedule, "scheduling", json=True),
    Command("hold", Sentence(ja="止める（記事、チャンネル、全部）", en="stop an article, a channel, or everything"),
            ("kawaraban hold rain --why 確認中", "kawaraban hold --channel note", "kawaraban hold --all"),
            takes.hold, "scheduling", json=True),
    Command("resume", Sentence(ja="止めたものを再開する", en="go on with what was held"),
            ("kawaraban resume rain", "kawaraban resume --channel note", "kawaraban resume --all"),
            takes.resume, "scheduling", json=True),
    Command("show", Sentence(ja="そのチャンネルに出る形を見る", en="see an article as a channel gets it"),
            ("kawaraban show rain note", "kawaraban show rain site --at 2024-07-01T00:00:00+09:00"),
            takes.show, "looking", json=True),
    Command("record", Sentence(ja="人が投稿したことを記す", en="record that a person posted it"),
            (f"kawaraban record rain note {NOTE_URL}",), takes.record, "telling", json=True),
    Command("settle", Sentence(ja="機械に決められないことを決める", en="decide what the machine can't"),
            (f"kawaraban settle rain note --arrived {NOTE_URL}", "kawaraban settle rain note --as-it-is"),
            takes.settle, "telling", json=True),
    Command("withdraw", Sentence(ja="取り下げる", en="take an article down"),
            ("kawaraban withdraw rain --say 事実の確認をやり直します", "kawaraban withdraw rain --channel note"),
            takes.withdraw, "ending", json=True),
    Command("rollback", Sentence(ja="前に出ていた文に戻す", en="put an earlier text back"),
            ("kawaraban rollback rain --to 2024-07-01T00:00:00+09:00", "kawaraban rollback rain --to 1a2b3c4d --channel site"),
            takes.rollback, "ending", json=True),
    Command("verify", Sentence(ja="公開されているものを読み返す", en="read back what is really live"),
            ("kawaraban verify", "kawaraban verify rain --channel note --json"), takes.verify, "ending", json=True),
    Command("log", Sentence(ja="これまでの経過を見る", en="see what happened"),
            ("kawaraban log", "kawaraban log rain --channel site --limit 10"), takes.log, "looking", json=True),
    Command("build", Sentence(ja="公開せずにサイトを書き出す", en="write the site elsewhere, without publishing"),
            ("kawaraban build --out preview", "kawaraban build --out preview --at 2024-07-01T00:00:00+09:00 --with note"),
            takes.build, "building", json=True),
    Command("serve", Sentence(ja="予定どおりに出しつづける", en="release on time, and show what is public"),
            ("kawaraban serve", "kawaraban serve --port 9000"), takes.serve, "serving"),
    Command("adopt", Sentence(ja="もう出ているものを引き取る", en="take over what is out there already"),
            ("kawaraban adopt --dry-run", "kawaraban adopt rain --channel bluesky", "kawaraban adopt --channel wordpress --by-title"),
            takes.adopt, "adopting", json=True),
    Command("channels", Sentence(ja="出す先の一覧と具合を見る", en="see the channels and how they stand"),
            ("kawaraban channels", "kawaraban channels test bluesky", "kawaraban channels add bluesky"),
            takes.channels, "channels", json=True),
    Command("backup", Sentence(ja="控えを取る（動いていても）", en="back the paper up, also while it runs"),
            ("kawaraban backup", "kawaraban backup /mnt/disk/paper.tar.gz --json"), takes.backup, "safety", json=True),
    Command("restore", Sentence(ja="控えを戻す", en="put a backup back"),
            ("kawaraban restore paper.tar.gz --root newpaper", "kawaraban restore paper.tar.gz --force"),
            takes.restore, "safety", json=True),
    Command("reconcile", Sentence(ja="外に出ているものを台帳に合わせる", en="ask the channels for what the ledger does not know"),
            ("kawaraban reconcile", "kawaraban reconcile --again"), takes.reconcile, "safety", json=True),
    Command("doctor", Sentence(ja="すべてが整っているか確かめる", en="see whether everything is well"),
            ("kawaraban doctor", "kawaraban doctor --alert", "kawaraban doctor --json"), takes.doctor, "doctor", json=True),
)  # fmt: skip


def _say(language: Language, ja: str, en: str) -> str:
    return ja if language == "ja" else en


def parser(language: Language) -> Parser:
    """Return the parser of the whole command."""
    said = _say(
        language,
        "一つの記事を、すべての場所へ、時刻どおりに、一度だけ。",
        "One article, rendered for every channel, released on time, delivered once.",
    )
    top = Parser(language=language, prog="kawaraban", description=said)
    _takes_root(top, language, default=None)
    top.add_argument("--version", action="store_true", help=_say(language, "版を表示する", "print the version"))
    commands = top.add_subparsers(
        dest="command",
        metavar="COMMAND",
        title=_say(language, "命令", "commands"),
    )
    for command in COMMANDS:
        _add(commands, command, language)
    return top


def _takes_root(one: Parser, language: Language, *, default: str | None) -> None:
    said = _say(
        language,
        "新聞のフォルダー（なければ KAWARABAN_ROOT、それもなければここ）",
        "the paper's folder (default: KAWARABAN_ROOT, else here)",
    )
    one.add_argument("--root", metavar="DIR", default=default, help=said)


def _add(commands: argparse._SubParsersAction[Parser], command: Command, language: Language) -> None:
    does = command.does.said(language)
    examples = "\n".join(f"  {example}" for example in command.examples)
    heading = _say(language, "例", "examples")
    sub = commands.add_parser(
        command.name, help=does, description=does, epilog=f"{heading}:\n{examples}", language=language
    )
    _takes_root(sub, language, default=argparse.SUPPRESS)  # what stood before the command holds
    if command.json:
        said = _say(language, "プログラム向けに一つの文書で出す", "one document for programs")
        sub.add_argument("--json", action="store_true", help=said)
    command.arguments(sub, language)
    sub.set_defaults(run=command)

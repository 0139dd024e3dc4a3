"""The commands, their options and their help, in both languages. Light: nothing of the house is imported here."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

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


def _say(language: Language, ja: str, en: str) -> str:
    return ja if language == "ja" else en


def _article(parser: argparse.ArgumentParser, language: Language, *, many: bool = False) -> None:
    parser.add_argument(
        "articles" if many else "article",
        nargs="*" if many else None,
        metavar="ARTICLE",
        help=_say(language, "記事の id、パス、または slug", "id, path or slug of an article"),
    )


def _init(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "dir", nargs="?", metavar="DIR", help=_say(language, "作る場所（既定は --root）", "where (default: --root)")
    )


def _new(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument("title", metavar="TITLE", help=_say(language, "題名", "the title"))
    parser.add_argument("--series", metavar="S", help=_say(language, "連載の名前", "name of the series"))


def _import(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help=_say(language, "取り込む頁の文字（.txt）", "the page's text (.txt)"),
    )
    parser.add_argument(
        "--profile", metavar="P", help=_say(language, "規則（config/importing/）", "profile of config/importing/")
    )
    parser.add_argument("--accept", action="append", default=[], metavar="FIELD=VALUE",
                        help=_say(language, "疑問に答える（updated, published, slug, note, status）",
                                  "settle a doubt (updated, published, slug, note, status)"))  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help=_say(language, "何も書かずに試す", "write nothing"))


def _many(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language, many=True)


def _check(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language, many=True)
    parser.add_argument("--schema", action="store_true",
                        help=_say(language, "見出し情報のJSON Schemaを出す", "print the JSON Schema of the front matter"))  # fmt: skip


def _plan(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language, many=True)
    parser.add_argument(
        "--at", metavar="TIME", help=_say(language, "この日時ならどうなるか", "as it would be at this instant")
    )


def _publish(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language, many=True)
    parser.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="C",
        help=_say(language, "このチャンネルだけ", "only this channel"),
    )
    parser.add_argument(
        "--plan",
        metavar="HASH",
        help=_say(language, "計画がこの番号のときだけ", "only if the plan still has this hash"),
    )
    parser.add_argument("--as", dest="kind", choices=("typo", "update", "correction"),
                        help=_say(language, "直しの種類: 字句、更新、訂正", "class of the edit"))  # fmt: skip
    parser.add_argument(
        "--say",
        default="",
        metavar="TEXT",
        help=_say(language, "訂正の文（読者に見えます）", "the correction, shown to readers"),
    )
    parser.add_argument("--refresh", action="store_true",
                        help=_say(language, "設定やプログラムの変更も全チャンネルへ", "send out what only settings or program changed, too"))  # fmt: skip
    parser.add_argument(
        "--again",
        action="store_true",
        help=_say(language, "取り下げたものをもう一度", "publish again what was withdrawn"),
    )


def _show(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language)
    parser.add_argument("channel", metavar="CHANNEL", help=_say(language, "チャンネルの名前", "the channel"))
    parser.add_argument(
        "--at", metavar="TIME", help=_say(language, "その日時に読者が見ていたもの", "what subscribers saw then")
    )


def _record(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language)
    parser.add_argument("channel", metavar="CHANNEL", help=_say(language, "チャンネルの名前", "the channel"))
    parser.add_argument(
        "url",
        nargs="?",
        metavar="URL",
        help=_say(language, "公開した頁か編集画面のURL", "address of the page or of its editor"),
    )


def _settle(parser: argparse.ArgumentParser, language: Language) -> None:
    _article(parser, language)
    parser.add_argument("channel", metavar="CHANNEL", help=_say(language, "チャンネルの名前", "the channel"))
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument(
        "--arrived", nargs="?", const="", metavar="URL", help=_say(language, "届いていた", "it had arrived")
    )
    group.add_argument(
        "--not-arrived", action="store_true", help=_say(language, "届いていなかった", "it had not arrived")
    )
    group.add_argument(
        "--as-it-is", action="store_true", help=_say(language, "いまの状態でよい", "what is there may stay")
    )


def _log(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument(
        "article",
        nargs="?",
        metavar="ARTICLE",
        help=_say(language, "記事（なければ全体）", "an article (default: all)"),
    )
    parser.add_argument("--channel", metavar="C", help=_say(language, "このチャンネルだけ", "only this channel"))
    parser.add_argument(
        "--limit", type=int, default=50, metavar="N", help=_say(language, "新しいほうから何件", "how many, newest")
    )


def _build(parser: argparse.ArgumentParser, language: Language) -> None:
    parser.add_argument("--out", required=True, metavar="DIR", help=_say(language, "書き出す場所", "where to"))
    parser.add_argument(
        "--jobs", type=int, default=2, metavar="N", help=_say(language, "同時に進める数", "how many at a time")
    )
    parser.add_argument("--at", metavar="TIME", help=_say(language, "この日時の版", "as it would be at this instant"))
    parser.add_argument("--with", dest="with_", action="append", default=[], metavar="C",
                        help=_say(language, "人が貼る一式も作る（例: note）", "also packages posted by hand (such as note)"))  # fmt: skip


def _none(parser: argparse.ArgumentParser, language: Language) -> None:
    del parser, language


COMMANDS: tuple[Command, ...] = (
    Command("init", Sentence(ja="設定と見本の記事を作る", en="make settings and a sample article"),
            ("kawaraban init", "kawaraban init mypaper"), _init, "writing"),
    Command("new", Sentence(ja="新しい記事を始める", en="begin a new article"),
            ('kawaraban new "雨樋はなぜ歌うのか" --series 雨の聞き方',), _new, "writing"),
    Command("import", Sentence(ja="ほかの場所の頁を記事にする", en="turn a page from elsewhere into an article"),
            ("kawaraban import page.txt", "kawaraban import page.txt --accept slug=rain --accept note=no"), _import, "writing", json=True),
    Command("check", Sentence(ja="記事の誤りを探す", en="look for faults in articles"),
            ("kawaraban check", "kawaraban check rain --json", "kawaraban check --schema > article.schema.json"), _check, "writing", json=True),
    Command("plan", Sentence(ja="公開すると何が起こるかを見る", en="see what publishing would do"),
            ("kawaraban plan", "kawaraban plan rain --at 2024-06-25T07:00:00+09:00"), _plan, "publishing", json=True),
    Command("publish", Sentence(ja="公開する", en="publish"),
            ("kawaraban publish", "kawaraban publish rain --plan 1a2b3c4d5e6f",
             "kawaraban publish rain --as correction --say 「三割」を「三割ほど」に改めた"), _publish, "publishing", json=True),
    Command("status", Sentence(ja="いまの様子を見る", en="see how things stand"),
            ("kawaraban status", "kawaraban status rain --json"), _many, "looking", json=True),
    Command("show", Sentence(ja="そのチャンネルに出る形を見る", en="see an article as a channel gets it"),
            ("kawaraban show rain note", "kawaraban show rain site --at 2024-07-01T00:00:00+09:00"), _show, "looking", json=True),
    Command("record", Sentence(ja="人が投稿したことを記す", en="record that a person posted it"),
            ("kawaraban record rain note https://note.com/example/n/n0123456789ab",), _record, "telling", json=True),
    Command("settle", Sentence(ja="機械に決められないことを決める", en="decide what the machine can't"),
            ("kawaraban settle rain note --arrived https://note.com/example/n/n0123456789ab", "kawaraban settle rain note --as-it-is"),
            _settle, "telling", json=True),
    Command("log", Sentence(ja="これまでの経過を見る", en="see what happened"),
            ("kawaraban log", "kawaraban log rain --channel site"), _log, "looking", json=True),
    Command("build", Sentence(ja="公開せずにサイトを書き出す", en="write the site elsewhere, without publishing"),
            ("kawaraban build --out preview", "kawaraban build --out preview --at 2024-07-01T00:00:00+09:00 --with note"),
            _build, "building", json=True),
    Command("channels", Sentence(ja="出す先の一覧と具合を見る", en="see the channels and how they stand"),
            ("kawaraban channels",), _none, "looking", json=True),
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """argparse with our exit code and a pointer to the help."""

    language: Language = "en"

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call, and end with 2."""
        hint = _say(self.language, f"使い方は {self.prog} --help", f"see {self.prog} --help")
        self.exit(EXIT_WRONG, f"{self.prog}: {message}\n  → {hint}\n")


def parser(language: Language) -> Parser:
    """Return the parser of the whole command."""
    Parser.language = language
    top = Parser(
        prog="kawaraban",
        description=_say(language, "一つの記事を、すべての場所へ、時刻どおりに、一度だけ。",
                         "One article, rendered for every channel, released on time, delivered once."),
    )  # fmt: skip
    top.add_argument("--version", action="store_true", help=_say(language, "版を表示する", "print the version"))
    commands = top.add_subparsers(dest="command", metavar="COMMAND", title=_say(language, "命令", "commands"))
    for command in COMMANDS:
        does = command.does.said(language)
        examples = "\n".join(f"  {example}" for example in command.examples)
        sub = commands.add_parser(
            command.name,
            help=does,
            description=does,
            epilog=f"{_say(language, '例', 'examples')}:\n{examples}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.add_argument("--root", metavar="DIR", help=_say(language, "新聞のフォルダー（既定: KAWARABAN_ROOT、なければここ）",
                                                             "the paper's folder (default: KAWARABAN_ROOT, else here)"))  # fmt: skip
        if command.json:
            sub.add_argument(
                "--json",
                action="store_true",
                help=_say(language, "プログラム向けに一つの文書で出す", "one document for programs"),
            )
        command.arguments(sub, language)
        sub.set_defaults(run=command)
    return top

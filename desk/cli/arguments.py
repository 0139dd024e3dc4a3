"""What each command takes: its arguments and options, with their help in both languages."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser

from desk.cli.usage import at_least
from kawaraban.errors import Language


def _say(language: Language, ja: str, en: str) -> str:
    return ja if language == "ja" else en


def _article(parser: ArgumentParser, language: Language) -> None:
    said = _say(language, "記事の id、パス、または slug", "id, path or slug of an article")
    parser.add_argument("article", metavar="ARTICLE", help=said)


def _channel(parser: ArgumentParser, language: Language) -> None:
    said = _say(language, "チャンネルの名前（config/channels.yaml）", "a channel's name (config/channels.yaml)")
    parser.add_argument("channel", metavar="CHANNEL", help=said)


def init(parser: ArgumentParser, language: Language) -> None:
    """Take a folder."""
    said = _say(language, "作る場所（なければ --root）", "where (default: --root)")
    parser.add_argument("dir", nargs="?", metavar="DIR", help=said)


def new(parser: ArgumentParser, language: Language) -> None:
    """Take a title."""
    parser.add_argument("title", metavar="TITLE", help=_say(language, "題名", "the title"))
    parser.add_argument("--series", metavar="S", help=_say(language, "連載の名前", "name of the series"))


def import_(parser: ArgumentParser, language: Language) -> None:
    """Take pages, and answers."""
    said = _say(language, "取り込む頁の文字（.txt）", "the page's text (.txt)")
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help=said)
    said = _say(language, "取り込みの規則（config/importing/）", "profile (config/importing/)")
    parser.add_argument("--profile", metavar="P", help=said)
    said = _say(
        language,
        "疑問に答える（updated、published、slug、note、status）",
        "settle a doubt (updated, published, slug, note, status)",
    )
    parser.add_argument("--accept", action="append", default=[], metavar="FIELD=VALUE", help=said)
    parser.add_argument("--dry-run", action="store_true", help=_say(language, "何も書かずに試す", "write nothing"))


def articles(parser: ArgumentParser, language: Language) -> None:
    """Take any number of articles."""
    said = _say(
        language, "記事の id、パス、または slug（なければ全部）", "id, path or slug of an article (default: all)"
    )
    parser.add_argument("articles", nargs="*", metavar="ARTICLE", help=said)


def check(parser: ArgumentParser, language: Language) -> None:
    """Take articles."""
    articles(parser, language)
    said = _say(language, "見出し情報のJSON Schemaを出す", "print the JSON Schema of the front matter")
    parser.add_argument("--schema", action="store_true", help=said)


def plan(parser: ArgumentParser, language: Language) -> None:
    """Take articles and an instant."""
    articles(parser, language)
    said = _say(language, "この日時ならどうなるか", "as it would be at this instant")
    parser.add_argument("--at", metavar="TIME", help=said)


def publish(parser: ArgumentParser, language: Language) -> None:
    """Take articles, channels, and how."""
    articles(parser, language)
    said = _say(language, "このチャンネルだけ（何度でも）", "only this channel (may be repeated)")
    parser.add_argument("--channel", action="append", default=[], metavar="C", help=said)
    said = _say(language, "計画がこの番号のときだけ", "only if the plan still has this hash")
    parser.add_argument("--plan", metavar="HASH", help=said)
    said = _say(language, "直しの種類: 字句（既定）、更新、訂正", "class of the edit (default: typo)")
    parser.add_argument("--as", dest="kind", choices=("typo", "update", "correction"), help=said)
    said = _say(language, "訂正の文（読者に見えます）", "the correction, shown to readers")
    parser.add_argument("--say", default="", metavar="TEXT", help=said)
    said = _say(language, "設定やプログラムによる変更も出す", "send out what only settings or the program changed, too")
    parser.add_argument("--refresh", action="store_true", help=said)
    said = _say(language, "取り下げた記事をもう一度出す", "publish again what was withdrawn")
    parser.add_argument("--again", action="store_true", help=said)


def show(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel and an instant."""
    _article(parser, language)
    _channel(parser, language)
    said = _say(language, "その日時に読者が見ていたもの", "what subscribers saw then")
    parser.add_argument("--at", metavar="TIME", help=said)


def record(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel and an address."""
    _article(parser, language)
    _channel(parser, language)
    said = _say(language, "公開した頁か編集画面のURL", "address of the page or of its editor")
    parser.add_argument("url", nargs="?", metavar="URL", help=said)


def settle(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel and one of three endings."""
    _article(parser, language)
    _channel(parser, language)
    group = parser.add_mutually_exclusive_group(required=True)
    said = _say(language, "届いていた（分かればそのURL）", "it had arrived (its address, if known)")
    group.add_argument("--arrived", nargs="?", const="", metavar="URL", help=said)
    said = _say(language, "届いていなかった", "it had not arrived")
    group.add_argument("--not-arrived", action="store_true", help=said)
    said = _say(language, "いまの状態でよい", "what is there may stay")
    group.add_argument("--as-it-is", action="store_true", help=said)


def _channels(parser: ArgumentParser, language: Language) -> None:
    said = _say(language, "このチャンネルだけ（何度でも）", "only this channel (may be repeated)")
    parser.add_argument("--channel", action="append", default=[], metavar="C", help=said)


def withdraw(parser: ArgumentParser, language: Language) -> None:
    """Take an article, channels, and the reason readers see."""
    _article(parser, language)
    _channels(parser, language)
    said = _say(language, "取り下げるわけ（読者に見えます）", "the reason, shown to readers")
    parser.add_argument("--say", default="", metavar="REASON", help=said)


def rollback(parser: ArgumentParser, language: Language) -> None:
    """Take an article, which earlier text, and channels."""
    _article(parser, language)
    said = _say(
        language,
        "その日時に出ていた文、または文の番号（digest の初めの数文字）",
        "an instant, or the beginning of a digest",
    )
    parser.add_argument("--to", required=True, metavar="TIME|DIGEST", help=said)
    _channels(parser, language)


def verify(parser: ArgumentParser, language: Language) -> None:
    """Take articles and channels."""
    articles(parser, language)
    _channels(parser, language)


def log(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel, and how much."""
    said = _say(language, "記事（なければ全体）", "an article (default: all)")
    parser.add_argument("article", nargs="?", metavar="ARTICLE", help=said)
    parser.add_argument("--channel", metavar="C", help=_say(language, "このチャンネルだけ", "only this channel"))
    said = _say(language, "新しいほうから何件（既定 50）", "how many of the newest (default 50)")
    parser.add_argument("--limit", type=at_least(1), default=50, metavar="N", help=said)


def build(parser: ArgumentParser, language: Language) -> None:
    """Take a folder, an instant, and how."""
    said = _say(language, "書き出すフォルダー（空か、前に書き出した所）", "the folder (empty, or of an earlier build)")
    parser.add_argument("--out", required=True, metavar="DIR", help=said)
    said = _say(language, "同時に動かす数（既定 2）", "how many processes (default 2)")
    parser.add_argument("--jobs", type=at_least(1), default=2, metavar="N", help=said)
    parser.add_argument("--at", metavar="TIME", help=_say(language, "この日時の版", "as it would be at this instant"))
    said = _say(language, "人が貼る一式も作る（例: note）", "also the packages posted by hand (such as note)")
    parser.add_argument("--with", dest="with_", action="append", default=[], metavar="C", help=said)


def schedule(parser: ArgumentParser, language: Language) -> None:
    """Take an article, and one of: when, to when, not at all."""
    _article(parser, language)
    group = parser.add_mutually_exclusive_group(required=True)
    said = _say(language, "この日時に出す（now で今すぐ）", "let it go out at this instant (now: at once)")
    group.add_argument("--at", metavar="TIME", help=said)
    said = _say(
        language,
        "published・embargo・at をまとめて動かす（published がこの日時になる）",
        "move published, embargo and every at together (published becomes this)",
    )
    group.add_argument("--move", metavar="TIME", help=said)
    said = _say(language, "予定をやめる（校閲に戻す）", "take it back (into review)")
    group.add_argument("--cancel", action="store_true", help=said)


def resume(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel, or everything."""
    said = _say(language, "記事の id、パス、または slug", "id, path or slug of an article")
    parser.add_argument("article", nargs="?", metavar="ARTICLE", help=said)
    parser.add_argument("--channel", metavar="C", help=_say(language, "このチャンネル", "this channel"))
    parser.add_argument("--all", action="store_true", help=_say(language, "全部", "everything"))


def hold(parser: ArgumentParser, language: Language) -> None:
    """Take an article, a channel, or everything; and why."""
    resume(parser, language)
    parser.add_argument("--why", default="", metavar="TEXT", help=_say(language, "わけ", "the reason"))


def serve(parser: ArgumentParser, language: Language) -> None:
    """Take a port."""
    said = _say(language, "画面のポート（既定 8765）", "port of the preview (default 8765)")
    parser.add_argument("--port", type=at_least(1), default=8765, metavar="N", help=said)


def adopt(parser: ArgumentParser, language: Language) -> None:
    """Take articles, channels, and how sure it must be."""
    articles(parser, language)
    _channels(parser, language)
    said = _say(language, "題が同じだけのものも引き取る", "also take what is known by its title only")
    parser.add_argument("--by-title", action="store_true", help=said)
    said = _say(
        language, "この投稿だと決める（記事とチャンネルを一つずつ）", "it is this very post (one article, one channel)"
    )
    parser.add_argument("--post", metavar="URL", help=said)
    said = _say(
        language, "違っていてもそのままにする（記事が変わるまで）", "what differs may stay so until its article changes"
    )
    parser.add_argument("--as-it-is", action="store_true", help=said)
    parser.add_argument("--dry-run", action="store_true", help=_say(language, "見るだけ", "write nothing"))


def channels(parser: ArgumentParser, language: Language) -> None:
    """Take nothing, or what to do: test some, add one."""
    doing = parser.add_subparsers(dest="doing", metavar="test|add", title=_say(language, "すること", "what to do"))
    said = _say(language, "いま確かめる（何も出さない）", "ask them now (nothing is posted)")
    tests = doing.add_parser("test", help=said, description=said, language=language)
    _speaks(tests, language)
    tests.add_argument(
        "channels", nargs="+", metavar="CHANNEL", help=_say(language, "チャンネルの名前", "a channel's name")
    )
    said = _say(language, "出す先を足す", "add a channel")
    adds = doing.add_parser("add", help=said, description=said, language=language)
    _speaks(adds, language)
    adds.add_argument("kind", metavar="KIND", help=_say(language, "種類（bluesky など）", "its kind (such as bluesky)"))
    adds.add_argument(
        "--name", metavar="CHANNEL", help=_say(language, "名前（なければ種類と同じ）", "its name (default: its kind)")
    )
    said = _say(language, "設定の値（何度でも）", "a value of its settings (may be repeated)")
    adds.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help=said)
    said = _say(
        language, "秘密の置き場所: env:変数名 か file:ファイル名", "where a secret is kept: env:NAME or file:PATH"
    )
    adds.add_argument("--secret", action="append", default=[], metavar="KEY=REFERENCE", help=said)
    adds.add_argument("--yes", action="store_true", help=_say(language, "たずねずに書く", "write it without asking"))
    said = _say(language, "確かめられなくても書く", "write it even where it could not be tried")
    adds.add_argument("--untested", action="store_true", help=said)


def _speaks(parser: ArgumentParser, language: Language) -> None:
    """Take the root and the document after the second word, too; what stood before it holds."""
    said = _say(language, "新聞のフォルダー", "the paper's folder")
    parser.add_argument("--root", metavar="DIR", default=SUPPRESS, help=said)
    said = _say(language, "プログラム向けに一つの文書で出す", "one document for programs")
    parser.add_argument("--json", action="store_true", default=SUPPRESS, help=said)


def backup(parser: ArgumentParser, language: Language) -> None:
    """Take a file."""
    said = _say(
        language, "控えのファイル（なければ backups/ に日時で）", "the backup's file (default: backups/, by date)"
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help=said)


def restore(parser: ArgumentParser, language: Language) -> None:
    """Take a file, and whether what is there may be replaced."""
    parser.add_argument("file", metavar="FILE", help=_say(language, "控えのファイル", "the backup's file"))
    said = _say(language, "いまのものを脇へ移して戻す", "move aside what is there")
    parser.add_argument("--force", action="store_true", help=said)


def reconcile(parser: ArgumentParser, language: Language) -> None:
    """Take whether to ask anew."""
    said = _say(language, "確かめ済みのチャンネルにも聞く", "also ask channels that were asked already")
    parser.add_argument("--again", action="store_true", help=said)


def doctor(parser: ArgumentParser, language: Language) -> None:
    """Take whether to send a test alert."""
    said = _say(language, "ためしの知らせを送る", "send a test to every place that alerts go to")
    parser.add_argument("--alert", action="store_true", help=said)


def nothing(parser: ArgumentParser, language: Language) -> None:
    """Take nothing."""
    del parser, language

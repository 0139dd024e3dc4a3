"""The JSON Schema (draft 2020-12) of the front matter, for editors' tools: completion, and red lines where it is wrong."""

from __future__ import annotations

import json
from typing import Any

from kawaraban.article.model import FrontMatter

# What an editor's tool shows beside a key. Every key of FrontMatter is here (tested).
DESCRIPTIONS: dict[str, str] = {
    "id": "記事の身元。kawaraban new が作り、変えない / the article's identity, made by the program, never changed",
    "title": "題名 / title",
    "schema": "書式の版 / version of this format",
    "slug": "アドレスになる語（英小文字と数字、ハイフン） / the words of the address",
    "series": "連載の名前 / name of the series",
    "status": "編集の進み具合: draft, review, ready, archived / editorial readiness",
    "published": "公開日時（時差つき） / nominal instant of publication, with offset",
    "updated": "更新日（日付か日時） / date or instant of the last update",
    "embargo": "これより前はどこにも出さない / a hard floor for every channel",
    "expires": "取り下げる日時 / when it is taken down",
    "short_title": "短い題 / a shorter title",
    "aliases": "前のアドレス。転送される / former addresses, redirected",
    "lang": "言語（BCP 47） / language",
    "authors": "書き手 / authors",
    "speakers": "対話の話者 / names that open a turn",
    "description": "60〜120字の説明 / what it is about, in 60 to 120 characters",
    "tags": "タグ / tags",
    "cover": "見出しの画像 / the article's picture",
    "canonical_url": "元の記事が別の場所にあるときのURL / URL of the original elsewhere",
    "feed_id": "フィードの識別子を引き継ぐとき / the id an earlier feed used",
    "sources": "題材にした記事 / cited articles",
    "corrections": "訂正 / corrections",
    "withdrawn": "取り下げ / taken down: when and why",
    "after_article": "先に出す記事の id / id of the article that goes first",
    "channels": "チャンネルごとの指定 / what differs by channel",
    "review": "未決の疑問。must があると公開されない / open questions; `must` blocks publishing",
}


def front_matter_schema() -> dict[str, Any]:
    """Return the schema; `x-*` keys are allowed and never read."""
    schema: dict[str, Any] = FrontMatter.model_json_schema(by_alias=True, mode="validation")
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Kawaraban article"
    schema["patternProperties"] = {"^x-": True}
    for key, value in schema["properties"].items():
        value["description"] = DESCRIPTIONS[key]
    return schema


def schema_text() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(front_matter_schema(), ensure_ascii=False, indent=2) + "\n"

"""The documents of `--json`: stable keys (DESIGN section 7), one on stdout, nothing beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desk.cli.words import iso
from kawaraban.errors import Language

if TYPE_CHECKING:  # `check` and `import` write documents too, and load no database
    from flows.stages.examining import Check
    from flows.stages.holding import Outlook
    from flows.stages.scheduling import Scheduled
    from flows.stages.values import Shown, StatusRow
    from kawaraban.article.finding import Finding
    from kawaraban.importing.bring import Imported
    from kawaraban.ledger import Event, Hold
    from kawaraban.plan import Plan

Document = dict[str, Any]  # Any: JSON


def write(document: Document) -> None:
    """Write the one document."""
    print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201 - the document


def findings(found: list[Finding], language: Language) -> Document:
    """Return `check`'s document."""
    return {
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "file": str(one.file),
                "line": one.line,
                "column": one.column,
                "message": one.message.said(language),
            }
            for one in found
        ]
    }


def imported(pages: tuple[Imported, ...], language: Language) -> Document:
    """Return `import`'s document."""
    return {
        "articles": [
            {
                "id": page.id,
                "path": str(page.path),
                "doubts": {"must": asked(page, page.must, language), "should": asked(page, page.should, language)},
                "proof": {"lines": page.proof.lines, "conserved": page.proof.conserved},
            }
            for page in pages
        ]
    }


def asked(page: Imported, questions: Mapping[str, str], language: Language) -> dict[str, str]:
    """Return field → question, in the reader's language where the program made it (the file keeps the newsroom's)."""
    return {
        field: page.sentences[question].said(language) if question in page.sentences else question
        for field, question in questions.items()
    }


def plan(made: Plan, language: Language, zone: ZoneInfo) -> Document:
    """Return `plan`'s document."""
    return {
        "hash": made.hash,
        "actions": [
            {
                "article": one.article,
                "channel": one.channel,
                "action": one.action.value,
                "reason": one.reason.said(language),
                "cause": one.cause,
                "due": iso(one.due, zone),
                "by_hand": one.by_hand,
                "losses": [
                    {"code": loss.code, "what": loss.what_ja if language == "ja" else loss.what_en, "line": loss.line}
                    for loss in one.losses
                ],
                "diff": [{"part": line.part, "before": line.before, "after": line.after} for line in one.diff],
            }
            for one in made.actions
        ],
    }


def status(rows: list[StatusRow], language: Language, zone: ZoneInfo) -> Document:
    """Return `status`'s document."""
    return {
        "deliveries": [
            {
                "article": row.article,
                "channel": row.channel,
                "state": row.state.value if row.state else None,
                "word": row.word.value,
                "due": iso(row.due, zone),
                "url": row.url,
                "remote_id": row.remote_id,
                "attempts": row.attempts,
                "error": row.error.said(language) if row.error else None,
                "digest": row.digest,
                "live_digest": row.live_digest,
            }
            for row in rows
        ]
    }


def scheduled(done: Scheduled, language: Language, zone: ZoneInfo, *, publisher: bool) -> Document:
    """Return `schedule`'s document: what moved in the file, what had left, and the deliveries as they stand now."""
    return {
        "article": done.article.id,
        "moved": [{"key": one.key, "before": one.before, "after": one.after} for one in done.moved],
        "left": [row.channel for row in done.left],
        "publisher": publisher,
        **status(list(done.after), language, zone),
    }


def hold(one: Hold, zone: ZoneInfo) -> Document:
    """Return a hold."""
    scope = one.scope
    return {
        "article": scope.article,
        "channel": scope.channel,
        "since": iso(one.since, zone),
        "who": one.who,
        "why": one.why,
    }


def outlook(found: Outlook, zone: ZoneInfo) -> Document:
    """Return what a hold covers, as `hold` and `resume` tell it."""
    lines = {
        "at_once": found.at_once,
        "later": found.later,
        "too_late": found.too_late,
        "stopped": found.blocked,
        "in_the_air": found.in_the_air,
        "by_hand": found.by_hand,
    }
    return {
        name: [{"article": one.article, "channel": one.channel, "due": iso(one.due, zone)} for one in listed]
        for name, listed in lines.items()
    }


def shown(one: Shown) -> Document:
    """Return `show`'s document."""
    variant = one.variant
    return {
        "article": variant.article,
        "channel": variant.channel,
        "title": variant.title,
        "body": variant.body,
        "text": variant.text,
        "assets": [asset.model_dump(mode="json") for asset in variant.assets],
        "losses": [loss.model_dump(mode="json") for loss in variant.losses],
        "digest": variant.digest,
        **_posts(one),
    }


def _posts(one: Shown) -> Document:
    """Return the posts of an announcement and its card; both empty where it is none."""
    measure = one.measure
    return {
        "parts": [
            {
                "text": part.text,
                "count": measure.count(part.text, part.links) if measure else None,
                "limit": measure.limit if measure else None,
                "bytes": len(part.text.encode()),
                "spans": [span.model_dump(mode="json") for span in part.spans],
                "pictures": list(part.pictures),
            }
            for part in one.variant.parts
        ],
        "card": one.variant.card.model_dump(mode="json") if one.variant.card else None,
    }


def events(found: list[Event], language: Language, zone: ZoneInfo) -> Document:
    """Return `log`'s document."""
    return {
        "events": [
            {
                "sequence": one.sequence,
                "at": iso(one.at, zone),
                "kind": one.kind.value,
                "who": one.who,
                "why": one.why.said(language),
                "article": one.article,
                "channel": one.channel,
                "before": one.before.value if one.before else None,
                "after": one.after.value if one.after else None,
                "run": one.run,
                "digest": one.digest,
            }
            for one in found
        ]
    }


def checks(found: list[Check], language: Language) -> Document:
    """Return `doctor`'s document."""
    return {
        "checks": [
            {
                "name": one.name,
                "ok": one.ok,
                "said": one.said.said(language),
                "remedy": one.remedy.said(language) if one.remedy else None,
            }
            for one in found
        ]
    }

"""What was told is remembered for each place; what parts of the house report stands until it is mended."""

from __future__ import annotations

from datetime import timedelta

from kawaraban.errors import Sentence
from kawaraban.ledger import Ledger, Report, Told
from tests.kawaraban.ledger.opened import T0

HOUR = timedelta(hours=1)
SAID = Sentence(ja="失敗｜川の音", en="failed: the sound of a river")


def test_what_was_told_is_remembered_for_each_place(ledger: Ledger) -> None:
    ledger.alerts.tell("env:CHAT", [("failed:a", SAID)], now=T0)
    ledger.alerts.tell("env:MAIL", [("failed:a", SAID)], now=T0 + HOUR)
    assert ledger.alerts.told() == [
        Told("failed:a", "env:CHAT", SAID, T0, T0),
        Told("failed:a", "env:MAIL", SAID, T0 + HOUR, T0 + HOUR),
    ]


def test_a_reminder_keeps_when_it_was_first_told(ledger: Ledger) -> None:
    ledger.alerts.tell("env:CHAT", [("blocked:a", SAID)], now=T0)
    ledger.alerts.tell("env:CHAT", [("blocked:a", SAID)], now=T0 + HOUR)
    assert ledger.alerts.told() == [Told("blocked:a", "env:CHAT", SAID, T0, T0 + HOUR)]


def test_a_cause_that_ended_and_comes_again_is_new(ledger: Ledger) -> None:
    ledger.alerts.tell("env:CHAT", [("failed:a", SAID), ("failed:b", SAID)], now=T0)
    ledger.alerts.end("env:CHAT", ["failed:a"], now=T0 + HOUR)
    assert [one.cause for one in ledger.alerts.told()] == ["failed:b"]
    ledger.alerts.tell("env:CHAT", [("failed:a", SAID)], now=T0 + 2 * HOUR)
    assert ledger.alerts.told()[0].first == T0 + 2 * HOUR


def test_trouble_stands_from_its_first_report_until_it_is_mended(ledger: Ledger) -> None:
    ledger.alerts.report(Report("backup", "backup", SAID, T0))
    worse = Sentence(ja="控えの場所がありません", en="the backup's folder is gone")
    ledger.alerts.report(Report("backup", "backup", worse, T0 + HOUR, remedy=SAID))
    assert ledger.alerts.reports() == [Report("backup", "backup", worse, T0, remedy=SAID)]
    assert ledger.alerts.mended("backup")
    assert not ledger.alerts.mended("backup")
    assert ledger.alerts.reports() == []

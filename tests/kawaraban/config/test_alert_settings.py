"""`alerts` of the paper: what it becomes, and what a person is told when it is wrong; an address is never repeated."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from kawaraban.config import AlertSettings, Window
from tests.kawaraban.config.test_load import PUBLICATION, is_japanese, loaded, told

ONE = """\
alerts:
  - to: {env: CHAT}
    for: [failed, by-hand]
    quiet: "23:00-06:00"
  - to: {file: secrets/mail}
"""


def test_alerts_become_typed_values(tmp_path: Path) -> None:
    chat, mail = loaded(tmp_path, publication=PUBLICATION + ONE).publication.alerts
    assert chat.hours == Window(opens=time(23), closes=time(6))
    assert (chat.wants("failed"), chat.wants("unsure")) == (True, False)
    assert (mail.hours, mail.wants("unsure")) == (None, True)
    assert (chat.place, mail.place) == ("env:CHAT", "file:secrets/mail")


WRONG = {
    "to": ("slack://hunter2hunter2", "{env: NAME}"),
    "to ": ("{env: 'slack://hunter2hunter2'}", "{env: NAME}"),
    "to  ": ("{file: a, env: B}", "{env: NAME}"),
    "to   ": ("{enw: A}", "did you mean `env`"),
    "for": ("[faild]", "did you mean `failed`"),
    "for ": ("failed", "write a list"),
    "for  ": ("[]", "write at least one"),
    "quiet": ("at night", "07:00-21:00"),
    "quite": ("23:00-06:00", "did you mean `quiet`"),
}


@pytest.mark.parametrize(("key", "value"), WRONG.items())
def test_each_wrong_key_is_told_with_line_and_remedy(tmp_path: Path, key: str, value: tuple[str, str]) -> None:
    key = key.strip()
    lines = {"to": "{env: CHAT}", key: value[0]}
    text = "alerts:\n  - " + "\n    ".join(f"{name}: {said}" for name, said in lines.items())
    [(ja, en)] = told(tmp_path, publication=f"{PUBLICATION}{text}\n")
    assert f"config/publication.yaml:{3 + list(lines).index(key) + 1}:" in en
    assert f"alerts.0.{key}" in ja
    assert value[1] in en
    assert is_japanese(ja)
    assert "hunter2" not in ja + en


@pytest.mark.parametrize(
    "entry", ["slack://hunter2hunter2", "{to: slack://hunter2hunter2}", "[slack://hunter2hunter2]"]
)
def test_an_address_in_the_wrong_place_is_not_repeated(tmp_path: Path, entry: str) -> None:
    for number, (ja, en) in enumerate(told(tmp_path, publication=f"{PUBLICATION}alerts: {entry}\n")):
        assert "hunter2" not in ja + en, number
        assert is_japanese(ja)


def test_every_key_and_every_kind_stands_in_the_file_we_ship() -> None:
    paper = (Path(__file__).parents[3] / "config/publication.yaml").read_text(encoding="utf-8")
    block = next(part for part in paper.split("\n\n") if "# alerts:" in part)
    words = {field.alias or name for name, field in AlertSettings.model_fields.items()}
    kinds = AlertSettings.model_json_schema()["properties"]["for"]["items"]["enum"]
    assert [word for word in (*words, *kinds) if word not in block] == []

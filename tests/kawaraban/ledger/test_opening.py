from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from kawaraban.errors import Conflict, WrongInput
from kawaraban.ledger import Expectation, Scope, address, databases, is_dead, migrations, open_ledger, opening, owner
from kawaraban.ledger.tables import tables
from tests.kawaraban.ledger.opened import T0, expected, fresh, receipt, variant

FILE = Path(".kawaraban") / "ledger.sqlite"


def test_a_ledger_is_made_once_and_knows_itself(tmp_path: Path) -> None:
    with fresh(tmp_path) as first:
        identity = first.identity()
    with fresh(tmp_path) as second:
        assert second.identity() == identity
    assert identity.root == str(tmp_path)
    assert identity.made == T0
    assert identity.made.tzinfo is not None


def test_the_migrations_make_the_tables_that_the_queries_know(tmp_path: Path) -> None:
    fresh(tmp_path).close()
    engine = create_engine(f"sqlite:///{tmp_path / FILE}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == opening.HEAD


def test_every_commit_reaches_the_disk_and_keys_are_held(tmp_path: Path) -> None:
    with fresh(tmp_path) as ledger, ledger._read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "foreign_keys")
        }
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert found == {"synchronous": 2, "foreign_keys": 1}
    assert mode == "wal"


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (path.stat().st_size - 100))


def refusal(root: Path) -> WrongInput:
    with pytest.raises(WrongInput) as caught:
        fresh(root).close()
    assert str(root / FILE) in str(caught.value)
    assert caught.value.remedy is not None
    return caught.value


def test_what_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / FILE, b"this is a letter, not a ledger. " * 40)
    assert "no ledger" in refusal(tmp_path).what.en


def test_a_damaged_ledger_is_refused_by_name(tmp_path: Path) -> None:
    fresh(tmp_path).close()
    damage(tmp_path / FILE)
    assert "damaged" in refusal(tmp_path).what.en


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    for statement in ("CREATE TABLE flow (id)", "CREATE TABLE alembic_version (version_num TEXT)"):
        path = tmp_path / FILE
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
        assert "not a ledger" in refusal(tmp_path).what.en
        path.unlink()


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    fresh(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
        connection.commit()
    assert "newer" in refusal(tmp_path).what.en


def test_a_locked_ledger_says_that_another_program_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh(tmp_path).close()
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as other, fresh(tmp_path) as ledger:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Conflict, match="keeps the ledger locked") as caught:
            ledger.hold(Scope(), now=T0, who="editor")
        assert caught.value.place is not None
        other.execute("ROLLBACK")
        ledger.hold(Scope(), now=T0, who="editor")


def test_a_ledger_that_may_not_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    fresh(tmp_path).close()
    url = f"sqlite:///file:{tmp_path / FILE}?mode=ro&uri=true"
    with open_ledger(url, now=T0) as ledger:
        assert ledger.deliveries() == []
        with pytest.raises(WrongInput, match="can't be opened for writing"):
            ledger.hold(Scope(), now=T0, who="editor")
    assert not list(Path().iterdir())


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    with fresh(tmp_path) as ledger:
        with ledger._read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        rows = [Expectation(f"a{number:07}", "site", T0, "d" * 64) for number in range(2000)]
        with pytest.raises(WrongInput, match="disk is full"):
            ledger.expect(rows, now=T0, who="editor")
        assert ledger.deliveries() == []
        assert ledger.events() == []


@pytest.mark.parametrize(
    "url", ["", "ledger.sqlite", "sqlite://", "sqlite:///:memory:", "mysql://u:pass@host/db", "postgresql://u:pass@"]
)
def test_an_address_that_is_no_file_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(WrongInput) as caught:
        open_ledger(url, now=T0)
    assert caught.value.remedy is not None
    assert "pass" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    write(tmp_path / "file", b"")
    with pytest.raises(WrongInput, match="folder can't be made"):
        open_ledger(address(tmp_path / "file" / "below" / "ledger.sqlite"), now=T0)


def test_signs_of_a_path_mean_nothing_else(tmp_path: Path) -> None:
    with fresh(tmp_path / "100%s ?#瓦版") as ledger:
        assert ledger.deliveries() == []
    assert (tmp_path / "100%s ?#瓦版" / FILE).exists()


def test_many_processes_that_open_it_at_once_make_one_ledger(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from kawaraban.ledger import address, open_ledger\n"
        "with open_ledger(address(Path(sys.argv[1])), now=datetime(2024, 11, 5, tzinfo=UTC)) as ledger:\n"
        "    print(ledger.identity().ledger)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / FILE)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 4
    assert len(set(said)) == 1


def test_history_cannot_be_rewritten(tmp_path: Path) -> None:
    with fresh(tmp_path) as ledger:
        from kawaraban.delivery import ActionKind
        from kawaraban.ledger import Claim
        from tests.kawaraban.ledger.opened import LEASE

        text = expected(ledger, variant())
        claim = Claim(text.article, "site", ActionKind.CREATE, text.digest)
        ledger.arrived(ledger.claim(claim, owner="a", lease=LEASE, now=T0), receipt(), now=T0, who="editor")
        ledger.claim(Claim(text.article, "site", ActionKind.UPDATE, text.digest), owner="a", lease=LEASE, now=T0)
    forbidden = [
        "DELETE FROM events",
        "UPDATE events SET who = 'nobody'",
        "DELETE FROM attempts",
        "UPDATE attempts SET outcome = 'unsure' WHERE number = 1",
        "UPDATE attempts SET digest = 'x' WHERE number = 2",
        "UPDATE attempts SET key = 'x' WHERE number = 2",
        "DELETE FROM deliveries",
    ]
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        for statement in forbidden:
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)


def test_times_come_back_as_the_instants_they_were(tmp_path: Path) -> None:
    due = datetime.fromisoformat("2024-11-05T07:15:30.123456+09:00")
    with fresh(tmp_path) as ledger:
        ledger.expect([Expectation("aaaaaaa1", "site", due, None)], now=T0, who="editor")
        found = ledger.delivery("aaaaaaa1", "site")
        assert found is not None
        assert found.due == due
        assert str(found.due) == "2024-11-04 22:15:30.123456+00:00"


def test_an_owner_is_dead_only_when_that_is_certain() -> None:
    me = owner()
    machine, boot, pid, start = me.rsplit("/", 3)
    assert not is_dead(me)
    assert not is_dead("somebody else")
    assert not is_dead(f"elsewhere/{boot}/{pid}/{start}")
    if boot:
        assert is_dead(f"{machine}/another-boot/{pid}/{start}")
        assert is_dead(f"{machine}/{boot}/{pid}/{start}1")
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert is_dead(f"{machine}/{boot}/{child.pid}/{start}")


def test_opening_an_existing_ledger_is_quick_and_needs_no_alembic(tmp_path: Path) -> None:
    fresh(tmp_path).close()
    program = (
        "import sys, time; from pathlib import Path; from datetime import datetime, UTC\n"
        "import sqlalchemy\n"
        "from kawaraban.ledger import address, open_ledger\n"
        "import kawaraban.ledger.opening\n"
        "begun = time.process_time()\n"
        "with open_ledger(address(Path(sys.argv[1])), now=datetime(2024, 11, 5, tzinfo=UTC)) as ledger:\n"
        "    ledger.deliveries()\n"
        "print(time.process_time() - begun, 'alembic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / FILE)]
    seconds, alembic = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert alembic == "False"
    assert float(seconds) < 0.15


def test_asking_for_the_ledgers_words_imports_no_database() -> None:
    program = (
        "import sys, kawaraban.ledger, kawaraban.plan; print({'sqlalchemy', 'alembic', 'budoux'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "set()"

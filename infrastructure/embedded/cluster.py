"""PostgreSQL's data on disk: one database and one role for Cairn, made whole or not at all."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from infrastructure.embedded.child import Child
from infrastructure.embedded.identity import Identity, give
from infrastructure.embedded.programs import version
from infrastructure.embedded.refusals import ELSEWHERE, CannotStart

ROLE = "cairn"
DATABASE = "cairn"

_PATIENCE_S = 120.0
_SYNC = ("--sync-method=syncfs",) if sys.platform == "linux" else ()

# Only the role `cairn` has a password, so nobody else logs in; it owns its database and may make others (for tests).
_ACCESS = "local all all scram-sha-256\n"
_ROLE = f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{{password}}'\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"
_NEW_PASSWORD = f"ALTER ROLE {ROLE} PASSWORD '{{password}}'\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster at `path`, and who works on it with which programs."""

    path: Path
    programs: Path
    identity: Identity
    log: Path

    def try_identity(self) -> None:
        """Run something harmless; raises IdentityRefused where this identity is not to be had."""
        self._do("postgres", "--version")

    def get_ready(self, password: str, *, new_password: bool, require_room: Callable[[], None]) -> None:
        """Make the cluster if there is none, else see that these programs can read it; raises CannotStart."""
        if not self.path.exists():
            require_room()
            self._create(password)
            return
        self._require_same_major()
        if new_password:
            self._alone(_NEW_PASSWORD.format(password=password))

    def run(
        self, program: str, *options: str, farewell: signal.Signals, given: str = "", database: tuple[str, ...] = ()
    ) -> Child:
        """Start one of PostgreSQL's programs on this cluster; `--single` and `--version` count only when first."""
        return Child(
            [self.programs / program, *options, "-D", self.path, *database],
            log=self.log,
            farewell=farewell,
            identity=self.identity,
            given=given.encode("ascii"),
        )

    def _create(self, password: str) -> None:
        # Elsewhere, then renamed: a start that is cut off leaves no half-made cluster.
        for cut_off in self.path.parent.glob("new-*"):
            shutil.rmtree(cut_off, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="new-", dir=self.path.parent))
        fresh = replace(self, path=folder)
        give(folder, self.identity)
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        fresh._do("initdb", "--username=postgres", "--auth=reject", "--no-sync", "--no-instructions", *locale)
        (folder / "pg_hba.conf").write_text(_ACCESS, encoding="ascii")
        fresh._alone(_ROLE.format(password=password), "-F")
        fresh._do("initdb", "--sync-only", *_SYNC)
        folder.rename(self.path)

    def _require_same_major(self) -> None:
        stored = (self.path / "PG_VERSION").read_text(encoding="ascii").strip()
        ours = version(self.programs).partition(".")[0]
        if stored != ours:
            raise CannotStart(
                f"The data in {self.path} were written by PostgreSQL {stored}; this Cairn brings PostgreSQL {ours}, "
                f"which cannot read them. Start them with the Cairn that wrote them. {ELSEWHERE}"
            )

    def _alone(self, sql: str, *options: str) -> None:
        """Run one statement per line, with no server running: the way in that needs no password."""
        said = self._do("postgres", "--single", *options, given=sql, database=("template1",))
        if "ERROR:" in said:  # alone, it goes on after one and ends well
            reason = said.partition("ERROR:")[2].strip().partition("\n")[0]
            raise CannotStart(f"PostgreSQL did not take the role {ROLE}: {reason}")

    def _do(self, program: str, *options: str, given: str = "", database: tuple[str, ...] = ()) -> str:
        child = self.run(program, *options, farewell=signal.SIGTERM, given=given, database=database)
        child.finish(patience_s=_PATIENCE_S, name=f"PostgreSQL ({program})")
        return child.said()

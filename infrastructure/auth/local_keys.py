"""The key pair of one data folder: whoever starts first makes it, everybody after reads the same."""

import os
import tempfile
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jose import jwk
from jose.backends.base import Key

from domain.shared.errors import OperatorError

ALGORITHM = "ES256"
KEY_FILE = Path("keys", "local-es256.pem")

_OTHERS = 0o077
_NOT_A_KEY = "This file is not an unencrypted P-256 key. Remove it to have a new one made; tokens made before then end."


class KeyFileError(OperatorError):
    """The key cannot be made or read; the text names the file and what to do, for the operator."""


def local_key(data_folder: Path) -> Key:
    """The private ES256 key of `data_folder`, made on first use; readable by its owner only. Raises KeyFileError."""
    path = data_folder / KEY_FILE
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(path.parent, 0o700)
        if not path.exists():
            _make(path)
        _close_to_others(path, 0o600)
        pem = path.read_bytes()
    except OSError as problem:
        raise KeyFileError(
            f"The key that signs local tokens cannot be kept at {path}: {problem.strerror}."
        ) from problem
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as problem:
        raise KeyFileError(f"{path}: {_NOT_A_KEY}") from problem
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyFileError(f"{path}: {_NOT_A_KEY}")
    return jwk.construct(pem, ALGORITHM)


def _make(path: Path) -> None:
    """Put a new key at `path`, whole or not at all; a key that another process put there first stays."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".local-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, never replaces: of two who start together the second takes the first one's key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _close_to_others(path: Path, mode: int) -> None:
    # By descriptor and not through links, so that nothing outside of the data folder is ever changed.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_mode & _OTHERS:
            os.fchmod(handle, mode)
    finally:
        os.close(handle)

"""Archives taken apart with care: sizes are counted while unpacking, and one bad file does not spoil the others."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from domain.runs.imports import PackedFile
from domain.runs.refusals import (
    ArchiveTooLarge,
    DamagedArchive,
    EmptyFile,
    EncryptedFile,
    FileTooLarge,
    NamelessFile,
    NestedArchive,
    TooManyFiles,
)
from domain.shared.errors import DomainError

MAX_FILE_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_FILES = 500
GZIP_MAGIC = b"\x1f\x8b"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
DIRECTORY_ENTRY = b"PK\x01\x02"
# A zip's directory is read before its files can be counted: past this many entries it is not even read.
MAX_DIRECTORY_ENTRIES = 20_000
CHUNK = 65_536
# bgzip writes one for every 64 kB. A gzip of a million empty ones would take minutes.
MAX_GZIP_MEMBERS = 10_000
ENCRYPTED_FLAG = 0x1
# All that the standard library raises on archives that are damaged or packed in ways it does not know.
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    LookupError,
)


def unpack(file_name: str, content: bytes, max_file_bytes: int = MAX_FILE_BYTES) -> Iterator[PackedFile]:
    """The files in an upload: a file that is no archive comes back as it is, .gz and .zip come unpacked.

    Nothing is raised: what cannot be used carries its refusal. Memory holds one unpacked file at a time. Folders,
    `__MACOSX` and dot-files are passed over. A zip of more than 500 files is refused whole; one that unpacks to more
    than 200 MB is refused from there on, in one last item with the archive's name.
    """
    name = plain_name(file_name) or "upload"
    if is_zip(content):
        yield from _unzip(name, content, max_file_bytes)
    else:
        yield _opened(name, content, max_file_bytes)


def is_zip(content: bytes) -> bool:
    """Whether the bytes start like a zip."""
    return content.startswith(ZIP_MAGICS)


def gunzipped(content: bytes, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """One file out of its gzip, or as it is when it is in none.

    Raises DamagedArchive, NestedArchive and FileTooLarge.
    """
    if content.startswith(GZIP_MAGIC):
        content = _gunzip(content, max_bytes)
        if content.startswith((GZIP_MAGIC, *ZIP_MAGICS)):
            raise NestedArchive
    if len(content) > max_bytes:
        raise FileTooLarge(max_bytes)
    return content


def plain_name(path: str) -> str | None:
    """The last part of a path, of whatever system, without control characters; None when nothing is left."""
    last = path.replace("\\", "/").rpartition("/")[2]
    name = "".join(character for character in last if character.isprintable()).strip()[:255]
    return None if name in ("", ".", "..") else name


def _opened(name: str, content: bytes, max_file_bytes: int) -> PackedFile:
    """A file, out of its gzip if it is in one."""
    try:
        unpacked = gunzipped(content, max_file_bytes)
    except DomainError as refusal:
        return PackedFile(name, refusal=refusal)
    return PackedFile(name.removesuffix(".gz") if content.startswith(GZIP_MAGIC) else name, unpacked)


def _gunzip(content: bytes, max_bytes: int) -> bytes:
    """What a gzip holds; of one that is cut off, what comes before the cut."""
    unpacked = bytearray()
    at = members = 0
    while content.startswith(GZIP_MAGIC, at):
        members += 1
        if members > MAX_GZIP_MEMBERS:
            raise DamagedArchive
        try:
            at = _inflate(content, at, unpacked, max_bytes)
        except zlib.error:
            break
    if not unpacked:
        raise DamagedArchive
    return bytes(unpacked)


def _inflate(content: bytes, at: int, unpacked: bytearray, max_bytes: int) -> int:
    """Unpack the member of a gzip that begins at `at`; where it ends.

    It is fed a chunk at a time: whatever zlib does not use of what it is given, it copies.
    """
    packed = memoryview(content)
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    while not inflater.eof:
        chunk = packed[at : at + CHUNK]
        piece = inflater.decompress(chunk, CHUNK)
        at += len(chunk) - len(inflater.unused_data if inflater.eof else inflater.unconsumed_tail)
        if not piece and not chunk:
            break
        unpacked += piece
        if len(unpacked) > max_bytes:
            raise FileTooLarge(max_bytes)
    return at


def _unzip(archive_name: str, content: bytes, max_file_bytes: int) -> Iterator[PackedFile]:
    try:
        archive, members = _directory(content)
    except DomainError as refusal:
        yield PackedFile(archive_name, refusal=refusal)
        return
    budget = MAX_UNPACKED_BYTES
    for member in members:
        packed = _member(archive, member, max_file_bytes, budget)
        if isinstance(packed.refusal, ArchiveTooLarge):
            yield PackedFile(archive_name, refusal=packed.refusal)
            return
        spent = len(packed.content) if packed.content is not None else 0
        budget -= max_file_bytes if isinstance(packed.refusal, FileTooLarge) else spent
        yield packed


def _directory(content: bytes) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    if content.count(DIRECTORY_ENTRY) > MAX_DIRECTORY_ENTRIES:
        raise TooManyFiles(MAX_FILES)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except BROKEN:
        raise DamagedArchive from None
    members = [member for member in archive.infolist() if not _passed_over(member)]
    if not members:
        raise EmptyFile
    if len(members) > MAX_FILES:
        raise TooManyFiles(MAX_FILES)
    return archive, members


def _passed_over(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    return parts[-1] == "" or "__MACOSX" in parts or (parts[-1].startswith(".") and parts[-1].strip(".") != "")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_file_bytes: int, budget: int) -> PackedFile:
    name = plain_name(member.filename)
    if name is None:
        return PackedFile("(no name)", refusal=NamelessFile())
    if member.flag_bits & ENCRYPTED_FLAG:
        return PackedFile(name, refusal=EncryptedFile())
    try:
        with archive.open(member) as stream:
            content = _read(stream, max_file_bytes, budget)
    except BROKEN:
        return PackedFile(name, refusal=DamagedArchive())
    except DomainError as refusal:
        return PackedFile(name, refusal=refusal)
    if is_zip(content):
        return PackedFile(name, refusal=NestedArchive())
    return _opened(name, content, min(max_file_bytes, budget))


def _read(stream: IO[bytes], max_file_bytes: int, budget: int) -> bytes:
    content = bytearray()
    while chunk := stream.read(CHUNK):
        content += chunk
        if len(content) > budget:
            raise ArchiveTooLarge(MAX_UNPACKED_BYTES)
        if len(content) > max_file_bytes:
            raise FileTooLarge(max_file_bytes)
    return bytes(content)

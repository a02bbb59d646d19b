"""A body comes in pieces, packed or not, and no more of it than a piece is ever there."""

import asyncio
import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from app.events.bulk_body import UNPACKED_BYTES, BrokenGzip, BulkBody, ClientGone, OpenBodies, ServerStops, Stalled
from tests.factories.bulk import HUNG_UP, lines, receiving

SENT = lines(*range(200))


async def _unpacked(*pieces: bytes) -> bytes:
    async with BulkBody(receiving(*pieces), OpenBodies()) as body:
        return b"".join([piece async for piece in body.unpacked()])


async def _received_before(failure: type[Exception], *pieces: bytes) -> bytes:
    received = list[bytes]()

    async def receive_all(body: BulkBody) -> None:
        async for piece in body.unpacked():
            received.append(piece)

    async with BulkBody(receiving(*pieces), OpenBodies()) as body:
        with pytest.raises(failure):
            await receive_all(body)
    return b"".join(received)


async def test_pieces_come_as_they_were_sent() -> None:
    """Empty ones are left out: they would say that nothing came."""
    async with BulkBody(receiving(b"a", b"", b"b"), OpenBodies()) as body:
        assert [piece async for piece in body.pieces()] == [b"a", b"b"]


async def test_a_pause_is_told_so_that_what_is_there_is_stored() -> None:
    """A tracker's line is not to wait for the next one."""
    more = asyncio.Event()
    answers = iter([b"a", b"b"])

    async def receive() -> Message:
        piece = next(answers)
        if piece == b"b":
            await more.wait()
        return {"type": "http.request", "body": piece, "more_body": piece == b"a"}

    async with BulkBody(receive, OpenBodies(), quiet_s=0) as body:
        told = list[bytes]()
        async for piece in body.pieces():
            told.append(piece)
            if len(told) > 1 and not piece:
                more.set()
    assert [piece for piece in told if piece] == [b"a", b"b"]
    assert told[told.index(b"a") + 1] == b""


async def test_a_body_that_does_not_go_on_is_given_up() -> None:
    """Somebody may hold a connection open and send nothing."""

    async def receive() -> Message:
        await asyncio.Event().wait()
        return HUNG_UP

    async with BulkBody(receive, OpenBodies(), quiet_s=0, stalled_s=0) as body:
        with pytest.raises(Stalled):
            _ = [piece async for piece in body.pieces()]


async def test_whoever_hangs_up_is_told_from_whoever_ends() -> None:
    """The end of a body is said."""
    async with BulkBody(receiving(b"a", last=HUNG_UP), OpenBodies()) as body:
        with pytest.raises(ClientGone):
            _ = [piece async for piece in body.pieces()]


@given(cuts=st.sets(st.integers(0, 2_000), max_size=30), members=st.integers(1, 4), padding=st.integers(0, 3))
async def test_gzip_is_unpacked_wherever_it_is_cut(cuts: set[int], members: int, padding: int) -> None:
    """Members behind one another are one stream, as `cat a.gz b.gz` makes them; tools pad with noughts."""
    step = len(SENT) // members + 1
    packed = b"".join(gzip.compress(SENT[at : at + step]) for at in range(0, len(SENT), step)) + b"\0" * padding
    places = [0, *sorted(cut for cut in cuts if cut < len(packed)), len(packed)]
    pieces = [packed[start:end] for start, end in pairwise(places)]
    assert await _unpacked(*pieces) == SENT


async def test_a_bomb_is_unpacked_in_small_pieces() -> None:
    """A hundred megabytes of nothing, packed into a hundred kilobytes."""
    packing = zlib.compressobj(wbits=31)
    packed = b"".join(packing.compress(b"\n" * 1_000_000) for _ in range(100)) + packing.flush()
    async with BulkBody(receiving(packed), OpenBodies()) as body:
        sizes = [len(piece) async for piece in body.unpacked()]
    assert sum(sizes) == 100_000_000
    assert max(sizes) <= UNPACKED_BYTES


@pytest.mark.parametrize("kept", [1, 10, 500, -1, -8])
async def test_gzip_that_is_cut_off_gives_what_there_is_and_then_says_so(kept: int) -> None:
    """Also where only the check sum is missing: what came may be wrong."""
    received = await _received_before(BrokenGzip, gzip.compress(SENT)[:kept])
    assert SENT.startswith(received)


@pytest.mark.parametrize(
    "sent",
    [b"", SENT, b"\x1f\x8b nonsense", gzip.compress(SENT) + b"more"],
    ids=["nothing", "plain", "nonsense", "more behind"],
)
async def test_what_is_no_gzip_is_refused(sent: bytes) -> None:
    """Plain lines under a wrong header, and garbage behind the end."""
    await _received_before(BrokenGzip, sent)


async def test_damaged_gzip_is_refused_where_it_is_damaged() -> None:
    """A flipped bit changes lines, or the check sum at the latest."""
    packed = bytearray(gzip.compress(SENT))
    packed[len(packed) // 2] ^= 0x10
    await _received_before(BrokenGzip, bytes(packed))


async def test_what_is_left_is_read_on_for_a_moment_and_not_kept() -> None:
    """A client that is still sending would not see its answer."""
    sent = receiving(b"a", b"b", b"c")
    async with BulkBody(sent, OpenBodies()) as body:
        pieces = body.pieces()
        assert await anext(pieces) == b"a"
        await pieces.aclose()
        await body.discard()
    with pytest.raises((StopIteration, RuntimeError)):
        await sent()


async def test_what_is_left_is_not_read_on_for_ever() -> None:
    """It may come byte by byte, and each one soon enough."""
    came = 0

    async def receive() -> Message:
        nonlocal came
        came += 1
        assert came < 1_000, "it is still read"
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async with BulkBody(receive, OpenBodies(), linger_s=0) as body:
        await body.discard()


async def test_when_the_server_stops_a_body_ends_where_it_is() -> None:
    """One that waits for more, and one that has more."""
    open_bodies, gone = OpenBodies(), asyncio.Event()

    async def receive() -> Message:
        gone.set()
        await asyncio.Event().wait()
        return HUNG_UP

    async def all_of(body: BulkBody) -> None:
        async for _ in body.pieces():
            open_bodies.stop()

    async with BulkBody(receive, open_bodies) as waiting:
        ending = asyncio.create_task(all_of(waiting))
        await gone.wait()
        open_bodies.stop()
        with pytest.raises(ServerStops):
            await ending
        await waiting.discard()
    async with BulkBody(receiving(b"a", b"b"), open_bodies) as full:
        with pytest.raises(ServerStops):
            await all_of(full)

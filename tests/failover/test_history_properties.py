"""The judge of a failover, on histories of a store that keeps its promises, and on the same with one thing spoilt."""

from copy import deepcopy
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.failing_over.history import Feed, Found, History, Outcome, Read, Write
from benchmarks.failing_over.judging import Kind, judge

CLIENTS, REGISTERS = ("ada", "bob", "eve"), ("plans", "events")
Told = tuple[History, Found]


@st.composite
def histories(draw: st.DrawFn) -> Told:
    """What clients of a store saw that does one thing after the other, at some moment of each call."""
    history, registers = History(), {name: list[str]() for name in REGISTERS}
    for number in range(draw(st.integers(0, 30))):
        client, register = draw(st.sampled_from(CLIENTS)), draw(st.sampled_from(REGISTERS))
        there = registers[register]
        began_s, ended_s = number - draw(st.floats(0, 0.4)), number + draw(st.floats(0, 0.4))
        if draw(st.booleans()):
            outcome = draw(st.sampled_from(Outcome))
            if outcome is Outcome.ACKNOWLEDGED or (outcome is Outcome.UNKNOWN and draw(st.booleans())):
                there.append(f"{number}")
            size = len(there) if outcome is Outcome.ACKNOWLEDGED and draw(st.booleans()) else 0
            history.writes.append(Write(client, register, (f"{number}",), began_s, ended_s, outcome, size=size))
        else:
            outcome = draw(st.sampled_from((Outcome.ACKNOWLEDGED, Outcome.UNKNOWN)))
            size = len(there) if outcome is Outcome.ACKNOWLEDGED else 0
            history.reads.append(Read(client, register, began_s, ended_s, outcome, size=size))
    history.feeds += [
        Feed(client, name, list(enumerate(registers[name], 1))) for client in CLIENTS for name in REGISTERS
    ]
    return history, Found(registers, {})


def kinds(told: Told) -> set[Kind]:
    return {fault.kind for fault in judge(*told)}


@given(histories())
def test_a_store_that_keeps_its_promises_is_found_to_do_so(told: Told) -> None:
    assert judge(*told) == []


@given(histories(), st.data())
def test_an_acknowledged_write_that_vanishes_is_always_noticed(told: Told, data: st.DataObject) -> None:
    history, found = told
    acknowledged = [write for write in history.writes if write.outcome is Outcome.ACKNOWLEDGED]
    assume(acknowledged)
    gone = data.draw(st.sampled_from(acknowledged))
    found.registers[gone.register].remove(gone.keys[0])  # type: ignore[attr-defined]

    assert Kind.LOST in kinds(told)


@given(histories(), st.data())
def test_a_write_that_is_done_twice_is_always_noticed(told: Told, data: st.DataObject) -> None:
    _, found = told
    there = [(name, key) for name, keys in found.registers.items() for key in keys]
    assume(there)
    name, key = data.draw(st.sampled_from(there))
    found.registers[name].append(key)  # type: ignore[attr-defined]

    assert Kind.TWICE in kinds(told)


@given(histories(), st.data())
def test_a_read_that_sees_less_than_its_client_wrote_or_read_is_always_noticed(told: Told, data: st.DataObject) -> None:
    history, _ = told
    seeing = [place for place, read in enumerate(history.reads) if _own_before(history, read)]
    assume(seeing)
    place = data.draw(st.sampled_from(seeing))
    read = history.reads[place]
    history.reads[place] = replace(read, size=data.draw(st.integers(0, _own_before(history, read) - 1)))

    assert Kind.BACK_IN_TIME in kinds(told)


@given(histories(), st.data())
def test_a_feed_that_lacks_repeats_or_swaps_an_event_is_always_noticed(told: Told, data: st.DataObject) -> None:
    history, _ = told
    feeds = [feed for feed in history.feeds if feed.told]
    assume(feeds)
    feed = data.draw(st.sampled_from(feeds))
    before, at = deepcopy(feed.told), data.draw(st.integers(0, len(feed.told) - 1))
    spoil = data.draw(st.sampled_from(("lack", "repeat", "swap")))
    if spoil == "lack":
        del feed.told[at]
    elif spoil == "repeat":
        feed.told.insert(at, feed.told[at])
    else:
        feed.told.append(feed.told.pop(at))
    assume(feed.told != before)

    assert Kind.GAP in kinds(told)


def _own_before(history: History, read: Read) -> int:
    """How many acknowledged writes of its own a read must see, when nothing else is known."""
    if read.outcome is not Outcome.ACKNOWLEDGED:
        return 0
    return sum(
        write.outcome is Outcome.ACKNOWLEDGED
        and (write.client, write.register) == (read.client, read.register)
        and write.ended_s <= read.began_s
        for write in history.writes
    )

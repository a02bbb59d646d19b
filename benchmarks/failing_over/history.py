"""What clients did and what they were told: the history by which a failover is judged.

A register is something that only grows: an athlete's plans, a plan's workouts, the events of a topic. What is added to
one is known by its key, so that it can be looked for at the end. Times are those of one clock, in seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """How a call ended for the client who made it."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"  # for good, and nothing of it was done
    UNKNOWN = "unknown"  # an error, or no answer: it may have been done or not


@dataclass(frozen=True, slots=True)
class Write:
    """One attempt to add `keys` to a register; attempts at the same thing have the same keys."""

    client: str
    register: str
    keys: tuple[str, ...]
    began_s: float
    ended_s: float
    outcome: Outcome
    said: str = ""  # to a client who was not acknowledged
    size: int = 0  # how large the register was told to be then; 0: nothing was told


@dataclass(frozen=True, slots=True)
class Read:
    """One look at how large a register is."""

    client: str
    register: str
    began_s: float
    ended_s: float
    outcome: Outcome
    said: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """Work that was asked for: the job that was promised, if it was."""

    client: str
    job: str
    began_s: float
    ended_s: float
    outcome: Outcome
    said: str = ""


Call = Write | Read | Request


@dataclass
class Feed:
    """What a follower of a register was told, in the order in which it came."""

    follower: str
    register: str
    told: list[tuple[int, str]] = field(default_factory=list)  # offset and key
    breaks: list[tuple[float, str]] = field(default_factory=list)  # when its socket broke, and how

    @property
    def offset(self) -> int:
        """How far it has come."""
        return self.told[-1][0] if self.told else 0


@dataclass
class History:
    """All of it."""

    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)

    @property
    def calls(self) -> list[Call]:
        """Every request that had an answer to wait for."""
        return [*self.writes, *self.reads, *self.requests]


@dataclass(frozen=True)
class Found:
    """What is there at the end: the keys of each register in their order, and how each job stands."""

    registers: Mapping[str, Sequence[str]]
    jobs: Mapping[str, str]

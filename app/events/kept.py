"""Answers that were made a moment ago, kept for those who catch up and want the same."""

from collections import OrderedDict
from collections.abc import Hashable

from app.edge.operation import Answer

MOST_BYTES = 16_000_000  # of all feeds of a process


class KeptAnswers:
    """The latest answers, so many bytes of them and no more."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.bytes = 0

    def get(self, key: Hashable) -> Answer | None:
        """The answer, where it is still here."""
        return self._answers.get(key)

    def keep(self, key: Hashable, answer: Answer) -> None:
        """Take an answer that is not here, and let go of the oldest where they are too many."""
        self._answers[key] = answer
        self.bytes += len(answer.body)
        while self.bytes > self._most:
            self.bytes -= len(self._answers.popitem(last=False)[1].body)

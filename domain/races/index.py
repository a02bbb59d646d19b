"""Which runner an event told of, for all events that the standings rest on: what a mark has to look at."""


class KeptOf:
    """Event ids by how often they are kept, and for whom: a position may be a runner's last and on their track."""

    __slots__ = ("_again", "_runners")

    def __init__(self) -> None:
        self._runners: dict[str, str] = {}
        self._again: dict[str, int] = {}

    def keep(self, event_id: str, runner: str) -> None:
        """The event is kept, once or once more."""
        if event_id in self._runners:
            self._again[event_id] = self._again.get(event_id, 0) + 1
        else:
            self._runners[event_id] = runner

    def let_go(self, event_id: str) -> None:
        """The event is kept once less."""
        again = self._again.pop(event_id, 0)
        if again > 1:
            self._again[event_id] = again - 1
        elif not again:
            del self._runners[event_id]

    def runner_of(self, event_id: str) -> str | None:
        """Whom the event told of; None for one that is not kept."""
        return self._runners.get(event_id)

    def __len__(self) -> int:
        return len(self._runners)

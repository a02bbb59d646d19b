"""Looks at everything Cairn needs, and says what to do about each fault."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from domain.operations.ports import Doubt, Fault, HealthCheck, NotLookedAt


async def examine(checks: Iterable[HealthCheck], console: Console | None = None) -> int:
    """Run every check, a line each, and a second for what to do about a fault; 0 when there is no fault, else 1."""
    console = console or Console(highlight=False, soft_wrap=True)
    faults = doubts = 0
    left_out = []
    for check in checks:
        try:
            console.print(f"[green]ok[/]     {check.name}: {escape(await check.run())}")
        except Doubt as doubt:
            doubts += 1
            _tell(console, "[yellow]LOOK[/] ", check.name, doubt)
        except Fault as fault:
            faults += 1
            _tell(console, "[red]FAULT[/]", check.name, fault)
        except NotLookedAt:
            left_out.append(check.name)
    if left_out:
        console.print(f"       Not looked at until that is mended: {', '.join(left_out)}.")
    console.print(_summary(faults, doubts))
    return 1 if faults else 0


def _tell(console: Console, word: str, name: str, fault: Fault) -> None:
    console.print(f"{word}  {name}: {escape(fault.problem)}\n       → {escape(fault.remedy)}")


def _summary(faults: int, doubts: int) -> str:
    if faults:
        return f"Faults: {faults}."
    return "No fault, if what is marked LOOK is meant so." if doubts else "Everything is well."

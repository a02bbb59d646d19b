"""Looks at everything Cairn needs, and says what to do about each fault."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from domain.operations.ports import Fault, HealthCheck


async def examine(checks: Iterable[HealthCheck], console: Console | None = None) -> int:
    """Run every check, a line each, and a second for what to do about a fault; 0 when all is well, else 1."""
    console = console or Console(highlight=False, soft_wrap=True)
    faults = 0
    for check in checks:
        try:
            console.print(f"[green]ok[/]     {check.name}: {escape(await check.run())}")
        except Fault as fault:
            faults += 1
            console.print(f"[red]FAULT[/]  {check.name}: {escape(fault.problem)}\n       → {escape(fault.remedy)}")
    console.print("Everything is well." if not faults else f"Faults: {faults}.")
    return 1 if faults else 0

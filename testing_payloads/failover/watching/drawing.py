"""How a diary looks: as a picture that fits the terminal."""

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from testing_payloads.failover.watching.changes import READER, WRITER, BalancerLook, NodeLook, ReplicaLook
from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.measures import Tally
from testing_payloads.failover.watching.telling import clock

LEAST_EVENTS = 3  # shown however small the terminal is
DOT = {WRITER: Text("● WRITER", "bold green"), READER: Text("○ reader", "cyan"), None: Text("✕ down", "bold red")}


def picture(diary: Diary, title: str, now: float, console: Console) -> RenderableType:
    """All of it, no higher than the terminal: what is left below the rest is for events."""
    alarm = _alarm(diary)
    parts: list[RenderableType] = [_heading(title, diary.begun, now), *([alarm] if alarm else [])]
    parts.append(_framed("Databases", _databases(diary)))
    if diary.replicas or diary.balancer.replicas:
        parts.append(_framed("APIs", _replicas(diary.replicas, diary.balancer)))
    parts.append(_framed("Requests", _requests(diary, now)))
    taken = len(console.render_lines(Group(*parts)))
    parts.append(_framed("What happened", _events(diary, now, max(LEAST_EVENTS, console.height - taken - 3))))
    return Group(*parts)


def _heading(title: str, begun: float, now: float) -> RenderableType:
    minutes, seconds = divmod(int(now - begun), 60)
    grid = Table.grid(expand=True)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(Text(f" {title}", "bold"), Text(f"{minutes}:{seconds:02}   q quits ", "dim"))
    return grid


def _alarm(diary: Diary) -> Text | None:
    """What needs somebody now."""
    if len(diary.writers) > 1:
        old, *_, new = sorted(diary.writers, key=lambda name: diary.nodes[name].timeline or 0)
        return Text(f" {old} and {new} both write: stop {old}, for {new} was promoted last ", "white on red")
    if hanging := [node.name for node in diary.nodes.values() if node.waits_for_nobody_there]:
        return Text(f" commits on {hanging[0]} wait for a standby, and none is connected ", "black on yellow")
    return None


def _databases(diary: Diary) -> RenderableType:
    balancer = diary.balancer
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim", expand=True)
    for heading in ("", "is", "HAProxy sends"):
        table.add_column(heading, no_wrap=True)
    table.add_column("replication", no_wrap=True, overflow="ellipsis", ratio=1)
    for name in sorted({*diary.nodes, *balancer.writers, *balancer.readers}):
        node = diary.nodes.get(name)
        is_told = Text("not asked", "dim") if node is None else DOT[node.part]
        table.add_row(Text(name, "bold"), is_told, _sent(balancer, name), _replication(node, diary))
    if balancer.why:
        table.add_row("", "", Text(f"HAProxy: {balancer.why}", "red"), "")
    return table


def _sent(balancer: BalancerLook, name: str) -> Text:
    reads = balancer.readers or balancer.writers  # without a standby the writer answers reads too
    parts = [*(["writes"] if name in balancer.writers else []), *(["reads"] if name in reads else [])]
    if name in balancer.writers and len(balancer.writers) > 1:
        return Text("no new writes", "red")
    return Text(" and ".join(parts) or "nothing", "" if parts else "dim")


def _replication(node: NodeLook | None, diary: Diary) -> Text:
    if node is None:
        return Text("")
    if node.part is None:
        return Text(node.why, "red")
    if node.part == WRITER:
        waits = f"commits wait for {node.awaited.replace('postgres_', '') or 'nobody'}"
        return Text(
            f"timeline {node.timeline}, {waits}", "yellow" if node.waits_for_nobody_there or not node.awaited else ""
        )
    behind = _behind(node, diary)
    return Text(
        f"streams, {behind}" if node.streams else f"streams from nobody, {behind}", "" if node.streams else "yellow"
    )


def _behind(node: NodeLook, diary: Diary) -> str:
    ends = [diary.nodes[name].place for name in diary.writers]
    if not ends:
        return "no writer to compare with"
    behind = max(0, max(ends) - node.place)
    return f"{behind / 1024:,.0f} KiB behind" if behind >= 1024 else f"{behind} B behind"


def _replicas(replicas: list[ReplicaLook], balancer: BalancerLook) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 1), show_header=False, expand=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True, width=4)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for look in replicas:
        live = Text("live", "green") if look.lives else Text("down", "red")
        ready = Text("ready", "green") if look.is_ready else Text(f"not ready: {look.why}", "yellow")
        table.add_row(look.url, live, ready)
    for name, lives in balancer.replicas:
        table.add_row(name, Text("live", "green") if lives else Text("down", "red"), Text("as HAProxy sees it", "dim"))
    return table


def _requests(diary: Diary, now: float) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 1), show_header=False)
    for name, tally in (("writes", diary.writes), ("reads", diary.reads)):
        table.add_row(name, f"{tally.rate.per_second(now):.1f}/s", _latest(tally), *_totals(tally))
    gap = Text(" longest gap between acknowledged writes ", no_wrap=True, overflow="ellipsis")
    gap.append(f"{diary.silences.longest(now):.2f} s", "bold")
    if diary.events:
        gap.append(f"; since the last event {diary.silence_of(diary.events[-1], now):.2f} s")
    told = Text(" no error so far", "dim")
    if diary.last_error:
        told = Text(f" {clock(diary.last_error[0])} {diary.last_error[1]}", "red", no_wrap=True, overflow="ellipsis")
    return Group(table, gap, told)


def _latest(tally: Tally) -> str:
    return "" if tally.latest_s is None else f"last {1000 * tally.latest_s:.0f} ms"


def _totals(tally: Tally) -> tuple[str, Text]:
    return f"{tally.answered} answered", Text(f"{tally.failed} failed", "red" if tally.failed else "dim")


def _events(diary: Diary, now: float, room: int) -> RenderableType:
    if not diary.events:
        return Text(" nothing so far", "dim")
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim", expand=True)
    table.add_column("at", no_wrap=True, width=10)
    table.add_column("gap", no_wrap=True, width=7, justify="right")
    table.add_column("what", no_wrap=True, overflow="ellipsis", ratio=1)
    for event in reversed(diary.events[-room:]):
        table.add_row(clock(event.at), f"{diary.silence_of(event, now):.2f} s", event.words)
    return table


def _framed(title: str, inside: RenderableType) -> Panel:
    return Panel(inside, title=title, title_align="left", border_style="dim", padding=0)

"""How a run's stretches spread over the efficiency zones: among similar ones, among their grade's, and by grade."""

from collections import defaultdict

from domain.pictures.drawn_run import DrawnRun, Standing
from domain.pictures.heading import LEFT, RIGHT, WIDTH, heading, said, totals
from domain.pictures.look import METHOD_WORDS, Theme, colour_class, style_sheet, words_for
from domain.pictures.scale import Scale, as_distance, as_duration, as_grade, as_number, round_step
from domain.pictures.shares import Share, in_words, shares
from domain.pictures.svg import document, line, rectangle, text
from domain.zones.model import EfficiencyZone
from domain.zones.standing import FIFTHS

ROW_PX = 27
CHARTS = 118.0
BAR_PX = 190.0
WORDS_PX = 78.0
GRADES_PX = 190.0
STEEPEST_BAND = 12  # 30 %: what is steeper is counted there


def zones_picture(run: DrawnRun, theme: Theme | None = None) -> str:
    """The SVG of a run's zones; without `theme` it looks as the reader's system does. Whatever lacks is told in it."""
    told = f"Efficiency zones of a run by {METHOD_WORDS[run.method]}: {totals(run)}. "
    missing = run.missing()
    if missing is not None:
        parts = [*heading(run), said(130, missing)]
        return document((WIDTH, 200), run.name, told + missing, style_sheet(theme), parts)
    similars = shares((one.among_similars, one.length_m, one.moving_s) for one in run.stretches)
    grades = shares((one.among_grade, one.length_m, one.moving_s) for one in run.stretches)
    left, left_end = _bars("Among the athlete's most similar stretches", *similars, 24.0, _longest(similars, grades))
    right, right_end = _bars("Among stretches of the same grade", *grades, 500.0, _longest(similars, grades))
    top = max(left_end, right_end) + 44
    note = f"Efficiency by {METHOD_WORDS[run.method]}; bars are shares of the distance, then distance and moving time"
    parts = [*heading(run), text(24, 82, note), *left, *right, *_by_grade(run, top)]
    told += f"Among similar stretches, by distance: {in_words(*similars)}. "
    told += f"Among stretches of the same grade: {in_words(*grades)}."
    return document((WIDTH, round(top + GRADES_PX + 60)), run.name, told, style_sheet(theme), parts)


def _longest(*charts: tuple[list[Share], list[Share]]) -> float:
    """The largest share of any bar, so that both charts have one scale."""
    return max([share.of_distance for chart in charts for part in chart for share in part] + [0.1])


def _bars(title: str, zones: list[Share], reasons: list[Share], left: float, longest: float) -> tuple[list[str], float]:
    shapes, y = [text(left, CHARTS, title, "head")], CHARTS + 12
    wide = Scale(0.0, longest, 0.0, BAR_PX)
    for share in zones:
        words = words_for(share.standing)
        shapes += [text(left + WORDS_PX - 10, y + 17, words, anchor="end"), *_bar(share, wide, left + WORDS_PX, y)]
        y += ROW_PX
    for at, share in enumerate(reasons):
        if at == 0:
            shapes.append(text(left + WORDS_PX - 10, y + 17, "no zone", anchor="end"))
        shapes += [*_bar(share, wide, left + WORDS_PX, y), text(left + WORDS_PX + 8, y + 38, words_for(share.standing))]
        y += ROW_PX + 20
    return [*shapes, line(left + WORDS_PX, CHARTS + 12, left + WORDS_PX, y - (20 if reasons else 0), "axis")], y


def _bar(share: Share, wide: Scale, x: float, y: float) -> list[str]:
    length = wide.at(share.of_distance)
    told = f"{share.percent} · {as_distance(share.distance_m)} · {as_duration(share.moving_s)}"
    bar = rectangle(x, y + 3, length, ROW_PX - 8, f"bar {colour_class(share.standing)}", words_for(share.standing))
    return [bar, text(x + length + 8, y + 17, told if share.distance_m else "none")]


def _by_grade(run: DrawnRun, top: float) -> list[str]:
    """Columns of metres in each grade category, the least efficient at the foot."""
    columns = _metres_by_grade(run)
    highest = max([sum(column.values()) for column in columns.values()] + [1.0]) / 1000
    step = round_step(highest, 4)
    up = Scale(0.0, highest, top + GRADES_PX, top + 16)
    half = STEEPEST_BAND + 0.5
    across = Scale(-half, half, LEFT, RIGHT)
    shapes = [text(24, top, "Distance by grade of the stretch, km; coloured by zone among the same grade", "head")]
    for km in up.ticks(step):
        shapes += [
            line(LEFT, up.at(km), RIGHT, up.at(km)),
            text(LEFT - 8, up.at(km) + 4, as_number(km, step), anchor="end"),
        ]
    for band, column in sorted(columns.items()):
        shapes += _column(band, column, across, up)
    for band in range(-STEEPEST_BAND, STEEPEST_BAND + 1, 2):
        shapes.append(text(across.at(band), up.start_px + 18, _grade(band), anchor="middle"))
    return [*shapes, line(LEFT, up.start_px, RIGHT, up.start_px, "axis")]


def _metres_by_grade(run: DrawnRun) -> dict[int, dict[Standing, float]]:
    columns: dict[int, dict[Standing, float]] = defaultdict(lambda: defaultdict(float))
    for one in run.stretches:
        band = min(max(one.grade_band, -STEEPEST_BAND), STEEPEST_BAND)
        columns[band][one.among_grade] += one.length_m
    return columns


def _column(band: int, column: dict[Standing, float], across: Scale, up: Scale) -> list[str]:
    order = sorted(column, key=lambda standing: FIFTHS.index(standing) if isinstance(standing, EfficiencyZone) else 9)
    left, right = across.at(band - 0.42), across.at(band + 0.42)
    shapes, below = [], 0.0
    for standing in order:
        above = below + column[standing] / 1000
        told = f"{_grade(band)}: {as_distance(column[standing])}, {words_for(standing)}"
        height = up.at(below) - up.at(above)
        shapes.append(rectangle(left, up.at(above), right - left, height, f"bar {colour_class(standing)}", told))
        below = above
    return shapes


def _grade(band: int) -> str:
    steepest = {-STEEPEST_BAND: "≤ ", STEEPEST_BAND: "≥ "}.get(band, "")
    return steepest + as_grade(band)

"""The zones of a run: the shares are those of its stretches, among similar ones, among their grade, and by grade."""

import pytest
from hypothesis import given, settings

from domain.pictures.drawn_run import DrawnRun, reason_by, standing
from domain.pictures.look import Theme
from domain.pictures.shares import shares
from domain.pictures.zones_picture import zones_picture
from domain.zones.model import EfficiencyZone, ZoneMethod, ZoneReason
from tests.factories.drawn_runs import HOSTILE, a_drawn_run, a_stretch, stored_runs
from tests.pictures.reading import SVG, is_finite, parsed, shapes_of, words_of

HIGH, LOW = EfficiencyZone.HIGH, EfficiencyZone.LOW
NATIVE, TRAILMETRICS = ZoneMethod.NATIVE, ZoneMethod.TRAILMETRICS


def bars(picture: str, words: str) -> list[float]:
    """How long the bars of a zone are, left chart first."""
    return [
        float(shape.get("width", 0))
        for shape in parsed(picture).iter(f"{SVG}rect")
        if shape.findtext(f"{SVG}title") == words
    ]


def test_a_bar_tells_share_distance_and_time() -> None:
    run = a_drawn_run(stretches=(a_stretch(0, HIGH, length_m=1500, moving_s=400), a_stretch(1500, LOW, length_m=500)))
    assert words_of(zones_picture(run)).count("75 % · 1.5 km · 6:40") == 2


def test_the_two_charts_are_told_apart() -> None:
    run = a_drawn_run(stretches=(a_stretch(0, HIGH, among_grade=LOW),))
    picture = zones_picture(run)
    (high_left, high_right), (low_left, low_right) = bars(picture, "high"), bars(picture, "low")
    assert high_left > 0 == high_right
    assert low_right > 0 == low_left


def test_bars_of_both_charts_have_one_scale() -> None:
    stretches = (a_stretch(0, HIGH), a_stretch(200, HIGH, among_grade=LOW))
    left, right = bars(zones_picture(a_drawn_run(stretches=stretches)), "high")
    assert left == 2 * right


def test_stretches_without_a_zone_are_counted_with_their_reason() -> None:
    run = a_drawn_run(stretches=(a_stretch(0, ZoneReason.TOO_ONE_SIDED), a_stretch(200, None)))
    words = words_of(zones_picture(run))
    assert "too few climbs or descents to judge by" in words
    assert "zones not worked out yet" in words
    assert words.count("no zone") == 2


def test_a_run_whose_every_stretch_has_a_zone_speaks_of_no_others() -> None:
    assert "no zone" not in words_of(zones_picture(a_drawn_run(stretches=(a_stretch(0, HIGH),))))


def test_a_column_stacks_the_zones_of_its_grade_from_the_least_efficient() -> None:
    stretches = (
        a_stretch(0, HIGH, grade_band=4),
        a_stretch(200, LOW, grade_band=4, length_m=600),
        a_stretch(800, LOW, grade_band=-2),
        a_stretch(1000, ZoneReason.WARM_UP, grade_band=4),
    )
    columns = [
        shape for shape in shapes_of(zones_picture(a_drawn_run(stretches=stretches)), "rect") if ": " in shape[1]
    ]
    assert columns == [
        ("bar z2", "−5 %: 200 m, low"),
        ("bar z2", "+10 %: 600 m, low"),
        ("bar z4", "+10 %: 200 m, high"),
        ("bar none", "+10 %: 200 m, the first 5 minutes, never judged"),
    ]


def test_what_is_steeper_than_the_axis_is_counted_at_its_end() -> None:
    stretches = (a_stretch(0, HIGH, grade_band=13), a_stretch(200, HIGH, grade_band=18))
    picture = zones_picture(a_drawn_run(stretches=stretches))
    assert ("bar z4", "≥ +30 %: 400 m, high") in shapes_of(picture, "rect")


def test_columns_are_coloured_by_the_zone_among_the_same_grade() -> None:
    run = a_drawn_run(stretches=(a_stretch(0, HIGH, among_grade=LOW, grade_band=1),))
    assert ("bar z2", "+2.5 %: 200 m, low") in shapes_of(zones_picture(run), "rect")


def test_a_run_by_hand_has_a_picture_that_says_so() -> None:
    words = words_of(zones_picture(a_drawn_run(way=None, stretches=(), analysis=None)))
    assert words[-1] == "This run was entered by hand: there is no recording to draw."


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_ever_text_beside_zones_too(name: str) -> None:
    root = parsed(zones_picture(a_drawn_run(name=name)))
    assert not list(root.iter(f"{SVG}script", f"{SVG}image"))


def test_the_zones_are_told_to_who_cannot_see_them() -> None:
    told = parsed(zones_picture(a_drawn_run(stretches=(a_stretch(0, HIGH, among_grade=LOW),)))).findtext(f"{SVG}desc")
    assert told is not None
    assert "Among similar stretches, by distance: very high 0 %, high 100 %" in told
    assert "Among stretches of the same grade: very high 0 %, high 0 %, medium 0 %, low 100 %" in told


def test_the_zones_keep_to_a_theme_too() -> None:
    assert "@media" in zones_picture(a_drawn_run())
    assert "@media" not in zones_picture(a_drawn_run(), Theme.DARK)


@settings(max_examples=60, deadline=None)
@given(stored_runs())
def test_whatever_is_stored_gives_zones_of_finite_numbers(run: DrawnRun) -> None:
    assert is_finite(zones_picture(run))


@settings(max_examples=60, deadline=None)
@given(stored_runs())
def test_the_shares_of_a_run_make_a_whole(run: DrawnRun) -> None:
    zones, reasons = shares((one.among_grade, one.length_m, one.moving_s) for one in run.stretches)
    whole = sum(share.of_distance for share in (*zones, *reasons))
    assert whole == pytest.approx(1 if sum(one.length_m for one in run.stretches) > 0 else 0)


def test_a_share_that_is_there_is_never_told_as_none() -> None:
    zones, _ = shares([(HIGH, 1.0, 1.0), (LOW, 999.0, 1.0)])
    assert {share.standing: share.percent for share in zones}[HIGH] == "<1 %"


@pytest.mark.parametrize(
    ("rank", "count", "reason", "method", "expected"),
    [
        (3, 19, None, NATIVE, ZoneReason.NOT_ENOUGH_DATA),
        (4, 20, None, NATIVE, EfficiencyZone.VERY_LOW),
        (25, 25, None, NATIVE, EfficiencyZone.VERY_HIGH),
        (3, 3, None, TRAILMETRICS, EfficiencyZone.VERY_HIGH),
        (0, 0, ZoneReason.WARM_UP, NATIVE, ZoneReason.WARM_UP),
        (25, 25, ZoneReason.NO_HEART_RATE, NATIVE, ZoneReason.NO_HEART_RATE),
        (0, 0, None, TRAILMETRICS, ZoneReason.NOT_ENOUGH_DATA),
        (None, None, ZoneReason.NO_HEART_RATE, NATIVE, ZoneReason.NO_HEART_RATE),
        (None, None, None, NATIVE, None),
    ],
)
def test_a_stretch_without_a_rank_that_counts_has_a_reason(
    rank: int | None, count: int | None, reason: ZoneReason | None, method: ZoneMethod, expected: object
) -> None:
    assert standing(rank, count, reason, method) is expected


def test_the_older_method_lacks_nothing_but_a_heart_rate() -> None:
    assert reason_by(TRAILMETRICS, ZoneReason.WARM_UP, 12) is None
    assert reason_by(TRAILMETRICS, None, 0) is ZoneReason.NO_HEART_RATE
    assert reason_by(NATIVE, ZoneReason.WARM_UP, 0) is ZoneReason.WARM_UP

"""What many runs come to, as clients see it; the values are the domain's own."""

from datetime import date

from app.analysis.types import HeartRateZoneTime
from app.edge.declaring.fields import object_type, says
from domain.summaries.model import MOST_WEEKS

Day = date  # which the field of this name would hide


@object_type
class TrainingWeek:
    """What the runs of one week, Monday to Sunday by the athlete's own clock, come to; only days asked for count."""

    start_date: date = says("Its Monday.")
    end_date: date = says("Its Sunday.")
    runs: int = says("How many runs there are.")
    distance_m: float = says("How far they went.")
    moving_time_s: float = says("How long they moved.")
    ascent_m: float = says("Height gained, in the runs with altitudes.")
    load: float = says("Their load, without a unit: an hour at threshold is 100. Runs without a load add none.")
    runs_without_load: int = says("How many of the runs have no load: by hand, not analysed yet, or lacking figures.")
    longest_run_m: float = says("How far the longest of them went; 0 without runs.")
    heart_rate_zones: list[HeartRateZoneTime] = says("Time in each zone that the heart was in, in order.", entries=5)


@object_type
class TrainingSummary:
    """What the athlete's runs come to, in all and week by week."""

    runs: int = says("How many runs there are.")
    distance_m: float = says("How far they went.")
    moving_time_s: float = says("How long they moved.")
    ascent_m: float = says("Height gained, in the runs with altitudes.")
    load: float = says("Their load, without a unit: an hour at threshold is 100. Runs without a load add none.")
    runs_without_load: int = says("How many of the runs have no load: by hand, not analysed yet, or lacking figures.")
    longest_run_m: float = says("How far the longest of them went; 0 without runs.")
    heart_rate_zones: list[HeartRateZoneTime] = says("Time in each zone that the heart was in, in order.", entries=5)
    weeks: list[TrainingWeek] = says(
        "Every week from `from` to `to`, those without runs too; without `to` the last is that of the last run, "
        f"without `from` they begin with the first run, or are the latest {MOST_WEEKS}. More than that are refused.",
        entries=MOST_WEEKS,
    )


@object_type
class FitnessDay:
    """One day's load and what it leaves behind. The two means start from 0 on the athlete's first run."""

    date: Day = says("The day, by the athlete's own clock.")
    load: float = says("The load of the day's runs, without a unit: an hour at threshold is 100.")
    runs_without_load: int = says("How many of the day's runs have no load, and count as 0.")
    ctl: float = says("Fitness, in the same unit: the chronic load, a mean of the days' loads that fades over 42 days.")
    atl: float = says("Fatigue, in the same unit: the acute load, a mean of the days' loads that fades over 7 days.")
    tsb: float = says("Form, in the same unit: yesterday's fitness less fatigue.")


@object_type
class GradeEfficiency:
    """How efficiently the slopes of one grade category were run, over all segments there that were scored."""

    grade_category: float = says(
        "The middle of the category, a ratio of -3 to 3. It reaches 0.0125 to either side; the two at the ends go on."
    )
    segments: int = says("How many segments there are.")
    lower_quartile_efficiency: float = says(
        "A quarter of them score below this; metres as on the flat / beats above rest."
    )
    median_efficiency: float = says("Half of them score below this; metres as on the flat / beats above rest.")
    upper_quartile_efficiency: float = says(
        "Three quarters of them score below this; metres as on the flat / beats above rest."
    )
    median_speed_m_per_s: float = says("The median of their speeds.", name="medianSpeedMPerS")
    median_grade_adjusted_speed_m_per_s: float = says(
        "The median of their speeds as on the flat, by the heart-rate based model.",
        name="medianGradeAdjustedSpeedMPerS",
    )
    moving_time_s: float = says("How long they took in all, pauses left out.")

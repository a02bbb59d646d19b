"""Which words from the way a plan can heed."""

from domain.pacing import refusals
from domain.pacing.model import Report, ThrottlePlan

# So near to the finish it is reached: positions are no better.
FINISH_WITHIN_M = 10.0
# Positions scatter, and courses are drawn with a line thinner than the road: so far anybody may leap.
LEAP_M = 100.0


def elapsed_at(plan: ThrottlePlan, length_m: float, report: Report) -> float:
    """Seconds from the start to a report of the runner on a course of so many metres.

    Reports may come twice, and from a place behind the last one: runners turn back. Raises PlanHasNoStart,
    ReportBeforeStart, ReportOlderThanLast, ReportOffCourse, and ReportTooFast beyond a mean of 12 m/s since the last
    report (100 m are let pass).
    """
    if plan.starts_at is None:
        raise refusals.PlanHasNoStart
    if not 0 <= report.distance_m <= length_m + FINISH_WITHIN_M:
        raise refusals.ReportOffCourse(report.distance_m, length_m)
    if report.at < plan.starts_at:
        raise refusals.ReportBeforeStart(report.at, plan.starts_at)
    last_m, last_at = (plan.replan.distance_m, plan.replan.at) if plan.replan else (0.0, plan.starts_at)
    if report.at < last_at:
        raise refusals.ReportOlderThanLast(report.at, last_at)
    metres, seconds = report.distance_m - last_m, (report.at - last_at).total_seconds()
    if metres - LEAP_M > refusals.FASTEST_REPORT_M_PER_S * seconds:
        raise refusals.ReportTooFast(metres, seconds)
    return (report.at - plan.starts_at).total_seconds()


def is_finish(length_m: float, report: Report) -> bool:
    """Whether the report's runner has arrived."""
    return report.distance_m >= length_m - FINISH_WITHIN_M

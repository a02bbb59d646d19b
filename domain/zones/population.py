"""Where an athlete's stretches stand among those of the year before, told anew only where something changed."""

import numpy as np
from scipy.spatial import cKDTree

from domain.zones.history import Before, Flags, Rows, Standing, Stretches
from domain.zones.model import NEAREST
from domain.zones.nearness import CERTAIN
from domain.zones.ranks import ranks_among_similars, ranks_of_grade
from domain.zones.similarity import ALTITUDE, likeness, places, yardstick
from domain.zones.similars import similars

YEAR_S = 365 * 86400.0


def judge(stretches: Stretches, now_s: float) -> Standing:
    """Where each of an athlete's m scored stretches stands at `now_s`, in seconds since 1970, told from nothing.

    A stretch of the last 365 days is judged now, an older one as on the day that its run left the year: among stretches
    of runs that began in the 365 days before, the 25 most similar ones, and all of its grade band. A run that begins
    after `now_s` is nowhere yet. Source: Cairn's native method.
    """
    return rejudge(stretches, now_s, None)[0]


def rejudge(stretches: Stretches, now_s: float, before: Before | None) -> tuple[Standing, Flags]:
    """The same as `judge`, from what was known before; and of each stretch whether it stands otherwise now, (m,).

    `before` has the stretches of then in their rows of now; others may have been added anywhere. It must be None when
    any is gone, or has another score or likeness: then all is told from nothing, as when `now_s` lies before it.
    """
    if before is None or now_s < before.as_of_s:
        before = Before(-np.inf, np.zeros(len(stretches), dtype=np.bool_), Standing.unknown(len(stretches)))
    judging = _Judging(stretches, now_s, before)
    judging.tell_old_runs()
    judging.tell_last_year()
    return judging.standing, ~before.known | judging.standing.differs(before.standing)


def next_change_s(stretches: Stretches, now_s: float) -> float | None:
    """After which instant time alone changes a standing: a run leaves the year, or one dated ahead begins; or never."""
    started = stretches.run_started_s
    leaving = started[(started >= now_s - YEAR_S) & (started <= now_s)] + YEAR_S
    instants = np.concatenate([leaving, started[started > now_s]])
    return float(instants.min()) if instants.size else None


class _Judging:
    """One pass over an athlete's stretches; a window of them is a slice, as they stand in the order of time."""

    def __init__(self, stretches: Stretches, now_s: float, before: Before) -> None:
        started = stretches.run_started_s
        self.stretches, self.likeness = stretches, likeness(stretches)
        self.standing = before.standing.of_known(before.known)
        self.opens_s, self.opened_s = now_s - YEAR_S, before.as_of_s - YEAR_S
        self.last_year = slice(
            int(np.searchsorted(started, self.opens_s)), int(np.searchsorted(started, now_s, side="right"))
        )
        self.present_before = before.known & (started <= before.as_of_s)
        self.members_before = self.present_before & (started >= self.opened_s)

    def tell_old_runs(self) -> None:
        """Judge the runs that left the year since, and those whose own year gained a run since."""
        started, run = self.stretches.run_started_s, self.stretches.run
        begins = np.flatnonzero(np.diff(run, prepend=-1))
        ends = np.append(begins[1:], len(run))
        closes = np.searchsorted(started, started[begins] + YEAR_S, side="right")
        opens = np.searchsorted(started, started[begins])
        new = np.append(0, np.cumsum(~self.present_before))
        affected = (new[closes] > new[opens]) | (started[begins] >= self.opened_s)
        for old in np.flatnonzero(affected & (started[begins] < self.opens_s)):
            rows, window = np.arange(begins[old], ends[old]), slice(opens[old], closes[old])
            self._tell_similars(rows, window, yardstick(self.likeness[:, window]))
            self._tell_grades(rows, window)

    def tell_last_year(self) -> None:
        """Judge the last year: similar ones as far as what came and what left can reach, and grades throughout."""
        window = self.last_year
        rows = np.arange(window.start, window.stop)
        if not rows.size:
            self.standing.yardstick[:] = 0
            return
        measure = yardstick(self.likeness[:, window])
        self._tell_similars(rows[self._reached(measure)], window, measure)
        self._tell_grades(rows, window)
        self.standing.yardstick[:] = measure

    def _reached(self, measure: Rows) -> Flags:
        """Which of the last year's stretches may have other similars than before."""
        inside = np.zeros(len(self.stretches), dtype=np.bool_)
        inside[self.last_year] = True
        if self._measured_otherwise(measure):
            return inside[self.last_year]
        moved, kept = inside != self.members_before, np.flatnonzero(inside & self.members_before)
        reached = inside & ~self.members_before
        if moved.any() and kept.size:
            radius = self.standing.radius[kept]
            farthest = radius[np.isfinite(radius)].max(initial=0.0) / CERTAIN + 1e-9  # the tree looks nearer than this
            tree = cKDTree(places(self.likeness[:, moved], measure))
            away = tree.query(places(self.likeness[:, kept], measure), distance_upper_bound=farthest)[0]
            reached[kept] = away * CERTAIN <= radius
        return reached[self.last_year]

    def _measured_otherwise(self, measure: Rows) -> bool:
        """Whether distances are others now; the neutral altitude matters only where one is unknown."""
        same = self.standing.yardstick == measure
        return not (same if np.isnan(self.likeness[ALTITUDE]).any() else same[:-1]).all()

    def _tell_similars(self, rows: Rows, window: slice, measure: Rows) -> None:
        """Find the similars of some rows in their window, and rank among them."""
        points = places(self.likeness[:, window], measure)
        found, distances = similars(points, self.stretches.run[window], rows - window.start)
        told, near = self.standing, found[:, :NEAREST]
        told.similars_rank[rows], told.similars_count[rows] = ranks_among_similars(
            self.stretches.score[window], rows - window.start, found
        )
        told.radius[rows] = distances[:, -1]
        told.neighbours[rows] = np.where(near < 0, -1, near + window.start)
        told.neighbour_distance[rows] = np.where(near < 0, np.nan, distances[:, :NEAREST])

    def _tell_grades(self, rows: Rows, window: slice) -> None:
        """Rank some rows among all of their grade in their window."""
        rank, count = ranks_of_grade(self.stretches.score[window], self.stretches.grade_band[window])
        self.standing.grade_rank[rows] = rank[rows - window.start]
        self.standing.grade_count[rows] = count[rows - window.start]

"""An athlete as a throttle plan takes them: figures of their body, and what a year of runs tells of their ways."""

from domain.pacing.athlete.critical import Critical, critical_of
from domain.pacing.athlete.endurance import Endurance, endurance_of
from domain.pacing.athlete.figures import Told, basis_of
from domain.pacing.athlete.heart_at import Heart, heart_of, resting_heart_rate
from domain.pacing.athlete.held_out import hold_out
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.odd import odd_runs
from domain.pacing.athlete.own_caps import fastest
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.sustained import critical_speed_behind, sustained
from domain.pacing.athlete.usual import Habits, learn, level_lengths_m
from domain.pacing.basis import Basis
from domain.pacing.model import Runner


def runner_of(history: PacingHistory) -> tuple[Runner, Basis]:
    """The runner's model, and what it stands on. It never raises: what is not known is a stated default.

    Slopes cost what they cost this athlete (`own_cost`), caps are their own (`own_caps`), the critical speed is as set
    or as runs tell (`critical`), endurance is that of their hardest runs (`endurance`). Each is drawn to Minetti, to
    Riegel or to what is usual where there is little history, and `hold_out` says how well they foretell. Runs that no
    model explains (`odd`) are left out.
    """
    ran = ran_of(history, resting_heart_rate(history.physiology))
    odd = odd_runs(ran)
    ran = ran.only(~odd[ran.run])
    critical = critical_of(history)
    known = critical.speed_m_per_s if critical.measured else None
    habits = learn(ran.thinned(), level_lengths_m(ran), known)
    hard = sustained(ran, habits, history.efforts, critical.d_prime_m)
    behind = critical_speed_behind(hard, critical.budget_s)
    critical = critical_of(history, behind)
    raced = critical.measured or (behind is not None and behind.raced)
    endurance = endurance_of(hard, critical.speed_m_per_s, critical.budget_s, raced=raced)
    throttle = ran.level_m_per_s * habits.ways.cost.at(ran.grade) / critical.speed_m_per_s
    heart = heart_of(history.physiology, ran, throttle)
    runner = _runner(critical, endurance, habits, heart)
    told = Told(critical, endurance, habits, heart, hold_out(ran), odd=int(odd.sum()))
    return runner, basis_of(ran, told)


def _runner(critical: Critical, endurance: Endurance, habits: Habits, heart: Heart) -> Runner:
    return Runner(
        critical_speed_m_per_s=critical.speed_m_per_s,
        d_prime_m=critical.d_prime_m,
        fatigue_exponent=endurance.exponent,
        fatigue_budget_s=endurance.budget_s,
        own_cost=habits.ways.cost.knots,
        fastest_m_per_s=fastest(habits.ways.downhill_m_per_s, critical.speed_m_per_s),
        walking_m_per_s=habits.ways.walking_m_per_s,
        resting_heart_rate=heart.resting,
        threshold_heart_rate=heart.threshold,
        max_heart_rate=heart.maximum,
        long_exponent=endurance.long_exponent,
        long_budget_s=endurance.long_budget_s,
    )

"""What one performance says of another distance: VDOT after Daniels and Gilbert, and Riegel's rule."""

from math import exp

from domain.shared.errors import Invalid

RIEGEL_EXPONENT = 1.06
# Between a walk and what a sprinter holds for seconds, m/min: every VDOT below has its race in here.
SLOWEST_M_PER_MIN, FASTEST_M_PER_MIN = 30.0, 1000.0
LOWEST_VDOT, HIGHEST_VDOT = 10.0, 100.0
HALVINGS = 60


class NoSuchPerformance(Invalid):
    """A distance, a time or a VDOT is none that somebody could run."""


def vdot(distance_m: float, time_s: float) -> float:
    """The VDOT of one race, ml/kg/min: what its speed costs over the share of the maximum that its time allows.

    −4.6 + 0.182258·v + 0.000104·v² over 0.8 + 0.1894393·e^(−0.012778·t) + 0.2989558·e^(−0.1932605·t), v in m/min and t
    in min: Daniels & Gilbert 1979, "Oxygen Power", made from races of about 3.5 min to 4 h on level ground. Raises
    NoSuchPerformance outside 30 to 1,000 m/min.
    """
    speed = distance_m / time_s * 60 if time_s > 0 else 0.0
    if not SLOWEST_M_PER_MIN <= speed <= FASTEST_M_PER_MIN:
        raise NoSuchPerformance("That is no running performance: give a distance in metres and the seconds it took.")
    return _vdot(speed, time_s / 60)


def race_time_s(distance_m: float, vdot: float) -> float:
    """The seconds that a runner of this VDOT takes for a distance: the inverse of `vdot`, to a millisecond.

    Found by halving: a longer time always means a lower VDOT. Source and range as there; raises NoSuchPerformance for a
    distance that is not above 0 and a VDOT outside 10 to 100.
    """
    if not (distance_m > 0 and LOWEST_VDOT <= vdot <= HIGHEST_VDOT):
        raise NoSuchPerformance(
            f"Race times are told for distances above 0 m and a VDOT of {LOWEST_VDOT:.0f} to {HIGHEST_VDOT:.0f}."
        )
    fast, slow = distance_m / FASTEST_M_PER_MIN, distance_m / SLOWEST_M_PER_MIN
    for _ in range(HALVINGS):
        between = (fast + slow) / 2
        if _vdot(distance_m / between, between) > vdot:
            fast = between
        else:
            slow = between
    return (fast + slow) / 2 * 60


def riegel_time_s(time_s: float, distance_m: float, over_m: float, exponent: float = RIEGEL_EXPONENT) -> float:
    """The seconds for `over_m` of whoever ran `distance_m` in `time_s`: time · (over / distance) ^ 1.06.

    Riegel 1981, "Athletic records and human endurance", from world records of 3.5 min to about 4 h; most runners
    slow down more towards the marathon. Raises NoSuchPerformance for values that are not above 0.
    """
    if not (time_s > 0 and distance_m > 0 and over_m > 0):
        raise NoSuchPerformance("Riegel's rule takes a time and two distances above 0.")
    return float(time_s * (over_m / distance_m) ** exponent)


def _vdot(speed_m_per_min: float, minutes: float) -> float:
    oxygen = -4.6 + 0.182258 * speed_m_per_min + 0.000104 * speed_m_per_min**2
    share = 0.8 + 0.1894393 * exp(-0.012778 * minutes) + 0.2989558 * exp(-0.1932605 * minutes)
    return oxygen / share

"""How a heart beats faster the longer it has to, for one and the same effort."""

DRIFT_PER_HOUR = 0.05
MOST_DRIFT = 0.06
STEADY_S = 3600.0


def drift(elapsed_s: float) -> float:
    """How many times its beats above rest a heart takes for a throttle, so long after the start: 1 and more.

    As in the first hour up to its end, then 5 % more with each hour and 6 % at the most: some 7 bpm where threshold is
    120 above rest, so that who pushes as one can for five hours stays below it. That hearts drift with warmth, thirst
    and time: Coyle & González-Alonso 2001, Exerc Sport Sci Rev 29:88; by how much differs widely, and these figures are
    a choice.
    """
    return 1 + min(max(elapsed_s - STEADY_S, 0.0) / 3600 * DRIFT_PER_HOUR, MOST_DRIFT)

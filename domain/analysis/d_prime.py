"""How much of the distance above critical speed is left at each moment of a run, as an estimate."""

from itertools import accumulate

import numpy as np

from domain.runs.recording import Floats


def d_prime_balance(graded_speed: Floats, step_s: Floats, critical_speed: float, d_prime: float) -> Floats:
    """D′ balance at each point, m: shape (n,) from grade-adjusted speeds at the points (n,) and step lengths (n − 1,).

    A step is run at the speed (m/s) of the point where it ends, for its length in s. The balance starts full. Above
    critical speed it falls by what is run beyond it, (v − CS)·Δt; below, it comes back as
    D′bal ← D′ − (D′ − D′bal)·e^(−(CS − v)·Δt / D′): the differential form, exact however long a step of even speed is.
    Where the speed is not known (NaN: a pause, a hole in the recording) the runner is taken to stand. It may fall below
    0: then CS or D′ is set too low. An estimate: runners recover at paces of their own.
    `critical_speed` is in m/s, `d_prime` in m, both above 0; with watts and joules it is W′ balance.

    Skiba & Clarke 2021, Int J Sports Physiol Perform 16:1561, doi 10.1123/ijspp.2021-0205 (the differential form).
    """
    beyond = np.nan_to_num(graded_speed[1:], nan=0.0) - critical_speed
    kept = np.exp(np.minimum(beyond, 0.0) * step_s / d_prime)
    gained = np.where(beyond > 0, -beyond * step_s, d_prime * (1 - kept))
    steps = zip(kept.tolist(), gained.tolist(), strict=True)
    balance = accumulate(steps, lambda left, step: left * step[0] + step[1], initial=d_prime)
    return np.fromiter(balance, dtype=np.float64, count=graded_speed.size)

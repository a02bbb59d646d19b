"""Why figures of a runner's body cannot be taken, each said so that the runner knows what to give instead."""

from datetime import date

from domain.shared.errors import Invalid, NotFound

# What a figure is called in a sentence, and in the GraphQL contract.
WORDS = {
    "mass_kg": ("A runner's mass", "massKg"),
    "resting_heart_rate": ("A resting heart rate", "restingHeartRate"),
    "max_heart_rate": ("A maximum heart rate", "maxHeartRate"),
    "threshold_heart_rate": ("A threshold heart rate", "thresholdHeartRate"),
    "threshold_pace_s_per_km": ("A threshold pace", "thresholdPaceSPerKm"),
    "critical_speed_m_per_s": ("A critical speed", "criticalSpeedMPerS"),
    "d_prime_m": ("A D′", "dPrimeM"),
}
MEANT = {
    "threshold_pace_s_per_km": " 4:30 min/km is 270.",
    "critical_speed_m_per_s": " 4:00 min/km is 4.17 m/s.",
    "d_prime_m": " D′ is the distance, usually 100 to 300 m, that can be run beyond the critical speed.",
}


class FigureOutOfBounds(Invalid):
    """A figure lies outside what a body can have, or is no number at all."""

    def __init__(self, name: str, value: float, low: float, high: float, unit: str) -> None:
        called, field = WORDS[name]
        bounds = f"{called} is {low:,} to {high:,} {unit}; this one is {value:,.12g}."
        super().__init__(bounds + MEANT.get(name, ""), field=(field,))


class FiguresTooClose(Invalid):
    """Two heart rates are in the wrong order, or nearly the same."""

    def __init__(self, lower: str, low: int, higher: str, high: int, by: int, *, changed: str) -> None:
        below = WORDS[lower][0].removeprefix("A ")
        super().__init__(
            f"{WORDS[higher][0]} lies at least {by} bpm above the {below}; here they are {high} and {low} bpm on that "
            "day. Correct the one that is wrong, or set both at once.",
            field=(WORDS[changed][1],),
        )


class ValidFromOutOfBounds(Invalid):
    """Figures of a day long before any run, or far ahead."""

    def __init__(self, given: date, first: date, last: date) -> None:
        super().__init__(
            f"Figures can hold from {first} to {last}, a year ahead, on; {given} is not between them.",
            field=("validFrom",),
        )


class NothingGiven(Invalid):
    """A change without a single figure."""

    def __init__(self) -> None:
        super().__init__("Give at least one figure; null says that it is not known any more.")


class PhysiologyNotFound(NotFound):
    """No figures begin on this day."""

    def __init__(self, valid_from: date) -> None:
        super().__init__(
            f"You have no figures that begin on {valid_from}: viewer.physiologies lists the days on which yours do.",
            field=("validFrom",),
        )

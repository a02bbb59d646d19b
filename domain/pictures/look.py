"""How pictures of runs look in the light and in the dark, and the words for the colours of zones."""

from enum import StrEnum

from domain.pictures.drawn_run import Standing
from domain.zones.model import EfficiencyZone, ZoneMethod, ZoneReason
from domain.zones.standing import FIFTHS

# From purple to yellow, ever lighter: told apart with every kind of colour vision, and without any, as viridis is
# (Smith & van der Walt 2015, https://bids.github.io/colormap/).
ZONE_COLOURS = {
    "light": ("#46206b", "#3f63a5", "#1f978b", "#66bf5c", "#eccd2c"),
    "dark": ("#7449a8", "#5584cf", "#35b3a4", "#86d672", "#fce95a"),
}
INKS = {
    "light": {
        "paper": "#ffffff",
        "ink": "#1c2126",
        "faint": "#59626b",
        "grid": "#dfe3e7",
        "plain": "#d3d8dd",
        "stripe": "#8f99a3",
        "heart": "#b3123f",
        "pace": "#0f5fa8",
    },
    "dark": {
        "paper": "#14181d",
        "ink": "#eef1f4",
        "faint": "#a7b1bb",
        "grid": "#2c343c",
        "plain": "#39424b",
        "stripe": "#77828d",
        "heart": "#ff7d9c",
        "pace": "#6fb8ff",
    },
}
SHAPES = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}"
    ".name{font-size:21px;font-weight:600}.head{font-size:13px;font-weight:600}.small{font-size:12px}"
    ".said{font-size:15px}.grid,.axis,.stripe{stroke-width:1}.stripe{stroke-width:2.4}"
    ".curve,.ridge{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}"
    "polygon,.bar{shape-rendering:crispEdges}.none{fill:url(#hatch)}"
)
ZONE_WORDS = {
    EfficiencyZone.VERY_LOW: "very low",
    EfficiencyZone.LOW: "low",
    EfficiencyZone.MEDIUM: "medium",
    EfficiencyZone.HIGH: "high",
    EfficiencyZone.VERY_HIGH: "very high",
}
REASON_WORDS = {
    ZoneReason.NOT_ENOUGH_DATA: "too few stretches to compare with yet",
    ZoneReason.NO_HEART_RATE: "no heart rate recorded",
    ZoneReason.NO_ALTITUDE: "no altitude recorded",
    ZoneReason.HEART_RATE_DOES_NOT_FOLLOW: "the heart rate does not follow the effort",
    ZoneReason.TOO_ONE_SIDED: "too few climbs or descents to judge by",
    ZoneReason.WARM_UP: "the first 5 minutes, never judged",
}
METHOD_WORDS = {ZoneMethod.NATIVE: "Cairn's own score", ZoneMethod.TRAILMETRICS: "the TrailMetrics method"}
NOT_YET = "zones not worked out yet"


class Theme(StrEnum):
    """Which colours a picture keeps to; without one it follows the reader's system."""

    LIGHT = "light"
    DARK = "dark"


def style_sheet(theme: Theme | None) -> str:
    """The colours of one theme, or of both for the system to choose from."""
    if theme is not None:
        return SHAPES + _colours(theme)
    return SHAPES + _colours(Theme.LIGHT) + "@media (prefers-color-scheme:dark){" + _colours(Theme.DARK) + "}"


def colour_class(standing: Standing) -> str:
    """The style of a stretch: z1 (very low) to z5 (very high), or the neutral `none`."""
    return f"z{FIFTHS.index(standing) + 1}" if isinstance(standing, EfficiencyZone) else "none"


def words_for(standing: Standing) -> str:
    """A zone or a reason as a runner would say it."""
    if standing is None:
        return NOT_YET
    return ZONE_WORDS[standing] if isinstance(standing, EfficiencyZone) else REASON_WORDS[standing]


def _colours(theme: Theme) -> str:
    ink = INKS[theme]
    zones = "".join(f".z{zone}{{fill:{colour}}}" for zone, colour in enumerate(ZONE_COLOURS[theme], 1))
    return (
        f"{zones}.paper{{fill:{ink['paper']}}}.plain{{fill:{ink['plain']}}}.stripe{{stroke:{ink['stripe']}}}"
        f".name,.head,.said{{fill:{ink['ink']}}}.small{{fill:{ink['faint']}}}.grid{{stroke:{ink['grid']}}}"
        f".axis,.ridge{{stroke:{ink['ink']}}}.heart{{stroke:{ink['heart']}}}.pace{{stroke:{ink['pace']}}}"
    )

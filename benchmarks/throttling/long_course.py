"""A course as long as they are run in mountains, made of nothing but a seed, as a GPX file."""

import numpy as np

LENGTH_M, ASCENT_M = 170_000.0, 10_000.0
POINT_EVERY_M = 20.0
AID_STATIONS = 14
SLOWEST_S_PER_KM = 1_000.0  # of the cut-offs: 47 h for the whole
METRES_A_DEGREE = 111_195.0
HEAD = '<?xml version="1.0"?><gpx version="1.1" creator="bench" xmlns="http://www.topografix.com/GPX/1/1">'
CAIRN = 'xmlns:cairn="https://cairn.run/gpx/1"'


def long_course(seed: int = 1) -> bytes:
    """170 km with 10,000 m of ascent and 14 aid stations with stops and cut-offs."""
    chance = np.random.default_rng(seed)
    places_m = np.arange(0.0, LENGTH_M + 1, POINT_EVERY_M)
    altitude_m = _altitudes(places_m, chance)
    latitude = 45.5 + places_m / METRES_A_DEGREE
    stations = np.linspace(0, places_m.size - 1, AID_STATIONS + 2).astype(int)[1:-1].tolist()
    points = [
        f'<trkpt lat="{north:.7f}" lon="6.9"><ele>{height:.1f}</ele></trkpt>'
        for north, height in zip(latitude.tolist(), altitude_m.tolist(), strict=True)
    ]
    waypoints = [
        f'<wpt lat="{latitude[at]:.7f}" lon="6.9"><name>Aid station {number}</name><type>AID_STATION</type>'
        f"<extensions><cairn:stopS {CAIRN}>300</cairn:stopS>"
        f"<cairn:cutoffS {CAIRN}>{places_m[at] / 1000 * SLOWEST_S_PER_KM:.0f}</cairn:cutoffS></extensions></wpt>"
        for number, at in enumerate(stations, 1)
    ]
    track = f"<trk><name>170 km</name><trkseg>{''.join(points)}</trkseg></trk>"
    return f"{HEAD}{''.join(waypoints)}{track}</gpx>".encode()


def _altitudes(places_m: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Ten passes of different heights, with smaller waves on their slopes; scaled to the ascent."""
    knots_m = np.linspace(0, LENGTH_M, 21)
    heights = np.where(np.arange(21) % 2 == 1, chance.uniform(600, 1_400, 21), chance.uniform(0, 200, 21))
    shape = np.interp(places_m, knots_m, heights)
    shape += 15 * np.sin(places_m / 350) + 5 * np.sin(places_m / 90)
    climbed = np.diff(shape).clip(0).sum()
    return 1_000 + shape * (ASCENT_M / climbed)

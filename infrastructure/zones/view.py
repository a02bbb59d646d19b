"""A segment's standing, read out of the arrays that its run's segments share."""

from domain.shared.errors import BadUserInput
from domain.zones.model import NEAREST, ZoneMethod
from domain.zones.standing import FEWEST, FIFTHS
from infrastructure.reading.columns import column, expression, instant, number, word_of
from infrastructure.reading.compiler import one
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import View

RANKS = ("similars_rank", "similars_count", "grade_rank", "grade_count")
ENOUGH, ENOUGH_OF_LEGACY = FEWEST[ZoneMethod.NATIVE], FEWEST[ZoneMethod.TRAILMETRICS]


def zone_row(segment: Scope, args: Args) -> str:
    """A SELECT of one row with the ranks and sizes of a segment's populations; none as long as nothing is known.

    A segment that has no score needs no worker to say why: its reason stands in its own row. Ranks that it has all the
    same are those of a score that it had before, and count for nothing.
    """
    method, row = ZoneMethod(args.get("method") or ZoneMethod.NATIVE), segment.row
    native = method is ZoneMethod.NATIVE
    entry = f"case when {row}.reason is null then z.{{}}[{row}.ordinal] end" if native else f"z.{{}}[{row}.ordinal]"
    ranks = ", ".join(f"coalesce({entry.format(name)}, 0) as {name}" for name in RANKS)
    analysed_at = f"(select a.analysed_at from run_analysis a where a.run = {row}.run)"
    return f"""
        select '{method}' as method, {ranks}, {f"{row}.reason" if native else "null::text"} as reason,
            coalesce(z.computed_at, {analysed_at}) as computed_at
        from (select) d left join run_zone z on z.run = {row}.run and z.method = '{method}'
        where z.run is not null{f" or {row}.reason is not null" if native else ""}"""


def similar_rows(segment: Scope, args: Args) -> str:
    """A SELECT of the segments that are most like this one, nearest first."""
    first = 5 if args.get("first") is None else args["first"]
    if not 0 <= first <= NEAREST:
        raise BadUserInput(f"`first` is {first}; a segment has at most {NEAREST} similar ones to tell.")
    row = segment.row
    slice_ = f"[({row}.ordinal - 1) * {NEAREST} + 1 : ({row}.ordinal - 1) * {NEAREST} + {int(first)}]"
    return f"""
        select other.id as segment, n.distance, n.place from run_similars s,
            unnest(s.neighbours{slice_}, s.neighbour_distance{slice_}) with ordinality n(key, distance, place)
            join segment other on other.key = n.key
        where s.run = {row}.run and s.method = '{ZoneMethod.NATIVE}' and {row}.reason is null"""


def _zone(population: str, row: Scope) -> str:
    """Which fifth of the population the rank lies in. Whole numbers: a share of exactly a fifth is not rounded past it.

    A rank of 0, which only somebody has who is no member, finds no fifth. The legacy method has no least size: whoever
    compares with it expects its answers.
    """
    rank, count = row.column(f"{population}_rank"), row.column(f"{population}_count")
    fifths, fifth = ",".join(FIFTHS), f"({rank} * {len(FIFTHS)} + {count} - 1) / {count}"
    enough = f"case {row.column('method')} when '{ZoneMethod.NATIVE}' then {ENOUGH} else {ENOUGH_OF_LEGACY} end"
    return f"coalesce(case when {count} >= {enough} then ('{{{fifths}}}'::text[])[{fifth}] end, 'NOT_ENOUGH_DATA')"


def _percentile(population: str, row: Scope) -> str:
    return f"nullif({row.column(f'{population}_rank')}, 0)::float8 / nullif({row.column(f'{population}_count')}, 0)"


def _reason(row: Scope) -> str:
    """The segment's own reason; else that a population is too small. Without a score the legacy method lacks beats."""
    similars, grade = row.column("similars_count"), row.column("grade_count")
    native = f"case when least({similars}, {grade}) < {ENOUGH} then 'NOT_ENOUGH_DATA' end"
    legacy = f"case when {grade} = 0 then 'NO_HEART_RATE' when {similars} = 0 then 'NOT_ENOUGH_DATA' end"
    told = f"case {row.column('method')} when '{ZoneMethod.NATIVE}' then {native} else {legacy} end"
    return f"coalesce({row.column('reason')}, {told})"


SEGMENT_ZONE = View(
    "SegmentZone",
    fields={
        "method": word_of(lambda row: row.column("method")),
        "amongSimilars": word_of(lambda row: _zone("similars", row)),
        "amongGrade": word_of(lambda row: _zone("grade", row)),
        "similarsPercentile": number(lambda row: _percentile("similars", row)),
        "gradePercentile": number(lambda row: _percentile("grade", row)),
        "similarsCount": number(lambda row: row.column("similars_count")),
        "gradeCount": number(lambda row: row.column("grade_count")),
        "reason": expression(lambda row, _: _reason(row)),
        "computedAt": instant(lambda row: row.column("computed_at")),
    },
)

SIMILAR_SEGMENT = View(
    "SimilarSegment",
    fields={"segment": one("Segment", on="segment"), "distance": column("distance")},
)
VIEWS = (SEGMENT_ZONE, SIMILAR_SEGMENT)

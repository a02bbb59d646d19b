"""The statements of the limit: what Cairn answers to the same reads, written by hand for just them.

Twice for the nested read: with PostgreSQL's JSON functions, as one would write it, and with texts joined, as hardly
anybody would, because that is quicker still.
"""

STARTED = """to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
PAGE = "(select * from run where athlete = $1 order by started_at desc, id desc limit 50) r"
FIFTHS = "'{VERY_LOW,LOW,MEDIUM,HIGH,VERY_HIGH}'::text[]"
# What a segment's zone follows from, read out of the arrays that its run's segments share.
RANKS = """(select z.similars_rank[s.ordinal] as rank_s, z.similars_count[s.ordinal] as count_s,
    z.grade_rank[s.ordinal] as rank_g, z.grade_count[s.ordinal] as count_g) k"""
SEGMENTS = f"""(select * from segment where run = r.id and athlete = $1 order by ordinal limit 20) s
    left join run_zone z on z.run = s.run and z.method = 'NATIVE', lateral {RANKS}"""


def among(population: str) -> str:
    """The fifth of a population, `s` or `g`, that a segment stands in."""
    rank, count = f"k.rank_{population}", f"k.count_{population}"
    fifth = f"({rank} * 5 + {count} - 1) / {count}"
    return f"case when {count} < 20 then 'NOT_ENOUGH_DATA' else ({FIFTHS})[{fifth}] end"


def percentile(population: str) -> str:
    """The share of a population that scores no higher."""
    return f"k.rank_{population}::float8 / nullif(k.count_{population}, 0)"


# For the peers, who need not unroll arrays then: a segment with its zone, as one row. PostGraphile reads the comment.
ZONED_SEGMENTS = f"""
create view zoned_segment as select s.id, s.run, s.athlete, s.ordinal, s.start_m, s.end_m, s.mean_grade, s.efficiency,
    {among("s")} as among_similars, {among("g")} as among_grade,
    {percentile("s")} as similars_percentile, {percentile("g")} as grade_percentile
from segment s left join run_zone z on z.run = s.run and z.method = 'NATIVE', lateral {RANKS};
comment on view zoned_segment is E'@primaryKey id\\n@foreignKey (run, athlete) references run (id, athlete)'
"""


def node_id(type_name: str, row: str) -> str:
    """Cairn's global id."""
    return f"'{type_name}:' || {row}.id"


SMALL = f"""select row_to_json(o)::text from (select
    (select row_to_json(n) from (select {node_id("Run", "r")} id, r.name, r.distance_m "distanceM") n) run
    from run r where r.id = $1 and r.athlete = $2) o"""

NESTED = f"""
select row_to_json(o)::text from (select coalesce(json_agg(row_to_json(e)), '[]'::json) edges from (
  select (select row_to_json(n) from (
    select {node_id("Run", "r")} id, r.name, {STARTED} "startedAt", r.distance_m "distanceM",
      r.moving_time_s "movingTimeS", (
      select row_to_json(ww) from (
        select {node_id("Workout", "w")} id, w.name, w.type, w.scheduled_date "scheduledDate", (
          select row_to_json(pp) from (
            select {node_id("Plan", "p")} id, p.name, p.status, p.start_date "startDate", p.end_date "endDate"
            from plan p where p.id = w.plan and p.athlete = $1) pp) plan
        from workout w where w.id = r.workout and w.athlete = $1) ww) workout, (
      select row_to_json(ss) from (select coalesce(json_agg(row_to_json(se)), '[]'::json) edges from (
        select (select row_to_json(sn) from (
          select {node_id("Segment", "s")} id, s.start_m "startM", s.end_m "endM", s.mean_grade "meanGrade",
            s.efficiency, (
            select row_to_json(zz) from (
              select {among("s")} "amongSimilars", {among("g")} "amongGrade",
                {percentile("s")} "similarsPercentile", {percentile("g")} "gradePercentile"
              where z.run is not null) zz) zone) sn) node
        from {SEGMENTS}) se) ss) segments) n) node
  from {PAGE}) e) o"""

THE_ZONE = f"""'{{"amongSimilars":"' || {among("s")} || '","amongGrade":"' || {among("g")}
    || '","similarsPercentile":' || coalesce(({percentile("s")})::text, 'null')
    || ',"gradePercentile":' || coalesce(({percentile("g")})::text, 'null') || '}}'"""
EACH_SEGMENT = f"""'{{"node":{{"id":"' || {node_id("Segment", "s")} || '","startM":' || s.start_m
    || ',"endM":' || s.end_m || ',"meanGrade":' || s.mean_grade
    || ',"efficiency":' || coalesce(s.efficiency::text, 'null')
    || ',"zone":' || coalesce({THE_ZONE}, 'null') || '}}}}'"""
THE_PLAN = f"""select '{{"id":"' || {node_id("Plan", "p")} || '","name":' || to_json(p.name)::text
    || ',"status":"' || p.status || '","startDate":"' || p.start_date || '","endDate":"' || p.end_date || '"}}'
    from plan p where p.id = w.plan and p.athlete = $1"""
THE_WORKOUT = f"""select '{{"id":"' || {node_id("Workout", "w")} || '","name":' || to_json(w.name)::text
    || ',"type":"' || w.type || '","scheduledDate":' || coalesce('"' || w.scheduled_date || '"', 'null')
    || ',"plan":' || ({THE_PLAN}) || '}}' from workout w where w.id = r.workout and w.athlete = $1"""
NESTED_AS_TEXT = f"""
select '{{"edges":[' || coalesce(string_agg('{{"node":{{"id":"' || {node_id("Run", "r")} || '","name":'
    || to_json(r.name)::text || ',"startedAt":"' || {STARTED} || '","distanceM":' || r.distance_m
    || ',"movingTimeS":' || r.moving_time_s || ',"workout":' || coalesce(({THE_WORKOUT}), 'null')
    || ',"segments":{{"edges":[' || coalesce((select string_agg({EACH_SEGMENT}, ',') from {SEGMENTS}), '')
    || ']}}}}}}', ','), '') || ']}}' from {PAGE}"""

"""The statements of the limit: what Cairn answers to the same reads, written by hand for just them.

Twice for the nested read: with PostgreSQL's JSON functions, as one would write it, and with texts joined, as hardly
anybody would, because that is quicker still.
"""

STARTED = """to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
PAGE = "(select * from run where athlete = $1 order by started_at desc, id desc limit 50) r"
OF_PLAN = """(select * from workout where plan = p.id and athlete = $1
    order by coalesce(scheduled_date, 'infinity'::date), id limit 20) x"""


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
            select {node_id("Plan", "p")} id, p.name, p.status, p.start_date "startDate", p.end_date "endDate", (
              select row_to_json(xx) from (select coalesce(json_agg(row_to_json(xe)), '[]'::json) edges from (
                select (select row_to_json(xn) from (
                  select {node_id("Workout", "x")} id, x.name, x.scheduled_date "scheduledDate",
                    x.planned_distance_m "plannedDistanceM", (
                    select row_to_json(dd) from (
                      select {node_id("Run", "d")} id, d.distance_m "distanceM"
                      from run d where d.workout = x.id and d.athlete = $1) dd) run) xn) node
                from {OF_PLAN}) xe) xx) workouts
            from plan p where p.id = w.plan and p.athlete = $1) pp) plan
        from workout w where w.id = r.workout and w.athlete = $1) ww) workout) n) node
  from {PAGE}) e) o"""

DONE_AS = f"""select '{{"id":"' || {node_id("Run", "d")} || '","distanceM":' || d.distance_m || '}}'
    from run d where d.workout = x.id and d.athlete = $1"""
EACH_WORKOUT = f"""'{{"node":{{"id":"' || {node_id("Workout", "x")} || '","name":' || to_json(x.name)::text
    || ',"scheduledDate":' || coalesce('"' || x.scheduled_date || '"', 'null')
    || ',"plannedDistanceM":' || coalesce(x.planned_distance_m::text, 'null')
    || ',"run":' || coalesce(({DONE_AS}), 'null') || '}}}}'"""
THE_PLAN = f"""select '{{"id":"' || {node_id("Plan", "p")} || '","name":' || to_json(p.name)::text
    || ',"status":"' || p.status || '","startDate":"' || p.start_date || '","endDate":"' || p.end_date
    || '","workouts":{{"edges":[' || coalesce((select string_agg({EACH_WORKOUT}, ',') from {OF_PLAN}), '') || ']}}}}'
    from plan p where p.id = w.plan and p.athlete = $1"""
THE_WORKOUT = f"""select '{{"id":"' || {node_id("Workout", "w")} || '","name":' || to_json(w.name)::text
    || ',"type":"' || w.type || '","scheduledDate":' || coalesce('"' || w.scheduled_date || '"', 'null')
    || ',"plan":' || ({THE_PLAN}) || '}}' from workout w where w.id = r.workout and w.athlete = $1"""
NESTED_AS_TEXT = f"""
select '{{"edges":[' || coalesce(string_agg('{{"node":{{"id":"' || {node_id("Run", "r")} || '","name":'
    || to_json(r.name)::text || ',"startedAt":"' || {STARTED} || '","distanceM":' || r.distance_m
    || ',"movingTimeS":' || r.moving_time_s || ',"workout":' || coalesce(({THE_WORKOUT}), 'null') || '}}}}', ','), '')
    || ']}}' from {PAGE}"""

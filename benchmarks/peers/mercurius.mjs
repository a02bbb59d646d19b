// Mercurius with its just-in-time compiler, a loader for each nested field, and prepared statements.
import Fastify from "fastify";
import mercurius from "mercurius";
import pg from "pg";

const DATE = 1082, TIMESTAMPTZ = 1184;
for (const type of [DATE, TIMESTAMPTZ]) pg.types.setTypeParser(type, (text) => text); // no Date objects on the way
const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE, max: 10 });
const athlete = process.env.PEER_ATHLETE;
const ask = async (name, text, values) => (await pool.query({ name, text, values })).rows;

const RUN = `select id, name, started_at as "startedAt", distance_m as "distanceM", moving_time_s as "movingTimeS",
  workout as "workoutId" from run`;
const WORKOUT = `id, name, type, scheduled_date as "scheduledDate", plan as "planId" from workout`;
const PLAN = `select id, name, status, start_date as "startDate", end_date as "endDate" from plan`;
const SEGMENT = `id, run, start_m as "startM", end_m as "endM", mean_grade as "meanGrade", efficiency`;
const ZONE = `among_similars as "amongSimilars", among_grade as "amongGrade",
  similars_percentile as "similarsPercentile", grade_percentile as "gradePercentile"`;
const ofRuns = (columns, table) => `select each.* from unnest($1::uuid[]) wanted(run), lateral (
  select ${columns} from ${table} where run = wanted.run and athlete = $2 order by ordinal limit $3) each`;

const schema = `
  type Query { run(id: ID!): Run  runs(first: Int!): [Run!]! }
  type Run {
    id: ID! name: String! startedAt: String! distanceM: Float! movingTimeS: Int! workout: Workout
    segments(first: Int!): [Segment!]!
    zonedSegments(first: Int!): [ZonedSegment!]!
  }
  type Workout { id: ID! name: String! type: String! scheduledDate: String plan: Plan! }
  type Plan { id: ID! name: String! status: String! startDate: String! endDate: String! }
  type Segment { id: ID! startM: Float! endM: Float! meanGrade: Float! efficiency: Float zone: Zone }
  type ZonedSegment { id: ID! startM: Float! endM: Float! meanGrade: Float! efficiency: Float zone: Zone }
  type Zone {
    amongSimilars: String! amongGrade: String! similarsPercentile: Float gradePercentile: Float
  }`;

const resolvers = {
  Query: {
    run: async (_, { id }) => (await ask("run", `${RUN} where id = $1 and athlete = $2`, [id, athlete]))[0] ?? null,
    runs: (_, { first }) =>
      ask("runs", `${RUN} where athlete = $1 order by started_at desc, id desc limit $2`, [athlete, first]),
  },
  ZonedSegment: { zone: (segment) => segment }, // both are one row
};

const inOrder = (ids, rows) => {
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
};
const byId = (name, select, key) => ({
  opts: { cache: false }, // in this read nothing is asked twice: the cache would only cost
  async loader(queries) {
    const ids = queries.map(({ obj }) => obj[key]);
    return inOrder(ids, await ask(name, `${select} where id = any($1) and athlete = $2`, [ids, athlete]));
  },
});
const ofEach = (name, text) => ({
  opts: { cache: false },
  async loader(queries) {
    const runs = new Map(queries.map(({ obj }) => [obj.id, []]));
    const rows = await ask(name, text, [[...runs.keys()], athlete, queries[0].params.first]);
    for (const row of rows) runs.get(row.run).push(row);
    return queries.map(({ obj }) => runs.get(obj.id));
  },
});
const loaders = {
  Run: {
    workout: byId("workouts", `select ${WORKOUT}`, "workoutId"),
    segments: ofEach("segments", ofRuns(SEGMENT, "segment")),
    zonedSegments: ofEach("zoned segments", ofRuns(`${SEGMENT}, ${ZONE}`, "zoned_segment")),
  },
  Segment: { zone: byId("zones", `select id, ${ZONE} from zoned_segment`, "id") },
  Workout: { plan: byId("plans", PLAN, "planId") },
};

const app = Fastify({ logger: false });
await app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false });
await app.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1" });

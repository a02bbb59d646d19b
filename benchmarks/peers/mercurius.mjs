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
const WORKOUT = `id, name, type, scheduled_date as "scheduledDate", plan as "planId",
  planned_distance_m as "plannedDistanceM" from workout`;
const DONE = `select id, name, started_at as "startedAt", distance_m as "distanceM", moving_time_s as "movingTimeS",
  workout as "workoutId" from run where workout = any($1) and athlete = $2`;
const PLAN = `select id, name, status, start_date as "startDate", end_date as "endDate" from plan`;
const OF_PLANS = `select each.* from unnest($1::uuid[]) wanted(plan), lateral (
  select ${WORKOUT} where plan = wanted.plan and athlete = $2
  order by coalesce(scheduled_date, 'infinity'::date), id limit $3) each`;

const schema = `
  type Query { run(id: ID!): Run  runs(first: Int!): [Run!]! }
  type Run { id: ID! name: String! startedAt: String! distanceM: Float! movingTimeS: Int! workout: Workout }
  type Workout {
    id: ID! name: String! type: String! scheduledDate: String
    plannedDistanceM: Float plan: Plan! run: Run
  }
  type Plan {
    id: ID! name: String! status: String! startDate: String! endDate: String! workouts(first: Int!): [Workout!]!
  }`;

const resolvers = {
  Query: {
    run: async (_, { id }) => (await ask("run", `${RUN} where id = $1 and athlete = $2`, [id, athlete]))[0] ?? null,
    runs: (_, { first }) =>
      ask("runs", `${RUN} where athlete = $1 order by started_at desc, id desc limit $2`, [athlete, first]),
  },
};

const inOrder = (ids, rows, key = "id") => {
  const found = new Map(rows.map((row) => [row[key], row]));
  return ids.map((id) => found.get(id) ?? null);
};
const byId = (name, select, key) => ({
  opts: { cache: false }, // in this read nothing is asked twice: the cache would only cost
  async loader(queries) {
    const ids = queries.map(({ obj }) => obj[key]);
    return inOrder(ids, await ask(name, `${select} where id = any($1) and athlete = $2`, [ids, athlete]));
  },
});
const loaders = {
  Run: { workout: byId("workouts", `select ${WORKOUT}`, "workoutId") },
  Workout: {
    plan: byId("plans", PLAN, "planId"),
    run: {
      opts: { cache: false },
      async loader(queries) {
        const ids = queries.map(({ obj }) => obj.id);
        return inOrder(ids, await ask("done", DONE, [ids, athlete]), "workoutId");
      },
    },
  },
  Plan: {
    workouts: {
      opts: { cache: false },
      async loader(queries) {
        const plans = new Map(queries.map(({ obj }) => [obj.id, []]));
        const rows = await ask("of plans", OF_PLANS, [[...plans.keys()], athlete, queries[0].params.first]);
        for (const row of rows) plans.get(row.planId).push(row);
        return queries.map(({ obj }) => plans.get(obj.id));
      },
    },
  },
};

const app = Fastify({ logger: false });
await app.register(mercurius, { schema, resolvers, loaders, jit: 1, graphiql: false });
await app.listen({ port: Number(process.env.PEER_PORT), host: "127.0.0.1" });

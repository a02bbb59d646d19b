// urql: HTTP, persisted operations, uploads, and subscriptions over graphql-ws or over the endpoint's own stream.
import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-ws";
import { IMPORT, NAME, NONSENSE, RENAME, WATCH } from "./trials.mjs";
import { aJob, inTurn, notingFetch, recordings, socketUrl, tell, token, url } from "./trials.mjs";

function overHttp(options = {}) {
  return new Client({
    url: `${url}/graphql`,
    exchanges: [fetchExchange],
    fetchOptions: () => ({ headers: { Authorization: `Bearer ${token}`, "x-cairn-csrf": "1" } }),
    preferGetMethod: false,
    fetchSubscriptions: true, // over the endpoint itself, as server-sent events
    ...options,
  });
}

function overSockets() {
  const sockets = createClient({
    url: `${socketUrl}/graphql`,
    connectionParams: async () => ({ Authorization: `Bearer ${token}` }),
  });
  const forwardSubscription = ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
  });
  const exchanges = [fetchExchange, subscriptionExchange({ forwardSubscription })];
  return overHttp({ exchanges, fetchSubscriptions: false });
}

function persisting(options = {}) {
  const persisted = persistedExchange({ preferGetForPersistedQueries: true, enableForMutation: true });
  return overHttp({ exchanges: [persisted, fetchExchange], ...options });
}

const codes = ({ error }) => error.graphQLErrors.map((each) => each.extensions.code);

// The statuses of a job to its end, as a client is told of them.
async function statuses(client) {
  const variables = { id: await aJob() };
  const told = [];
  return new Promise((resolve, reject) =>
    client.subscription(gql(WATCH), variables).subscribe(({ data, error, hasNext }) => {
      if (error) reject(error);
      else told.push(data.job.status);
      if (!hasNext) resolve(inTurn(told)); // told once more at the end, with the last data
    }),
  );
}

await tell({
  query: async () => (await overHttp().query(gql(NAME), {})).data,

  mutation: async () => (await overHttp().mutation(gql(RENAME), { input: { displayName: "Rosa" } })).data.updateViewer,

  get: async () => {
    const { sent, fetch } = notingFetch();
    const { data } = await overHttp({ preferGetMethod: "force", fetch }).query(gql(NAME), {});
    return { data, methods: sent.map(({ method }) => method) };
  },

  subscriptionOverSocket: () => statuses(overSockets()),

  subscriptionOverHttp: () => statuses(overHttp()),

  subscriptionAccepts: async () => {
    const { sent, fetch } = notingFetch();
    await statuses(overHttp({ fetch }));
    return sent[0].accept;
  },

  // The first time ever, the server does not know the hash; from then on the hash is enough.
  persisted: async () => {
    const { sent, fetch } = notingFetch();
    const document = gql(`query OnceHashedByUrql${process.pid} { viewer { displayName timezone } }`);
    const names = [];
    for (const client of [1, 2].map(() => persisting({ fetch }))) {
      names.push((await client.query(document, {})).data.viewer.displayName);
    }
    return { names, sent: sent.map(({ method, names }) => [method, names]) };
  },

  persistedMutation: async () => {
    const document = gql(RENAME.replace("Rename", `RenameByUrql${process.pid}`));
    return (await persisting().mutation(document, { input: { displayName: "Rosa" } })).data.updateViewer;
  },

  upload: async () => (await overHttp().mutation(gql(IMPORT), { input: { files: recordings(2) } })).data.importRuns,

  stranger: async () => codes(await overHttp({ fetchOptions: {} }).query(gql(NAME), {})),

  invalid: async () => codes(await overHttp().query(gql(NONSENSE), {})),

  invalidSubscription: () =>
    new Promise((resolve) =>
      overHttp()
        .subscription(gql("subscription { shoes }"), {})
        .subscribe((result) => result.error && resolve(codes(result))),
    ),
});

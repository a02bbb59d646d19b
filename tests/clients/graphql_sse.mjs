// The client of npm graphql-sse, in both of its modes.
import { createClient } from "graphql-sse";
import { NAME, NONSENSE, RENAME, WATCH, aJob, inTurn, notingFetch, tell, token, url } from "./trials.mjs";

function distinct(options = {}) {
  return createClient({
    url: `${url}/graphql/stream`,
    headers: () => ({ Authorization: `Bearer ${token}` }),
    retryAttempts: 0,
    ...options,
  });
}

function single(options = {}) {
  return createClient({
    url: `${url}/graphql/stream`,
    singleConnection: true, // one stream for all operations: browsers open no more than 6 to a host over HTTP/1.1
    headers: () => ({ Authorization: `Bearer ${token}` }),
    retryAttempts: 0,
    ...options,
  });
}

async function collect(client, request) {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  return results;
}

// A fetch that has the whole of a refusal at hand: the client hangs up before anybody could read it.
async function fetchFn(address, options) {
  const response = await fetch(address, options);
  return response.ok ? response : new Response(await response.text(), response);
}

// The codes of what was refused, whether HTTP said so or the stream.
async function refusal(client, request) {
  try {
    const [result] = await collect(client, request);
    return result.errors.map((error) => error.extensions.code);
  } catch (error) {
    if (!error.response) throw error;
    const { errors } = await error.response.json();
    return errors.map((each) => each.extensions.code);
  }
}

function trialsOf(aClient) {
  return {
    query: () => collect(aClient(), { query: NAME }),

    mutation: () => collect(aClient(), { query: RENAME, variables: { input: { displayName: "Rosa" } } }),

    subscription: async () => {
      const results = await collect(aClient(), { query: WATCH, variables: { id: await aJob() } });
      return inTurn(results.map((result) => result.data.job.status));
    },

    several: async () => {
      const client = aClient();
      const jobs = [await aJob(), await aJob()];
      const requests = [{ query: NAME }, ...jobs.map((id) => ({ query: WATCH, variables: { id } }))];
      const [name, ...watched] = await Promise.all(requests.map((request) => collect(client, request)));
      return { names: name.length, last: watched.map((results) => results.at(-1).data.job.status) };
    },

    invalid: () => refusal(aClient({ fetchFn }), { query: NONSENSE }),

    stranger: () => refusal(aClient({ fetchFn, headers: {} }), { query: NAME }),

    badToken: () => refusal(aClient({ fetchFn, headers: { Authorization: "Bearer nonsense" } }), { query: NAME }),

    // Whoever looks away ends the subscription; the client goes on.
    unsubscribe: async () => {
      const client = aClient();
      const seen = [];
      const variables = { id: await aJob() };
      await new Promise((resolve, reject) => {
        const next = ({ data }) => {
          seen.push(data.job.status);
          stop();
        };
        const stop = client.subscribe({ query: WATCH, variables }, { next, error: reject, complete: resolve });
      });
      const rest = await collect(client, { query: WATCH, variables });
      return { seen: inTurn(seen), last: rest.at(-1).data.job.status };
    },

    dispose: async () => {
      const client = aClient();
      const watching = client.iterate({ query: WATCH, variables: { id: await aJob() } });
      await watching.next();
      client.dispose();
      const rest = []; // what had come already
      try {
        for await (const { data } of watching) rest.push(data.job.status);
      } catch (error) {
        // The client's own hanging up; in single mode its DELETE may come after the end of its stream, which is 404.
        if (!/aborted|404/.test(String(error))) throw error;
      }
      return rest;
    },
  };
}

function named(mode, trials) {
  return Object.fromEntries(Object.entries(trials).map(([name, trial]) => [`${mode}_${name}`, trial]));
}

await tell({
  ...named("distinct", trialsOf(distinct)),
  ...named("single", trialsOf(single)),

  // The endpoint itself streams too, to whoever accepts it.
  endpoint: async () => {
    const client = distinct({ url: `${url}/graphql` });
    const results = await collect(client, { query: WATCH, variables: { id: await aJob() } });
    return inTurn(results.map((result) => result.data.job.status));
  },

  // One PUT, one GET, and then a POST for each operation.
  requests: async () => {
    const { sent, fetch } = notingFetch();
    const client = single({ fetchFn: fetch, lazy: false });
    await collect(client, { query: NAME });
    await collect(client, { query: NAME });
    return sent.map(({ method }) => method);
  },
});

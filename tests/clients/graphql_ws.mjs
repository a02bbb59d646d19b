// The client of npm graphql-ws: the protocol graphql-transport-ws.
import { createClient } from "graphql-ws";
import { NAME, NONSENSE, RENAME, WATCH, aJob, inTurn, socketUrl, tell, told, token } from "./trials.mjs";

const shortLived = process.env.SHORT_LIVED_TOKEN;

function aClient(options = {}) {
  return createClient({
    url: `${socketUrl}/graphql`,
    connectionParams: async () => ({ Authorization: `Bearer ${token}` }), // asked again at every reconnect
    ...options,
  });
}

async function collect(client, request) {
  const results = [];
  for await (const result of client.iterate(request)) results.push(result);
  return results;
}

// Resolves with the first event of that name.
const once = (client, name) => new Promise((resolve) => client.on(name, resolve));

await tell({
  query: () => collect(aClient(), { query: NAME }),

  mutation: () => collect(aClient(), { query: RENAME, variables: { input: { displayName: "Rosa" } } }),

  subscription: async () => {
    const client = aClient();
    const statuses = [];
    for await (const result of client.iterate({ query: WATCH, variables: { id: await aJob() } })) {
      statuses.push(result.data.job.status);
    }
    return inTurn(statuses);
  },

  several: async () => {
    const client = aClient();
    const jobs = [await aJob(), await aJob()];
    const requests = [{ query: NAME }, ...jobs.map((id) => ({ query: WATCH, variables: { id } }))];
    const [name, ...watched] = await Promise.all(requests.map((request) => collect(client, request)));
    return { names: name.length, last: watched.map((results) => results.at(-1).data.job.status) };
  },

  invalid: async () => {
    const client = aClient();
    const errors = await collect(client, { query: NONSENSE }).catch((errors) => errors);
    return { codes: errors.map((error) => error.extensions.code), after: await collect(client, { query: NAME }) };
  },

  stranger: async () => collect(aClient({ connectionParams: {} }), { query: NAME }),

  badToken: async () => {
    const client = aClient({ connectionParams: { Authorization: "Bearer nonsense" }, retryAttempts: 0 });
    return collect(client, { query: NAME }).then(() => "answered", told);
  },

  // The token runs out while the socket is open; the client comes back with the one that it is given then.
  expiry: async () => {
    const tokens = [shortLived];
    const closed = [];
    const client = aClient({
      lazy: false,
      connectionParams: () => ({ Authorization: `Bearer ${tokens.shift() ?? token}` }),
      retryWait: async () => {},
      shouldRetry: () => true,
    });
    await new Promise((resolve) => {
      client.on("closed", (event) => closed.push(event.code));
      client.on("connected", () => closed.length && resolve());
    });
    return { closed, name: await collect(client, { query: NAME }) };
  },

  lazy: async () => {
    const events = [];
    const client = aClient();
    for (const name of ["connecting", "closed"]) client.on(name, () => events.push(name));
    events.push("made");
    const closed = once(client, "closed");
    await collect(client, { query: NAME });
    await closed; // with its last operation
    return events;
  },

  notLazy: async () => {
    const client = aClient({ lazy: false });
    await once(client, "connected"); // without any operation
    const name = await collect(client, { query: NAME });
    const closed = once(client, "closed");
    await client.dispose();
    return { name, closed: (await closed).code };
  },

  ping: async () => {
    const client = aClient({ lazy: false, keepAlive: 50 });
    const [received] = await new Promise((resolve) => client.on("pong", (...pong) => resolve(pong)));
    return received;
  },

  // Whoever looks away ends the subscription, and the socket goes on with what else is on it.
  unsubscribe: async () => {
    const client = aClient({ lazy: false });
    let events = 0;
    const variables = { id: await aJob() };
    await new Promise((resolve, reject) => {
      const stop = client.subscribe(
        { query: WATCH, variables },
        {
          next: () => {
            events += 1;
            stop();
          },
          error: reject,
          complete: resolve,
        },
      );
    });
    const rest = await collect(client, { query: WATCH, variables }); // to the end of the job
    return { events, last: rest.at(-1).data.job.status };
  },

  dispose: async () => {
    const client = aClient();
    const closed = once(client, "closed");
    const watching = client.iterate({ query: WATCH, variables: { id: await aJob() } });
    await watching.next();
    await client.dispose();
    return (await closed).code;
  },
});

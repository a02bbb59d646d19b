// The client of npm subscriptions-transport-ws: the older protocol, whose name is graphql-ws.
import { SubscriptionClient } from "subscriptions-transport-ws";
import { NAME, NONSENSE, RENAME, WATCH, aJob, inTurn, socketUrl, tell, told, token } from "./trials.mjs";

function aClient(options = {}) {
  const connectionParams = { Authorization: `Bearer ${token}` };
  return new SubscriptionClient(`${socketUrl}/graphql`, { connectionParams, ...options }, WebSocket);
}

function collect(client, request) {
  const results = [];
  return new Promise((resolve, reject) => {
    const next = (result) => results.push(result);
    client.request(request).subscribe({ next, error: reject, complete: () => resolve(results) });
  });
}

await tell({
  query: () => collect(aClient(), { query: NAME }),
  mutation: () => collect(aClient(), { query: RENAME, variables: { input: { displayName: "Rosa" } } }),
  subscription: async () => {
    const results = await collect(aClient(), { query: WATCH, variables: { id: await aJob() } });
    return inTurn(results.map((result) => result.data.job.status));
  },
  lazy: () => collect(aClient({ lazy: true }), { query: NAME }),
  invalid: () => collect(aClient(), { query: NONSENSE }).catch(told),

  badToken: () =>
    new Promise((resolve) => {
      const client = aClient({
        connectionParams: { Authorization: "Bearer nonsense" },
        connectionCallback: (refused) => refused && resolve(told(refused)),
      });
      client.onError(() => {});
    }),

  keepAlive: () =>
    new Promise((resolve) => {
      const client = aClient();
      client.client.addEventListener("message", ({ data }) => JSON.parse(data).type === "ka" && resolve("ka"));
    }),

  unsubscribe: async () => {
    const client = aClient();
    const variables = { id: await aJob() };
    await new Promise((resolve, reject) => {
      const watching = client.request({ query: WATCH, variables }).subscribe({
        next: () => {
          watching.unsubscribe();
          resolve();
        },
        error: reject,
      });
    });
    return (await collect(client, { query: NAME })).length;
  },
});

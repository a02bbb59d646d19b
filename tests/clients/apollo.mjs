// Apollo Client 4: HTTP, persisted queries, uploads, and subscriptions over graphql-ws.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { getMainDefinition } from "@apollo/client/utilities";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import { IMPORT, NAME, NONSENSE, RENAME, WATCH } from "./trials.mjs";
import { aJob, inTurn, notingFetch, recordings, socketUrl, tell, token, url } from "./trials.mjs";

function http(options = {}) {
  return new HttpLink({ uri: `${url}/graphql`, headers: { Authorization: `Bearer ${token}` }, ...options });
}

function sockets() {
  return new GraphQLWsLink(
    createClient({
      url: `${socketUrl}/graphql`,
      connectionParams: async () => ({ Authorization: `Bearer ${token}` }),
    }),
  );
}

function either(socketLink, httpLink) {
  const isSubscription = ({ query }) => getMainDefinition(query).operation === OperationTypeNode.SUBSCRIPTION;
  return ApolloLink.split(isSubscription, socketLink, httpLink);
}

function persisted(httpLink) {
  const sha256 = async (text) => createHash("sha256").update(text).digest("hex");
  return new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(httpLink);
}

function uploading() {
  return new UploadHttpLink({
    uri: `${url}/graphql`,
    headers: { Authorization: `Bearer ${token}`, "Apollo-Require-Preflight": "true" },
  });
}

const aClient = (link) => new ApolloClient({ link, cache: new InMemoryCache() });

// The codes of the errors that a request ended with.
async function codes(asking) {
  try {
    return { answered: await asking };
  } catch (error) {
    if (!CombinedGraphQLErrors.is(error)) throw error;
    return error.errors.map((each) => each.extensions.code);
  }
}

await tell({
  query: async () => (await aClient(http()).query({ query: gql(NAME) })).data,

  mutation: async () => {
    const asked = { mutation: gql(RENAME), variables: { input: { displayName: "Rosa" } } };
    return (await aClient(http()).mutate(asked)).data.updateViewer;
  },

  get: async () => (await aClient(http({ useGETForQueries: true })).query({ query: gql(NAME) })).data,

  subscription: async () => {
    const client = aClient(either(sockets(), http()));
    const variables = { id: await aJob() };
    const statuses = [];
    return new Promise((resolve, reject) =>
      client.subscribe({ query: gql(WATCH), variables }).subscribe({
        next: ({ data, error }) => (error ? reject(error) : statuses.push(data.job.status)),
        error: reject,
        complete: () => resolve(inTurn(statuses)),
      }),
    );
  },

  // The first time ever, the server does not know the hash; from then on the hash is enough.
  persisted: async () => {
    const { sent, fetch } = notingFetch();
    const query = gql`query OnceHashed${process.pid} { viewer { displayName timezone } }`;
    const data = [];
    for (const client of [1, 2].map(() => aClient(persisted(http({ fetch }))))) {
      data.push((await client.query({ query })).data.viewer.displayName);
    }
    return { data, sent: sent.map(({ method, names }) => [method, names]) };
  },

  persistedMutation: async () => {
    const { sent, fetch } = notingFetch();
    const asked = { mutation: gql(RENAME), variables: { input: { displayName: "Rosa" } } };
    const { data } = await aClient(persisted(http({ fetch }))).mutate(asked);
    return { data: data.updateViewer.userErrors, methods: [...new Set(sent.map(({ method }) => method))] };
  },

  upload: async () => {
    const variables = { input: { files: recordings(2) } };
    const { data } = await aClient(uploading()).mutate({ mutation: gql(IMPORT), variables });
    return data.importRuns;
  },

  stranger: () => codes(aClient(http({ headers: {} })).query({ query: gql(NAME) })),

  badToken: () => codes(aClient(http({ headers: { Authorization: "Bearer nonsense" } })).query({ query: gql(NAME) })),

  errorPolicyAll: async () => {
    const { data, error } = await aClient(http({ headers: {} })).query({ query: gql(NAME), errorPolicy: "all" });
    return { data, codes: error.errors.map((each) => each.extensions.code) };
  },

  invalid: () => codes(aClient(http()).query({ query: gql(NONSENSE) })),

  strangerOnSocket: async () => {
    const client = aClient(new GraphQLWsLink(createClient({ url: `${socketUrl}/graphql` })));
    const variables = { id: await aJob() };
    const watching = new Promise((resolve, reject) =>
      client.subscribe({ query: gql(WATCH), variables }).subscribe({
        next: ({ data, error }) => (error ? reject(error) : resolve(data)),
        error: reject,
      }),
    );
    return codes(watching);
  },
});

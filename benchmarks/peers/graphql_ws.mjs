// A feed by graphql-ws and ws: an async iterator for each subscriber, which graphql-js maps to answers.
import http from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  scalar JSON
  type Query { hello: String }
  type Subscription { events(topic: String!): Event! }
  type Event {
    topic: String! eventId: String! cursor: String! offset: String! occurredAt: String! receivedAt: String!
    source: String! payload: JSON!
  }`);

const listening = new Set();
async function* events() {
  const waiting = [];
  let wake = () => {};
  const tell = (event) => { waiting.push(event); wake(); };
  listening.add(tell);
  try {
    for (;;) {
      while (waiting.length) yield { events: waiting.shift() };
      await new Promise((resolve) => { wake = resolve; });
    }
  } finally {
    listening.delete(tell);
  }
}

const server = http.createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    if (parts.length) for (const event of JSON.parse(Buffer.concat(parts))) for (const tell of listening) tell(event);
    response.end();
  });
});
const sockets = new WebSocketServer({ server, path: "/graphql" });
useServer({ schema, roots: { subscription: { events } } }, sockets);
server.listen(Number(process.env.PEER_PORT), "127.0.0.1");

// Prints, as JSON, how each audit of GraphQL over HTTP went at the address that is given.
import { serverAudits } from "graphql-http";

const results = [];
for (const { fn } of serverAudits({ url: process.argv[2] })) {
  const { id, name, status, reason } = await fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));

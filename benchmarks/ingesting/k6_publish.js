// Publishes batches of events over many connections, for k6 (https://k6.io):
//   k6 run -e URL=http://127.0.0.1:8080 -e TOKEN="$(cairn token --as bench)" -e TOPIC=bench k6_publish.js
// CONNECTIONS, DURATION, BATCH and DUPLICATES (of a batch, 0 to 1) may be given the same way. The topic must be there.

import http from "k6/http";
import exec from "k6/execution";
import { check } from "k6";
import { Counter } from "k6/metrics";

const URL = __ENV.URL || "http://127.0.0.1:8080";
const TOPIC = __ENV.TOPIC || "bench";
const BATCH = Number(__ENV.BATCH || 500);
const DUPLICATES = Number(__ENV.DUPLICATES || 0.3);
const QUERY = `mutation Publish($input: PublishEventsInput!) { publishEvents(input: $input) {
  accepted duplicates conflicting headOffset userErrors { code field message } } }`;

const accepted = new Counter("events_accepted");
const duplicates = new Counter("events_duplicate");

export const options = {
  vus: Number(__ENV.CONNECTIONS || 20),
  duration: __ENV.DURATION || "30s",
};

// A name for this run: its events are not those of the run before.
export function setup() {
  return { run: Date.now().toString(36) };
}

// The event of a number is always the same, so that it counts as a repeat when it is sent again.
export function event(run, sender, number) {
  return {
    eventId: `${run}-${sender}-${number}`,
    occurredAt: new Date(Date.UTC(2026, 5, 1, 7, 30) + number).toISOString(),
    source: `runner-${number % 300}`,
    payload: { type: "position", latitude: 47 + (number % 1000) / 1e3, longitude: 8.5, altitudeM: 400 + (number % 600) },
  };
}

// Each batch begins with the last events of the one before.
export function batch(run, sender, round) {
  const fresh = BATCH - Math.round(BATCH * DUPLICATES);
  const last = (round + 1) * fresh;
  const events = [];
  for (let number = Math.max(0, last - BATCH); number < last; number += 1) {
    events.push(event(run, sender, number));
  }
  return JSON.stringify({ query: QUERY, variables: { input: { topic: TOPIC, events } } });
}

export default function (data) {
  const { idInTest: sender } = exec.vu;
  const body = batch(data.run, sender, exec.vu.iterationInScenario);
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${__ENV.TOKEN}` };
  const answer = http.post(`${URL}/graphql`, body, { headers });
  const told = answer.status === 200 ? answer.json("data.publishEvents") : null;
  if (check(told, { "is taken": (counts) => counts !== null && counts.userErrors.length === 0 })) {
    accepted.add(told.accepted);
    duplicates.add(told.duplicates);
  }
}

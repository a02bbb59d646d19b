// What the trials of all clients share: the server, something to import, and how the outcome is told.
import WebSocket from "ws";

globalThis.WebSocket ??= WebSocket; // Node.js before 22 has none of its own

export const url = process.env.URL;
export const token = process.env.TOKEN;
export const socketUrl = url.replace("http", "ws");

const LONGEST_MS = Number(process.env.LONGEST_MS ?? 30_000);
const FILES = 30;
const POINTS = 300;
const FIRST_START = Date.UTC(2026, 0, 1);
let imports = 0;

// Documents as they stand in the page on clients.
export const NAME = "query Name { viewer { displayName } }";
export const RENAME = `mutation Rename($input: UpdateViewerInput!) {
  updateViewer(input: $input) { viewer { displayName } userErrors { message } }
}`;
export const WATCH = "subscription Watch($id: ID!) { job(id: $id) { status progress } }";
export const IMPORT = `mutation Import($input: ImportRunsInput!) {
  importRuns(input: $input) { job { id } userErrors { message } }
}`;
export const NONSENSE = "{ viewer { shoeSize } }";

// Run every trial and print what each came to: {"trial": {"value": ...}} or {"trial": {"error": "..."}}.
export async function tell(trials) {
  const outcomes = {};
  for (const [name, trial] of Object.entries(trials)) {
    outcomes[name] = await outcome(trial);
  }
  process.stdout.write(JSON.stringify(outcomes), () => process.exit(0)); // whatever a client has left open
}

async function outcome(trial) {
  let timer, fail;
  const failed = new Promise((_, reject) => {
    fail = reject;
    timer = setTimeout(() => reject(new Error("it took too long")), LONGEST_MS);
  });
  process.on("uncaughtException", fail); // thrown by what a client calls back
  try {
    return { value: (await Promise.race([trial(), failed])) ?? null };
  } catch (error) {
    return { error: told(error) };
  } finally {
    clearTimeout(timer);
    process.off("uncaughtException", fail);
  }
}

// An error by its words, however a client wraps it; also that of a closed socket, which is no Error.
export function told(error) {
  if (error?.code && error.reason !== undefined) return `closed ${error.code} ${error.reason}`;
  return error instanceof Error ? error.stack : JSON.stringify(error);
}

// Each status that a job had, in turn; the last of them is its end.
export function inTurn(statuses) {
  return statuses.filter((status, at) => status !== statuses[at - 1]);
}

// Runs as GPX files; no two calls give the same runs.
export function recordings(files = FILES) {
  imports += 1;
  return Array.from({ length: files }, (_, nth) => {
    const start = FIRST_START + (imports * FILES + nth) * 3_600_000;
    return new File([gpx(start)], `${imports}-${nth}.gpx`, { type: "application/gpx+xml" });
  });
}

function gpx(start) {
  const points = Array.from({ length: POINTS }, (_, second) => {
    const time = new Date(start + second * 1000).toISOString();
    return `<trkpt lat="${(47 + second * 0.00003).toFixed(6)}" lon="8.3"><ele>440</ele><time>${time}</time></trkpt>`;
  });
  return `<gpx version="1.1" creator="trials"><trk><trkseg>${points.join("")}</trkseg></trk></gpx>`;
}

// The id of a job that goes on for a while.
export async function aJob() {
  const files = recordings();
  const form = new FormData();
  const variables = { input: { files: files.map(() => null) } };
  form.set("operations", JSON.stringify({ query: IMPORT, variables }));
  form.set("map", JSON.stringify(Object.fromEntries(files.map((_, at) => [at, [`variables.input.files.${at}`]]))));
  files.forEach((file, at) => form.set(String(at), file));
  const headers = { Authorization: `Bearer ${token}`, "x-cairn-csrf": "1" };
  const answer = await (await fetch(`${url}/graphql`, { method: "POST", headers, body: form })).json();
  return answer.data.importRuns.job.id;
}

// A fetch, and what it sends: {method, accept, names}, where an operation is named by its "text" or its "hash" alone.
export function notingFetch() {
  const sent = [];
  const noting = (address, options = {}) => {
    const accept = new Headers(options.headers).get("accept");
    const asked = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(address).searchParams);
    sent.push({ method: options.method ?? "GET", accept, names: asked.query ? "text" : "hash" });
    return fetch(address, options);
  };
  return { sent, fetch: noting };
}

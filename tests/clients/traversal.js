// Answer the queries that stdin lists with Comunica, which begins at an address and follows links, and print for each as
// JSON: its rows, and the addresses that were asked for. Nothing but the site of that address is asked.
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-link-traversal";

const jobs = JSON.parse(readFileSync(0, "utf8"));

async function run({ start, query, accept }) {
  const asked = [];
  const ask = (input, init) => {
    const address = input.url ?? String(input);
    asked.push(address);
    if (new URL(address).origin !== new URL(start).origin) {
      throw new Error(`no network to ${address}`);
    }
    const headers = new Headers(init?.headers);
    if (accept) {
      headers.set("Accept", accept);
    }
    return fetch(input, { ...init, headers });
  };
  // A document that cannot be had is passed over, as the makers of link traversal advise.
  const rows = await new QueryEngine().queryBindings(query, { sources: [start], lenient: true, fetch: ask });
  const found = await rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))).toArray();
  return { rows: found, asked };
}

const answers = [];
for (const job of jobs) {
  answers.push(await run(job));
}
console.log(JSON.stringify(answers));

// Dereference the addresses that stdin lists with rdf-dereference, and print for each as JSON: its statements in
// N-Quads, where they came from and as what, or what went wrong. With an argument, that is the context of schema.org,
// for which no other server is asked then.
import { readFileSync } from "node:fs";
import { rdfDereferencer } from "rdf-dereference";
import { termToString } from "rdf-string-ttl";

const addresses = JSON.parse(readFileSync(0, "utf8"));
const context = process.argv[2];

async function read(address) {
  const elsewhere = [];
  const ask = (input, init) => {
    const asked = input.url ?? String(input);
    if (new URL(asked).origin === new URL(address).origin) {
      return fetch(input, init);
    }
    elsewhere.push(asked);
    if (context === undefined) {
      throw new Error(`no network to ${asked}`);
    }
    return new Response(context, { headers: { "Content-Type": "application/ld+json" } });
  };
  const lines = [];
  try {
    const { data, url, headers } = await rdfDereferencer.dereference(address, { fetch: ask });
    for await (const quad of data) {
      const terms = [quad.subject, quad.predicate, quad.object, quad.graph];
      lines.push(`${terms.map(termToString).join(" ")} .\n`);
    }
    return { quads: lines.join(""), url, type: headers.get("content-type"), elsewhere };
  } catch (error) {
    return { error: error.message, quads: lines.join(""), elsewhere };
  }
}

const answers = [];
for (const address of addresses) {
  answers.push(await read(address));
}
console.log(JSON.stringify(answers));

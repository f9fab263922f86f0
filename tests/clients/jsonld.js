// Do what stdin lists with jsonld and its own loader of documents, and print what comes of each as JSON: what was made
// and which addresses were loaded for it, or the code of the error. With an argument, that is what any other server
// than this machine answers; without one there is no other.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";

const jobs = JSON.parse(readFileSync(0, "utf8"));
const elsewhere = process.argv[2];
const load = jsonld.documentLoaders.node();

async function run({ what, input, context }) {
  const loaded = [];
  const documentLoader = async (address) => {
    loaded.push(address);
    if (new URL(address).hostname === "127.0.0.1") {
      return load(address);
    }
    if (elsewhere === undefined) {
      throw new Error(`no network to ${address}`);
    }
    return { contextUrl: null, documentUrl: address, document: JSON.parse(elsewhere) };
  };
  try {
    return { made: await make(what, input, context, { documentLoader }), loaded };
  } catch (error) {
    return { error: error.details?.code ?? error.message, loaded };
  }
}

function make(what, input, context, options) {
  switch (what) {
    case "toRDF":
      return jsonld.toRDF(input, { ...options, format: "application/n-quads" });
    case "expand":
      return jsonld.expand(input, options);
    case "flatten":
      return jsonld.flatten(input, null, options);
    case "compact":
      return jsonld.compact(input, context, options);
  }
}

console.log(JSON.stringify(await Promise.all(jobs.map(run))));

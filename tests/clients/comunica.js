// Ask an endpoint one query with Comunica and print the answer as JSON: rows, a yes or a no, or N-Quads.
// What goes wrong is one line on stderr, and exit 1.
import { QueryEngine } from "@comunica/query-sparql";

const [endpoint, query] = process.argv.slice(2);

try {
  const engine = new QueryEngine();
  const result = await engine.query(query, { sources: [endpoint], noCache: true });
  const { data } = await engine.resultToString(
    result,
    result.resultType === "quads" ? "application/n-quads" : "application/sparql-results+json",
  );
  data.pipe(process.stdout);
  data.on("error", fail);
} catch (error) {
  fail(error);
}

function fail(error) {
  console.error(error.message);
  process.exitCode = 1;
}

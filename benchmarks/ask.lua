-- wrk asks for the addresses of a file, one a line: a query, URL-encoded, or with "documents" a path of the server with a
-- header behind each tab. Each is asked for once; with "again" the file starts over at its end. The line
-- that it prints when it is done is JSON.

local threads, path, again, lines, before, after = {}

function setup(thread)
   threads[#threads + 1] = thread
end

function init(arguments)
   path, again = arguments[1], arguments[2] == "again"
   lines = io.lines(path)
   before = "GET " .. wrk.path .. "?query="
   after = " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\nAccept: application/sparql-results+json\r\n\r\n"
   if arguments[3] == "documents" then
      before, after = "GET ", nil
   end
   spent = false
end

function request()
   local line = lines()
   if not line then
      lines = io.lines(path)
      line = lines()
      -- Global, so that the main state can read it when all is done.
      spent = not again
   end
   if after then
      return before .. line .. after
   end
   local address, header = line:match("^([^\t]*)\t?(.*)$")
   header = header ~= "" and header:gsub("\t", "\r\n") .. "\r\n" or ""
   return before .. address .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] .. "\r\n" .. header .. "\r\n"
end

function done(summary, latency)
   local errors, spent = summary.errors, false
   for _, thread in ipairs(threads) do
      spent = spent or thread:get("spent")
   end
   print(string.format(
      '{"requests": %d, "seconds": %f, "statuses": %d, "sockets": %d, "late": %d, "p50": %f, "p99": %f, "spent": %s}',
      summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write,
      errors.timeout, latency:percentile(50) / 1e6, latency:percentile(99) / 1e6, tostring(spent)
   ))
end

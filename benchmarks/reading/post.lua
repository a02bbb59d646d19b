-- Sends the requests of a file one after the other: the first line is the path, the second the headers as "name: value"
-- between tabs, each further line a body; at the end it prints what came of them as one line of JSON.
local requests, at = {}, 0

function init(args)
  local lines = {}
  for line in io.lines(args[1]) do lines[#lines + 1] = line end
  local headers = {}
  for name, value in lines[2]:gmatch("([^:\t]+): ([^\t]+)") do headers[name] = value end
  local path = lines[1]
  for number = 3, #lines do
    local body = lines[number]
    if body:sub(1, 1) == "/" then
      requests[#requests + 1] = wrk.format("GET", body, headers)
    else
      requests[#requests + 1] = wrk.format("POST", path, headers, body)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, _)
  local wrong = summary.errors
  io.write(string.format(
    '{"per_second": %f, "median_ms": %f, "p99_ms": %f, "bytes": %d, "requests": %d, "wrong": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.bytes, summary.requests, wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end

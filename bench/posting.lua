-- wrk's script: each request posts words of its own; every answer's status is checked.
counter, thread_id, bad = 0, 0, 0
local threads = {}
function setup(thread) thread:set("thread_id", #threads) table.insert(threads, thread) end
function init(args) path, auth = args[1], args[2] or "" end
function request()
  counter = counter + 1
  local text = string.format("Words number %d of %d-%d, long enough to count as some.", counter, thread_id, os.time())
  local body = string.format('{"text": "%s", "author": "Ada", "title": "Bench"}', text)
  local headers = { ["Content-Type"] = "application/json" }
  if auth ~= "" then headers["Authorization"] = "Bearer " .. auth end
  return wrk.format("POST", path, headers, body)
end
function response(status) if status ~= 201 and status ~= 202 then bad = bad + 1 end end
function done(summary, latency)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  io.write(string.format("RESULT %d %d %.3f %.3f %.6f\n", summary.requests, wrong + summary.errors.read + summary.errors.connect + summary.errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.duration / 1e6))
end

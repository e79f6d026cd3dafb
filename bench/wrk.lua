-- One request, again and again. Arguments: method, Host, Authorization or "", body or "".
function init(args)
  wrk.method = args[1]
  wrk.headers["Host"] = args[2]
  if args[3] ~= "" then wrk.headers["Authorization"] = args[3] end
  if args[4] ~= "" then
    wrk.body = args[4]
    wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"failed":%d,"p99":%.3f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(99) / 1000
  ))
end

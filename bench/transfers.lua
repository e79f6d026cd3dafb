-- What Rucio and FTS ask for the tokens of files, one request after the other on each connection (one connection a thread).
-- Arguments: Host, Authorization of Rucio, of FTS, steps done once, steps repeated, first file, files (0: until the time is over),
-- threads, seconds. Each thread prints its counts by steps of a quarter of a millisecond when it is through.
-- Steps: S a token for the source, D one for the destination, X its exchange for a refresh token, R a refresh.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long sec; long nsec; } timespec_t;
  int clock_gettime(int clock, timespec_t *at);
]]

local source = { audience = "dcache-door-doma01.desy.de", prefix = "/escape/wp2_rucio_testbed/desy_dcache" }
local destination = { audience = "xfer.cr.cnaf.infn.it", prefix = "/escape/rucio/cnaf_storm" }

local at = ffi.new("timespec_t")
local function now() -- milliseconds
  ffi.C.clock_gettime(1, at)
  return tonumber(at.sec) * 1000 + tonumber(at.nsec) / 1e6
end

-- Before the threads run.
threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  headers = {}
  host, rucio, fts, once, repeated = args[1], args[2], args[3], args[4], args[5]
  file = tonumber(args[6]) + number
  stride = tonumber(args[8])
  last = tonumber(args[7]) == 0 and math.huge or tonumber(args[6]) + tonumber(args[7])
  milliseconds = tonumber(args[9]) * 1000
  position, list = 0, once == "" and repeated or once
  failed, stopped, begun = 0, false, 0
  buckets = { S = {}, D = {}, X = {}, R = {} }
  first, ended = nil, 0
end

-- Rucio's deterministic path: scope, two bytes of a hash, name.
local function path(place)
  local hash = string.format("%04x", (file * 40503) % 65536)
  return string.format("%s/rubin/raw/%s/%s/file-%d", place.prefix, hash:sub(1, 2), hash:sub(3, 4), file)
end

-- FTS sends spaces as they are.
local function post(authorization, body)
  return wrk.format("POST", "/token", {
    ["Host"] = host,
    ["Authorization"] = authorization,
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }, body)
end

local function ask(place, scope)
  audience = place.audience
  return post(rucio, "grant_type=client_credentials&audience=" .. audience .. "&scope=" .. scope)
end

local requests = {
  S = function() return ask(source, "storage.read:" .. path(source) .. " offline_access") end,
  D = function()
    local own = path(destination)
    return ask(destination, "storage.modify:" .. own .. " storage.read:" .. own .. " offline_access")
  end,
  X = function()
    return post(fts, "grant_type=urn:ietf:params:oauth:grant-type:token-exchange"
      .. "&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token"
      .. "&subject_token_type=urn:ietf:params:oauth:token-type:access_token&subject_token=" .. subject
      .. "&scope=" .. scopes .. " offline_access&audience=" .. audience)
  end,
  R = function()
    return post(fts, "grant_type=refresh_token&refresh_token=" .. refresh .. "&audience=" .. audience .. "&scope=" .. scopes)
  end,
}

function request()
  if stopped then return wrk.format("GET", "/health", { ["Host"] = host }) end
  -- wrk asks once more than it sends: only an answer moves on.
  step = list:sub(position + 1, position + 1)
  begun = now()
  first = first or begun
  return requests[step]()
end

local function count(milliseconds)
  local bucket = math.min(math.floor(milliseconds * 4), 8000)
  local of = buckets[step]
  of[bucket] = (of[bucket] or 0) + 1
end

local function report()
  local parts = {}
  for name, of in pairs(buckets) do
    local counts = {}
    for bucket, times in pairs(of) do counts[#counts + 1] = string.format('"%d":%d', bucket, times) end
    parts[#parts + 1] = string.format('"%s":{%s}', name, table.concat(counts, ","))
  end
  io.write(string.format('{"first":%.3f,"ended":%.3f,"failed":%d,"buckets":{%s}}\n', first or 0, ended, failed, table.concat(parts, ",")))
  io.flush()
end

function response(status, _, body)
  if stopped then return end
  ended = now()
  position = position + 1
  count(ended - begun)
  if status ~= 200 then
    failed = failed + 1
    if failed == 1 then io.stderr:write(step .. " answered " .. status .. ": " .. body .. "\n") end
  end
  if step == "S" or step == "D" then
    subject = body:match('"access_token":"([^"]+)"') or ""
    scopes = (body:match('"scope":"([^"]+)"') or ""):gsub(" offline_access", "")
  end
  refresh = body:match('"refresh_token":"([^"]+)"') or refresh or ""
  if position < #list then return end
  position, list = 0, repeated
  file = file + stride
  if file >= last or (last == math.huge and ended - first >= milliseconds) then
    stopped = true
    report()
  end
end

-- wrk's side of a check: GET {path}/{key} over 1...N keys, N being the argument after `--`.
-- There is no response() here: wrk would build a table of headers for each answer, and it shares the cores with what is measured.
-- wrk counts the statuses over 399 by itself.

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    local keys = tonumber(arguments[1])
    local base = wrk.path
    if keys == 1 then
        wrk.path = base .. "/1" -- without request(), wrk sends the same bytes again and again
        return
    end
    local requests = {}
    for key = 1, keys do
        requests[key] = wrk.format("GET", base .. "/" .. key)
    end
    -- Each thread starts at a place of its own, so that they do not follow one another from key to key.
    local position = math.floor(number * keys / 2) % keys
    function request()
        position = position % keys + 1
        return requests[position]
    end
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%.6f,"statuses_over_399":%d,"socket_errors":%d,"bytes":%d,' ..
        '"median_microseconds":%.1f,"p99_microseconds":%.1f}\n',
        summary.requests, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout, summary.bytes,
        latency:percentile(50), latency:percentile(99)))
end

-- wrk's side of a check: GET {path}/{key} over 1...N keys, N being the argument after `--`.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "../harness/wrk.lua")

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

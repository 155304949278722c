-- wrk's side of a redirect: GET of the URL as it is; or, with N after `--`, of one of N links in no order, whose codes are the
-- numbers below N in six digits.

dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "../harness/wrk.lua")

local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    local links = tonumber(arguments[1])
    if not links then
        return -- without request(), wrk sends the same bytes again and again
    end
    -- Other links each time: what was asked for to warm up is in a cache.
    math.randomseed(os.time() * 1000 + number)
    -- Put together from two halves: a million whole requests would not stay in the processor's cache.
    local before, after = wrk.format("GET", wrk.path .. "\n"):match("^(.-)\n(.*)$")
    local first, second = {}, {}
    for half = 0, 999 do
        first[half] = before .. ("%03d"):format(half)
        second[half] = ("%03d"):format(half) .. after
    end
    local random, floor = math.random, math.floor
    function request()
        local link = random(0, links - 1)
        local high = floor(link / 1000)
        return first[high] .. second[link - 1000 * high]
    end
end

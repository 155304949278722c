-- Takes rides with which something is to be done. Who takes one has it for a while; if nothing comes of that (he was killed), it is
-- due again.
--
-- Atomically: no two take the same. What the first key holds goes first, however many wait in the second.
--
-- KEYS[1…] a sorted set, ride -> ms: when something is due, or the deadlines of rides without a driver
-- ARGV[1]  so many at most
-- ARGV[2…] of each key the ms for which its rides are had
--
-- Reply    their ids; oldest first

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claimed = {}
for index, key in ipairs(KEYS) do
    local due = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, ARGV[1] - #claimed)
    for _, ride in ipairs(due) do
        redis.call('ZADD', key, now + ARGV[1 + index], ride)
        table.insert(claimed, ride)
    end
end
return claimed

-- Takes rides with which something is to be done. Who takes one has it for a while; if nothing comes of that (he was killed), it is
-- due again.
--
-- Atomically: no two take the same. Rides whose time is up go first, however many wait.
--
-- KEYS[1]  when something is due: a sorted set, ride -> ms
-- KEYS[2]  the deadlines of rides without a driver: a sorted set, ride -> ms
-- ARGV[1]  so many at most
-- ARGV[2]  ms for which they are had
-- ARGV[3]  the same of rides whose time is up: so short that another can still end them in time
--
-- Reply    their ids; oldest first

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local claimed = {}
for index, key in ipairs({KEYS[2], KEYS[1]}) do
    local due = redis.call('ZRANGEBYSCORE', key, '-inf', now, 'LIMIT', 0, ARGV[1] - #claimed)
    for _, ride in ipairs(due) do
        redis.call('ZADD', key, now + (index == 1 and ARGV[3] or ARGV[2]), ride)
        table.insert(claimed, ride)
    end
end
return claimed

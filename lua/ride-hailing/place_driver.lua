-- Puts a driver into a cell or takes him out of it, as his position and his state say now.
--
-- Atomically: a position that was recorded since the caller has looked is not undone.
--
-- KEYS[1]  the cell's available drivers: a GEO set
-- KEYS[2]  when they were seen: a sorted set
-- KEYS[3]  the driver's position
-- KEYS[4]  his state: a hash. KEYS[3] and KEYS[4], on a cluster: not of the cell's slot
-- ARGV[1]  his name
-- ARGV[2]  the cell
-- ARGV[3]  his position as the caller has read it
-- ARGV[4], ARGV[5]  its longitude and latitude in the GEO set
-- ARGV[6]  ms for which a driver counts as seen
--
-- Reply    1 he is in the cell, 0 he is not

local position = redis.call('GET', KEYS[3]) or ''
local seen, cell = string.match(position, '^%d+ (%d+) (%S+)')
if cell ~= ARGV[2] or redis.call('HGET', KEYS[4], 'status') ~= 'available' then
    redis.call('ZREM', KEYS[1], ARGV[1])
    redis.call('ZREM', KEYS[2], ARGV[1])
    return 0
end
if position == ARGV[3] then
    redis.call('GEOADD', KEYS[1], ARGV[4], ARGV[5], ARGV[1])
    redis.call('ZADD', KEYS[2], seen, ARGV[1])
    for index = 1, 2 do if redis.call('PTTL', KEYS[index]) < 0 then redis.call('PEXPIRE', KEYS[index], ARGV[6]) end end
end
return 1

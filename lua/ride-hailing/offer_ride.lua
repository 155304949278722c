-- Opens a round of offers of a ride; after ride.lua. All its drivers get the same version.
--
-- Atomically: only to drivers who are available at this moment and were not offered this ride before; with ARGV[6] = 1 they are
-- kept for it, so that no driver has two offers at once.
--
-- ARGV[6]  1 the drivers are kept for this ride, 0 they may get other offers
-- ARGV[7]  to so many drivers
-- ARGV[8]  ms for which the offers are open
-- ARGV[9]  ms after which drivers are looked for again when none is free
-- ARGV[10…]  drivers, the best first
--
-- Reply    as in ride.lua; none: no driver was free

if not ride.status then return {'absent'} end
if ride.status ~= 'requested' or not isCurrent or now >= tonumber(ride.deadline) then return answer('conflict') end
local ends = math.min(now + ARGV[8], tonumber(ride.deadline))
local opened = {}
for index = 10, #ARGV do
    if #opened >= tonumber(ARGV[7]) then break end
    local driver = ARGV[index]
    local key = KEYS[7] .. driver
    if redis.call('HGET', key, 'status') == 'available' and redis.call('HSETNX', KEYS[3], driver, 'open') == 1 then
        if ARGV[6] == '1' then
            redis.call('HSET', key, 'status', 'offered', 'ride', id)
            table.insert(moved, driver)
        end
        redis.call('ZADD', key .. ':offers', ends, id)
        table.insert(opened, driver)
    end
end
if #opened == 0 then
    redis.call('ZADD', KEYS[4], now + ARGV[9], id)
    return answer('none')
end
redis.call('ZADD', KEYS[4], ends, id)
return change('offered', {'offerEnds', ends, 'round', ride.round + 1}, opened)

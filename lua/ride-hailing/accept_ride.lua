-- A driver accepts a ride that he was offered; after ride.lua.
--
-- Atomically: the ride has no driver, his offer is open and not over, and he has no other ride. Then the ride has him and he has the
-- ride, and the others' offers are withdrawn. So are those that he has of other rides: they need not wait for him.
--
-- Reply  as in ride.lua

if not ride.status then return {'absent'} end
local offer = redis.call('HGET', KEYS[3], by)
if not offer then return {'forbidden'} end
if offer == 'accepted' then return answer('done') end
local key = KEYS[7] .. by
local status, kept = unpack(redis.call('HMGET', key, 'status', 'ride'))
local isFree = status == 'available' or (status == 'offered' and kept == id)
if ride.status ~= 'offered' or not isCurrent or offer ~= 'open' or now >= tonumber(ride.offerEnds) or not isFree then
    return answer('conflict')
end
redis.call('HSET', KEYS[3], by, 'accepted')
redis.call('ZREM', key .. ':offers', id)
redis.call('HSET', key, 'status', 'riding', 'ride', id)
table.insert(moved, by)

local rides = string.sub(KEYS[1], 1, #KEYS[1] - #id)
for _, other in ipairs(redis.call('ZRANGE', key .. ':offers', 0, -1)) do
    redis.call('ZREM', key .. ':offers', other)
    local offers = rides .. other .. ':offers'
    local version, state, rider = unpack(redis.call('HMGET', rides .. other, 'version', 'status', 'rider'))
    if state == 'offered' and redis.call('HGET', offers, by) == 'open' then
        redis.call('HSET', offers, by, 'withdrawn')
        publish(other, version, state, rider, '', '', by)
        local isOpen = false
        for _, how in ipairs(redis.call('HVALS', offers)) do isOpen = isOpen or how == 'open' end
        if not isOpen then redis.call('ZADD', KEYS[4], now, other) end
    end
end
return change('accepted', {'driver', by}, {}, close('withdrawn'))

-- A driver accepts a ride that he was offered; after ride.lua.
--
-- Atomically: the ride has no driver, his offer is open and not over, and he has no other ride. Then the ride has him and he has the
-- ride, and the others' offers are withdrawn.
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
return change('accepted', {'driver', by}, {}, close('withdrawn'))

-- Reads a ride as it is at one moment.
--
-- KEYS[1]  the ride: a hash
-- KEYS[2]  its history: a list
-- KEYS[3]  its offers: a hash
-- ARGV[1]  who asks, encoded; empty: whoever may see all
--
-- Reply    {done, fields and values, history}; absent; forbidden: he is neither its rider nor a driver who was offered it

local ride = redis.call('HGETALL', KEYS[1])
if #ride == 0 then return {'absent'} end
if ARGV[1] ~= '' and redis.call('HGET', KEYS[1], 'rider') ~= ARGV[1] and redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then
    return {'forbidden'}
end
return {'done', ride, redis.call('LRANGE', KEYS[2], 0, -1)}

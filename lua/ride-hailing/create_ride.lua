-- Makes a ride of a fare; after ride.lua.
--
-- Atomically: a request is remembered under its key, the fare serves no other ride, and the ride waits for a matcher.
--
-- KEYS[8]   the fare: a hash
-- KEYS[9]   the reservation of one rider and one Idempotency-Key: a hash of digest and ride. Without a key any name, and
--           ARGV[7] is empty
-- ARGV[6]   ms until the ride is given up unless a driver has it
-- ARGV[7]   digest of the request
-- ARGV[8]   ms for which a reservation is kept
-- ARGV[9…]  fields and values of the ride; none when the fare was not found
--
-- Reply     done with the ride, that of the first request if it is a repetition; absent: there is no such fare any more;
--           used: it has served a ride; mismatch: the key was used for another request

if ARGV[7] ~= '' then
    local digest, first = unpack(redis.call('HMGET', KEYS[9], 'digest', 'ride'))
    if digest and digest ~= ARGV[7] then return {'mismatch'} end
    if digest then return {'done', {'id', first}, {}} end
end
if not ARGV[9] or now >= tonumber(redis.call('HGET', KEYS[8], 'expiresAt') or 0) then return {'absent'} end
if redis.call('HSETNX', KEYS[8], 'ride', id) == 0 then
    -- Its own, when the same call comes twice.
    if redis.call('HGET', KEYS[8], 'ride') == id then return {'done', {'id', id}, {}} end
    return {'used'}
end
if ARGV[7] ~= '' then
    redis.call('HSET', KEYS[9], 'digest', ARGV[7], 'ride', id)
    redis.call('PEXPIRE', KEYS[9], ARGV[8])
end

local deadline = now + ARGV[6]
local fields = {'id', id, 'rider', by, 'createdAt', now, 'deadline', deadline, 'round', 0}
for index = 9, #ARGV do table.insert(fields, ARGV[index]) end
redis.call('ZADD', KEYS[4], now, id)
redis.call('ZADD', KEYS[5], deadline, id)
return change('requested', fields)

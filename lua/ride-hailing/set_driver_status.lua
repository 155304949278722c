-- A driver begins or ends his work.
--
-- Atomically: not while he has a ride, and not while he is kept for one.
--
-- KEYS[1]  the driver's state: a hash of status and ride
-- KEYS[2]  what rides begin with. Which one he has is known here alone; it lies in the same slot
-- ARGV[1]  available or offline
--
-- Reply    {status, ride}: as it is now. riding: nothing was changed. offered: he is kept for that ride, which counts as available

local status, ride = unpack(redis.call('HMGET', KEYS[1], 'status', 'ride'))
-- A ride that is lost keeps nobody.
if ride and redis.call('EXISTS', KEYS[2] .. ride) == 1 then return {status, ride} end
redis.call('HSET', KEYS[1], 'status', ARGV[1])
redis.call('HDEL', KEYS[1], 'ride')
return {ARGV[1], ''}

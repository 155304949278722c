-- Removes one policy, raises the revision and tells every instance.
--
-- KEYS[1]  the hash of policies, by name
-- KEYS[2]  the revision of all of them
-- ARGV[1]  name
-- ARGV[2]  the channel on which instances listen
-- ARGV[3]  the message
--
-- Reply    1 when there was one, 0 otherwise

local existed = redis.call('HDEL', KEYS[1], ARGV[1])
if existed == 1 then
    redis.call('INCR', KEYS[2])
    redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return existed

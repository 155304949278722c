-- Writes one policy, raises the revision and tells every instance; the same policy again changes nothing.
--
-- KEYS[1]  the hash of policies, by name
-- KEYS[2]  the revision of all of them
-- ARGV[1]  name
-- ARGV[2]  the policy, JSON
-- ARGV[3]  the channel on which instances listen
-- ARGV[4]  the message
--
-- Reply    1 when it is new, 0 when there was one of that name

local before = redis.call('HGET', KEYS[1], ARGV[1])
if before ~= ARGV[2] then
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
    redis.call('INCR', KEYS[2])
    redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return before and 0 or 1

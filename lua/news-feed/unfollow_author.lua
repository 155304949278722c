-- Lets a user follow an author no more, on the user's side. From now on readers leave his posts out, wherever they still lie.
--
-- KEYS[1]  whom the user follows: a sorted set, scored by version
-- KEYS[2]  what changes whenever that changes
-- KEYS[3]  the unsettled: a hash of author and version
-- ARGV[1]  the author
-- ARGV[2]  a random text for KEYS[2]
--
-- Reply    the version that ended; this moment when he was not followed, so that what was left undone is done by a repetition

local version = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if version then
    redis.call('ZREM', KEYS[1], ARGV[1])
    redis.call('SET', KEYS[2], ARGV[2])
    return version
end
local time = redis.call('TIME')
return string.format('%.0f', time[1] * 1000000 + time[2])

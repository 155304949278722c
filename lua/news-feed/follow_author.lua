-- Lets a user follow an author, on the user's side.
--
-- Atomically: the author is followed, and unsettled until the author's side and the timeline know of it; until then readers
-- fetch his posts from his own list.
--
-- KEYS[1]  whom the user follows: a sorted set, scored by version
-- KEYS[2]  what changes whenever that changes
-- KEYS[3]  the unsettled: a hash of author and version
-- ARGV[1]  the author
-- ARGV[2]  a random text for KEYS[2]
-- ARGV[3]  so many may be followed
--
-- Reply    {version, unsettled 0|1}: microseconds of this server's clock when it began; null: the user follows too many

local version = redis.call('ZSCORE', KEYS[1], ARGV[1])
if version then return {version, redis.call('HEXISTS', KEYS[3], ARGV[1])} end
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return false end
local time = redis.call('TIME')
version = string.format('%.0f', time[1] * 1000000 + time[2])
redis.call('ZADD', KEYS[1], version, ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], version)
redis.call('SET', KEYS[2], ARGV[2])
return {version, 1}

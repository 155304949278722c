-- Takes a user out of an author's followers, unless he has begun to follow anew.
--
-- KEYS[1]  the followers: a sorted set, scored by version
-- ARGV[1]  the user
-- ARGV[2]  the version that ended: microseconds
--
-- Reply    1 removed, 0 not there, or newer

local version = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not version or tonumber(version) > tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])

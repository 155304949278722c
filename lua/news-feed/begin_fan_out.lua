-- Begins the fan-out of a post, or goes on with it.
--
-- Atomically: whether the post is there, how it is brought to readers (decided once, so that whoever repeats it does the same),
-- and how often it was tried since it last got on.
--
-- KEYS[1]  the post
-- KEYS[2]  the fan-out: a hash of mode, tries, and the checkpoint: version and user
-- ARGV[1]  push or pull: how it is to be, unless that is decided
-- ARGV[2]  1 this is a try, 0 it goes on after Redis was away
-- ARGV[3]  milliseconds for which the fan-out is remembered
--
-- Reply    {mode, tries, version, user}, the last two empty at the beginning; null: there is no such post

if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('DEL', KEYS[2])
    return false
end
redis.call('HSETNX', KEYS[2], 'mode', ARGV[1])
redis.call('HINCRBY', KEYS[2], 'tries', ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
local stored = redis.call('HMGET', KEYS[2], 'mode', 'tries', 'version', 'user')
return {stored[1], tonumber(stored[2]), stored[3] or '', stored[4] or ''}

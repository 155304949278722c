-- Changes or removes what a user's own list says of a group.
--
-- Atomically, and only while it says what the caller has read: whoever has written it since knows better.
--
-- KEYS[1]  the user's groups: a hash; KEYS[2] the user's conversations: a sorted set
-- ARGV[1]  group; ARGV[2] the conversation
-- ARGV[3]  what the caller has read
-- ARGV[4]  what it is to be; empty: nothing
-- ARGV[5]  milliseconds: when the conversation is noted with it
--
-- Reply    1 changed, 0 it says something else

if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[3] then return 0 end
if ARGV[4] == '' then
    redis.call('HDEL', KEYS[1], ARGV[1])
    redis.call('ZREM', KEYS[2], ARGV[2])
else
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
    redis.call('ZADD', KEYS[2], 'GT', ARGV[5], ARGV[2])
end
return 1

-- Takes posts out of a timeline: those of an author who is followed no more.
--
-- Atomically: the timeline and its count.
--
-- KEYS[1]  the timeline: a sorted set
-- KEYS[2]  its state: a hash
-- ARGV     the posts, as they lie in sorted sets
--
-- Reply    how many were there

local removed = redis.call('ZREM', KEYS[1], unpack(ARGV))
if removed > 0 and redis.call('HEXISTS', KEYS[2], 'entries') == 1 then
    redis.call('HINCRBY', KEYS[2], 'entries', -removed)
end
return removed

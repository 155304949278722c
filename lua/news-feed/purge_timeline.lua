-- Takes posts out of a timeline: those of an author who is followed no more.
--
-- Atomically: the timeline and its count, and that the author is not followed again meanwhile: then his posts have been put
-- there anew, and who unfollowed him before comes too late.
--
-- KEYS[1]  the timeline: a sorted set
-- KEYS[2]  its state: a hash
-- KEYS[3]  whom the user follows: a sorted set
-- ARGV[1]  the author
-- ARGV[2…] the posts, as they lie in sorted sets
--
-- Reply    how many were there

if redis.call('ZSCORE', KEYS[3], ARGV[1]) then return 0 end

local removed = redis.call('ZREM', KEYS[1], unpack(ARGV, 2))
if removed > 0 and redis.call('HEXISTS', KEYS[2], 'entries') == 1 then
    redis.call('HINCRBY', KEYS[2], 'entries', -removed)
end
return removed

-- Adds a comment to a post. The same comment again adds nothing.
--
-- Atomically: the list and the texts never differ.
--
-- KEYS[1]  the post
-- KEYS[2]  its comments: a sorted set, newest first
-- KEYS[3]  their texts: a hash
-- ARGV[1]  the comment, as it lies in the sorted set
-- ARGV[2]  its record
--
-- Reply    1 it is there, 0 there is no such post

if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
return 1

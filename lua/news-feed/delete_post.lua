-- Deletes a post and all that belongs to it.
--
-- Atomically. From now on no fan-out brings it into a timeline, no like or comment comes to it, and no acceptance restores it.
--
-- KEYS[1]  the post
-- KEYS[2]  what says that it was deleted
-- KEYS[3…] its likes, its comments, their texts
-- ARGV[1]  milliseconds for which that is remembered: longer than a reservation lives
--
-- Reply    1 deleted, 0 there is no such post

if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
redis.call('UNLINK', KEYS[1], unpack(KEYS, 3))
return 1

-- Stores a post, unless it is there or was there and has been deleted: an acceptance that comes late, or once more, brings
-- nothing back.
--
-- KEYS[1]  the post
-- KEYS[2]  what says that it was deleted
-- ARGV[1]  its record
--
-- Reply    1 it is stored, now or before; 0 it was deleted; -1 another post has its id

if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
if redis.call('SET', KEYS[1], ARGV[1], 'NX') or redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
return -1

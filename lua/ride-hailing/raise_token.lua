-- Raises the last token of a lock to one that other servers have given, so that the next is larger; if the holder still has the
-- lock.
--
-- KEYS[1]  the lock
-- KEYS[2]  the last token
-- ARGV[1]  the holder
-- ARGV[2]  the token
--
-- Reply    1 done, 0 he has it no more

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or 0) < tonumber(ARGV[2]) then redis.call('SET', KEYS[2], ARGV[2]) end
return 1

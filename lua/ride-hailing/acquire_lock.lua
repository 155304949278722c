-- Takes a lock, if nobody has it, and counts who has had it: each holder's number, the fencing token, is larger than all before.
--
-- KEYS[1]  the lock
-- KEYS[2]  the last token. Never expires
-- ARGV[1]  the holder: random text
-- ARGV[2]  ms for which he has it
--
-- Reply    the token; 0 another has it

if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
return redis.call('INCR', KEYS[2])

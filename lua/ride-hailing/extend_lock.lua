-- Keeps a lock, if the holder still has it.
--
-- KEYS[1]  the lock
-- ARGV[1]  the holder
-- ARGV[2]  ms for which he has it from now on; 0 gives it back
--
-- Reply    1 done, 0 he has it no more

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])

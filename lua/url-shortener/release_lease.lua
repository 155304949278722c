-- Gives a lease back, unless another has it by now.
--
-- KEYS[1]  the lease
-- ARGV[1]  token of its holder
--
-- Reply    1 given back, 0 it was not the caller's

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])

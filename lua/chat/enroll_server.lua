-- Puts a server among those that hear what is sent to a group, for a member who is connected to it.
--
-- Atomically: only while he is a member.
--
-- KEYS[1]  the members: a hash; KEYS[2] the group's servers: a set
-- ARGV[1]  user
-- ARGV[2]  server
--
-- Reply    1 it is among them; 0 he is no member

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('SADD', KEYS[2], ARGV[2])
return 1

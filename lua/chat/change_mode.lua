-- Changes how the members of a group find what they have not received: write, each message is noted with each of them; read, they
-- look into the group's log.
--
-- Atomically, and only while the members are those that the caller has prepared.
--
-- KEYS[1]  the state: a hash
-- ARGV[1]  milliseconds since 1970; empty: this server's clock. For tests
-- ARGV[2]  milliseconds: when the caller wrote the members' own lists of groups
-- ARGV[3]  the group's version by which the caller knew the members
-- ARGV[4]  write or read; ARGV[5] version: a random text
--
-- Reply    1 changed, 0 the group is another by now, or the lists were written too long ago

local now = clock(ARGV[1])
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[3] or math.abs(now - tonumber(ARGV[2])) > 30000 then return 0 end
redis.call('HSET', KEYS[1], 'mode', ARGV[4], 'version', ARGV[5])
return 1

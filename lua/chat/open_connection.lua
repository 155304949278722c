-- Enters a connection of a user.
--
-- Atomically with it, servers that watch the user are told to look again. It may be called as often as one likes.
--
-- KEYS[1]  the user's connections, a hash: connection, with its server
-- KEYS[2]  the servers that watch the user, a set
-- ARGV[1]  the connection
-- ARGV[2]  its server
-- ARGV[3]  the user, percent-encoded
-- ARGV[4]  milliseconds after which what nobody enters again is forgotten
--
-- Reply    the watching servers that did not hear

local previous = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if previous == ARGV[2] then return {} end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
local watchers = {}
collect(watchers, 'SMEMBERS', KEYS[2])
return publish(watchers, 'presence ' .. ARGV[3] .. ' 1 -\n')

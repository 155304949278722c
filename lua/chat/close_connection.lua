-- Removes a connection of a user, who was seen now.
--
-- Atomically with it, servers that watch the user are told to look again. By the connection's id: another one stays.
--
-- KEYS[1]  the user's connections, a hash: connection, with its server
-- KEYS[2]  when the user was last seen, in ms by Redis' clock
-- KEYS[3]  the servers that watch the user, a set
-- ARGV[1]  the connection
-- ARGV[2]  the user, percent-encoded
--
-- Reply    the watching servers that did not hear

if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return {} end
redis.call('SET', KEYS[2], string.format('%d', clock()))
local watchers = {}
collect(watchers, 'SMEMBERS', KEYS[3])
return publish(watchers, 'presence ' .. ARGV[2] .. ' 0 -\n')

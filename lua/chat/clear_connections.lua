-- Removes the connections of a user that a dead server held.
--
-- Atomically with it, servers that watch the user are told to look again. By the server's id: a connection that was made to
-- another server since, or is in force again under another id of the server, stays.
--
-- KEYS[1]  the user's connections, a hash: connection, with its server
-- KEYS[2]  when the user was last seen, in ms by Redis' clock
-- KEYS[3]  the servers that watch the user, a set
-- ARGV[1]  the dead server
-- ARGV[2]  when it last renewed its lease, in ms by Redis' clock
-- ARGV[3]  the user, percent-encoded
--
-- Reply    how many were removed

local removed = 0
local connections = redis.call('HGETALL', KEYS[1])
for index = 1, #connections, 2 do
    if connections[index + 1] == ARGV[1] then removed = removed + redis.call('HDEL', KEYS[1], connections[index]) end
end
if removed == 0 then return 0 end
if tonumber(redis.call('GET', KEYS[2]) or 0) < tonumber(ARGV[2]) then redis.call('SET', KEYS[2], ARGV[2]) end
local watchers = {}
collect(watchers, 'SMEMBERS', KEYS[3])
publish(watchers, 'presence ' .. ARGV[3] .. ' 0 -\n')
return removed

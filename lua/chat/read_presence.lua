-- What is known of a user's presence. Atomically: a connection's end and the moment of it belong together.
--
-- KEYS[1]  the user's connections, a hash: connection, with its server
-- KEYS[2]  when the user was last seen, in ms by Redis' clock
--
-- Reply    {last seen or 0, the server of each connection …}

-- Of a key that is something else nothing is known, and the others go on.
local servers, seen = redis.pcall('HVALS', KEYS[1]), redis.pcall('GET', KEYS[2])
if servers.err then servers = {} end
table.insert(servers, 1, type(seen) == 'string' and tonumber(seen) or 0)
return servers

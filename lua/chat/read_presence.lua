-- What is known of a user's presence. Atomically: a connection's end and the moment of it belong together.
--
-- KEYS[1]  the user's connections, a hash: connection, with its server
-- KEYS[2]  when the user was last seen, in ms by Redis' clock
--
-- Reply    {last seen or 0, the server of each connection …}

local servers = redis.call('HVALS', KEYS[1])
table.insert(servers, 1, tonumber(redis.call('GET', KEYS[2]) or 0))
return servers

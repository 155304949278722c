-- Adds a member to a group, and tells the servers to which the user is connected: from now on they hear what is sent to the group.
--
-- Atomically: the membership, the present number as the user's beginning, the servers, the events. Adding a member once more only
-- tells the servers again.
--
-- KEYS[1]  the state: a hash; KEYS[2] the members: a hash; KEYS[3] the cursors: a hash; KEYS[4] the group's servers: a set
-- KEYS[5]  the user's connections: a hash, which on a cluster lies in another slot
-- ARGV[1]  milliseconds since 1970; empty: this server's clock. For tests
-- ARGV[2]  milliseconds: when the caller wrote the user's own list of groups
-- ARGV[3]  the conversation
-- ARGV[4]  user; ARGV[5] the same, percent-encoded
-- ARGV[6]  who adds
-- ARGV[7]  version: a random text
-- ARGV[8]  so many members are allowed
--
-- Reply    {ok, members, mode}; {missing}: no such group; {member}, {owner}: who adds is none; {clock}: the list was written
--          too long ago; {full}

local now = clock(ARGV[1])
local state = redis.call('HMGET', KEYS[1], 'kind', 'owner', 'seq', 'mode')
if state[1] ~= 'group' then return {'missing'} end
if redis.call('HEXISTS', KEYS[2], ARGV[6]) == 0 then return {'member'} end
if state[2] ~= ARGV[6] then return {'owner'} end
if math.abs(now - tonumber(ARGV[2])) > 30000 then return {'clock'} end
if not tonumber(state[3]) then return redis.error_reply('UNREADABLE state of a group') end

if redis.call('HEXISTS', KEYS[2], ARGV[4]) == 0 then
    if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[8]) then return {'full'} end
    redis.call('HSET', KEYS[3], 'received:' .. ARGV[4], state[3], 'read:' .. ARGV[4], state[3])
    redis.call('HSET', KEYS[2], ARGV[4], state[3])
    redis.call('HSET', KEYS[1], 'version', ARGV[7], 'count', redis.call('HLEN', KEYS[2]))
end

local servers = {}
collect(servers, 'HVALS', KEYS[5])
for server in pairs(servers) do redis.call('SADD', KEYS[4], server) end
publish(servers, joined(ARGV[3], ARGV[5], KEYS[1], KEYS[3], ARGV[4]))
return {'ok', redis.call('HLEN', KEYS[2]), state[4]}

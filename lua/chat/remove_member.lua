-- Removes a member from a group, and tells the group's servers. When the owner leaves, whoever has been a member longest owns it.
--
-- Atomically, and in one order with messages: what is sent later is behind the removal on every server's channel.
--
-- KEYS[1]  the state: a hash; KEYS[2] the members: a hash; KEYS[3] the cursors: a hash; KEYS[4] the group's servers: a set
-- KEYS[5]  the user's connections: a hash, which on a cluster lies in another slot
-- ARGV[1]  the conversation
-- ARGV[2]  user; ARGV[3] the same, percent-encoded
-- ARGV[4]  who removes: the owner, or the user himself
-- ARGV[5]  version: a random text
--
-- Reply    {ok, members, mode}, also when he was none; {missing}: no such group; {member}, {owner}: who removes is none

local state = redis.call('HMGET', KEYS[1], 'kind', 'owner', 'mode')
if state[1] ~= 'group' then return {'missing'} end
if ARGV[4] ~= ARGV[2] then
    if redis.call('HEXISTS', KEYS[2], ARGV[4]) == 0 then return {'member'} end
    if state[2] ~= ARGV[4] then return {'owner'} end
end
if redis.call('HDEL', KEYS[2], ARGV[2]) == 0 then return {'ok', redis.call('HLEN', KEYS[2]), state[3]} end
redis.call('HDEL', KEYS[3], 'received:' .. ARGV[2], 'read:' .. ARGV[2])
local count = redis.call('HLEN', KEYS[2])
redis.call('HSET', KEYS[1], 'version', ARGV[5], 'count', count)
if state[2] == ARGV[2] and count > 0 then
    local members = redis.call('HGETALL', KEYS[2])
    local longest = 1
    for index = 3, #members, 2 do
        if (tonumber(members[index + 1]) or 0) < (tonumber(members[longest + 1]) or 0) then longest = index end
    end
    redis.call('HSET', KEYS[1], 'owner', members[longest])
end

local servers = {}
collect(servers, 'SMEMBERS', KEYS[4])
collect(servers, 'HVALS', KEYS[5])
publish(servers, table.concat({'left', ARGV[1], ARGV[3]}, ' ') .. '\n')
return {'ok', count, state[3]}

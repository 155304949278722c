-- Moves the cursors of a user in a conversation: forward only, and never beyond what there is. Tells the members' servers.
--
-- Atomically: reads, compares, writes. What is read has been received.
--
-- KEYS[1]  the state: a hash
-- KEYS[2]  the cursors: a hash
-- KEYS[3…] of a group its members (a hash) and servers (a set); of a pair the connections of both (hashes), which on a cluster
--          lie in other slots
-- ARGV[1]  the conversation
-- ARGV[2]  to whom the event goes: names, or *
-- ARGV[3]  user; ARGV[4] the same, percent-encoded
-- ARGV[5]  received up to this number, ARGV[6] read up to this number; 0: as before
-- ARGV[7]  the epoch in which the user was given these numbers; empty: the present one
-- ARGV[8]  a group of more members than so many is not told
-- ARGV[9]  the user's connection that says so, or -
--
-- Reply    {ok, received, read}; {missing}: there is no such conversation; {member}: the user is none

local state = redis.call('HMGET', KEYS[1], 'kind', 'seq', 'epoch', 'count')
local isGroup = ARGV[2] == '*'
if state[1] ~= (isGroup and 'group' or 'pair') then return {'missing'} end
if isGroup and redis.call('HEXISTS', KEYS[3], ARGV[3]) == 0 then return {'member'} end

local last = tonumber(state[2])
if not last then return redis.error_reply('UNREADABLE state of a conversation') end
if ARGV[7] ~= '' and ARGV[7] ~= state[3] then
    -- What came after that epoch he was not given.
    local given, isKnown = string.match(ARGV[7], '^[^@]*'), false
    for id, number in string.gmatch(state[3] or '', '([^@,]+)@(%d+)') do
        isKnown = isKnown or id == given
        if not isKnown then last = math.min(last, number - 1) end
    end
    if not isKnown then last = 0 end
end
local before = redis.call('HMGET', KEYS[2], 'received:' .. ARGV[3], 'read:' .. ARGV[3])
local wasReceived, wasRead = tonumber(before[1] or 0) or 0, tonumber(before[2] or 0) or 0
local read = math.max(wasRead, math.min(tonumber(ARGV[6]), last))
local received = math.max(wasReceived, read, math.min(tonumber(ARGV[5]), last))
if received == wasReceived and read == wasRead then return {'ok', received, read} end
redis.call('HSET', KEYS[2], 'received:' .. ARGV[3], received, 'read:' .. ARGV[3], read)
if isGroup and (tonumber(state[4]) or 0) > tonumber(ARGV[8]) then return {'ok', received, read} end

local servers = {}
for index = isGroup and 4 or 3, 4 do collect(servers, isGroup and 'SMEMBERS' or 'HVALS', KEYS[index]) end
publish(servers, table.concat({'receipt', ARGV[1], ARGV[2], ARGV[9], ARGV[4], received, read}, ' ') .. '\n')
return {'ok', received, read}

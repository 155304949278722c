-- Compares what a server has seen of a conversation with what is stored. Where something that was seen is gone, a new epoch begins.
--
-- Atomically: of many that find it out one declares it. From the first number of the new epoch on everything is new, even where
-- the same numbers were seen before; cursors go back to before it; numbers go on from the latest that was seen.
--
-- KEYS[1]  the state: a hash
-- KEYS[2]  the cursors: a hash
-- KEYS[3]  the log of the day of what was seen; KEYS[4] today's
-- KEYS[5…] of a group its servers (a set); of a pair the connections of both (hashes), which on a cluster lie in other slots
-- ARGV[1]  the conversation
-- ARGV[2]  to whom the event goes: names, or *
-- ARGV[3]  the latest number that was seen
-- ARGV[4]  milliseconds of its message, -1: not known
-- ARGV[5]  its epoch
-- ARGV[6]  a random id for a new epoch
--
-- Reply    {epoch, latest number, 1 declared now | 0 not}; null: there is no such conversation

local state = redis.call('HMGET', KEYS[1], 'epoch', 'seq')
if not state[1] then return false end
local epoch, stored = state[1], tonumber(state[2])
if not stored then return redis.error_reply('UNREADABLE state of a conversation') end
local floor, seen = tonumber(ARGV[3]), tonumber(ARGV[4])

local lost = stored < floor
if not lost and epoch == ARGV[5] and seen >= 0 then
    local entry = redis.call('XRANGE', KEYS[3], floor .. '-0', floor .. '-0')[1]
    lost = entry ~= nil and tonumber(entry[2][8]) ~= seen
end
if not lost then return {epoch, stored, 0} end

-- What was written after what was seen, and has no later number, nobody who saw that knows of.
local since = math.min(stored + 1, floor)
local function search(log)
    local last = math.min(stored, floor)
    while last > 0 do
        local entries = redis.call('XREVRANGE', log, last .. '-0', '-', 'COUNT', 100)
        for _, entry in ipairs(entries) do
            if (tonumber(entry[2][8]) or 0) <= seen then return end
            last = tonumber(string.match(entry[1], '^%d+'))
            since = math.min(since, last)
        end
        if #entries < 100 then return end
        last = last - 1
    end
end
if seen >= 0 then
    search(KEYS[4])
    if KEYS[3] ~= KEYS[4] then search(KEYS[3]) end
end

epoch, stored = begin(epoch, ARGV[6], since), math.max(stored, floor)
redis.call('HSET', KEYS[1], 'epoch', epoch, 'seq', stored)
local cursors = redis.call('HGETALL', KEYS[2])
for index = 1, #cursors, 2 do
    if (tonumber(cursors[index + 1]) or 0) >= since then redis.call('HSET', KEYS[2], cursors[index], since - 1) end
end

local servers = {}
for index = 5, #KEYS do collect(servers, ARGV[2] == '*' and 'SMEMBERS' or 'HVALS', KEYS[index]) end
publish(servers, table.concat({'reset', ARGV[1], ARGV[2], epoch, stored}, ' ') .. '\n')
return {epoch, stored, 1}

-- Appends a message to a conversation, once, and hands it to the servers that hold its recipients.
--
-- Atomically: the next sequence number, the log, the record by which a repetition is known, the sender's own cursors, the events.
-- A repetition appends nothing and hands the first message on again. When the caller has seen a later number than is stored,
-- Redis has lost something: a new epoch begins, and numbers go on from what was seen.
--
-- KEYS[1]  the state: a hash
-- KEYS[2]  its days: a sorted set, scored by the first number of each
-- KEYS[3]  the day's log: a stream; the entry of number n is n-0
-- KEYS[4]  the day's messages by sender and identifier: a hash of numbers
-- KEYS[5]  the same of the day before
-- KEYS[6]  the log of the day before
-- KEYS[7]  the cursors: a hash
-- KEYS[8…] of a group its members (a hash) and servers (a set); of a pair the connections of both (hashes), which on a cluster
--          lie in other slots
-- ARGV[1]  milliseconds since 1970; empty: this server's clock. For tests
-- ARGV[2]  milliseconds: when the caller noted the conversation with the recipients
-- ARGV[3]  the day of the log
-- ARGV[4]  milliseconds: when the caller's today began
-- ARGV[5]  milliseconds that a day's log lives
-- ARGV[6]  the first day that is kept
-- ARGV[7]  the conversation
-- ARGV[8]  to whom the event goes: names, or *
-- ARGV[9]  sender; ARGV[10] the same, percent-encoded
-- ARGV[11] identifier; ARGV[12] text
-- ARGV[13] the sender's connection, or -
-- ARGV[14] the latest number that the caller has seen, 0: none
-- ARGV[15] a random id for a new epoch
-- ARGV[16] of a group: its version, by which the caller knew with whom to note it, or read: with nobody; of a pair: empty
-- ARGV[17] 1: the caller has noted it now; 0: of a group whose messages were noted a moment ago, nothing
-- ARGV[18…] of a pair: both names
--
-- Reply    {ok, now, number, milliseconds of the message, epoch, 0 new | 1 repeated, 1 the members' servers have still to be told
--          of the group | 0, servers that did not hear…}
--          {clock, now}: the caller's clock is off; {day, now, day}: the log goes on in this later day; {missing, now}: no such
--          group; {member, now}: the sender is none; {version, now}: the group is another by now; {note, now}: it has to be noted

local now = clock(ARGV[1])
local today = tonumber(ARGV[4])
if math.abs(now - tonumber(ARGV[2])) > 10000 or now < today or now >= today + 86400000 then return {'clock', now} end
local newest = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
local day = ARGV[3]
if newest[1] and newest[1] > day then return {'day', now, newest[1]} end

local user, identifier = ARGV[9], ARGV[11]
local state = redis.call('HMGET', KEYS[1], 'kind', 'seq', 'epoch', 'mode', 'version', 'a', 'b', 'unwelcomed', 'noted')
local isGroup = ARGV[16] ~= ''
if isGroup then
    if state[1] ~= 'group' then return {'missing', now} end
    if redis.call('HEXISTS', KEYS[8], user) == 0 then return {'member', now} end
    if ARGV[16] ~= (state[4] == 'read' and 'read' or state[5]) then return {'version', now} end
    -- Kept here, since what has lost those notes has lost this, too.
    if ARGV[17] == '0' and now - (tonumber(state[9]) or 0) > 5000 then return {'note', now} end
elseif state[1] and (state[1] ~= 'pair' or state[6] ~= ARGV[18] or state[7] ~= ARGV[19]) then
    return {'member', now}
end
local previous, epoch = tonumber(state[2] or 0), state[3] or begin(nil, ARGV[15], 1)
if not previous then return redis.error_reply('UNREADABLE state of a conversation') end

local servers = {}
if isGroup then
    collect(servers, 'SMEMBERS', KEYS[9])
else
    collect(servers, 'HVALS', KEYS[8])
    collect(servers, 'HVALS', KEYS[9])
end

local function finish(number, at, text, isRepeat)
    local event = table.concat({'message', ARGV[7], ARGV[8], epoch, number, at, isRepeat, ARGV[13], ARGV[10], #identifier}, ' ')
    local deaf = publish(servers, event .. '\n' .. identifier .. text)
    return {'ok', now, number, at, epoch, isRepeat, state[8] and 1 or 0, unpack(deaf)}
end

local sent = ARGV[10] .. '/' .. identifier
for index = 4, 5 do
    local number = tonumber(redis.call('HGET', KEYS[index], sent) or '')
    if number then
        local entry = redis.call('XRANGE', KEYS[index == 4 and 3 or 6], number .. '-0', number .. '-0')[1]
        local fields = entry and entry[2]
        if fields and fields[2] == user and fields[4] == identifier then
            return finish(number, tonumber(fields[8]), fields[6], 1)
        end
    end
end

local cursors = redis.call('HMGET', KEYS[7], 'received:' .. user, 'read:' .. user)
local floor = math.max(tonumber(ARGV[14]), tonumber(newest[2] or 0))
local number = previous + 1
local function append()
    if floor > previous then epoch, number = begin(state[3], ARGV[15], previous + 1), floor + 1 end
    return redis.pcall('XADD', KEYS[3], number .. '-0', 'from', user, 'id', identifier, 'text', ARGV[12], 'at', now)
end
local added = append()
if added.err then
    -- The log may know of more than the state does.
    local last = redis.pcall('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
    local latest = not last.err and last[1] and tonumber(string.match(last[1][1], '^%d+'))
    if not latest or latest < number then return redis.error_reply(added.err) end
    floor = latest
    added = append()
    if added.err then return redis.error_reply(added.err) end
end

redis.call('HSET', KEYS[4], sent, number)
redis.call('HSET', KEYS[1], 'seq', number, 'epoch', epoch)
if not state[1] then redis.call('HSET', KEYS[1], 'kind', 'pair', 'a', ARGV[18], 'b', ARGV[19]) end
if isGroup and ARGV[16] ~= 'read' and ARGV[17] == '1' then redis.call('HSET', KEYS[1], 'noted', ARGV[2]) end
if redis.call('XLEN', KEYS[3]) == 1 then redis.call('PEXPIRE', KEYS[3], ARGV[5]) end
if redis.call('HLEN', KEYS[4]) == 1 then redis.call('PEXPIRE', KEYS[4], 172800000) end
if newest[1] ~= day then
    redis.call('ZADD', KEYS[2], number, day)
    for _, known in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
        if known < ARGV[6] then redis.call('ZREM', KEYS[2], known) end
    end
end
for index, name in ipairs({'received:', 'read:'}) do
    if tonumber(cursors[index] or 0) == previous then redis.call('HSET', KEYS[7], name .. user, number) end
end
return finish(number, now, ARGV[12], 0)

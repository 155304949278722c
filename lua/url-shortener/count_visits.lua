-- Adds what one entry of the stream says to the counters of its links; the same entry again adds nothing.
--
-- Atomically. The entries of a link come in the order of their identifiers, so a link that has counted this one or a later one
-- has counted this one: the identifier fences off whoever comes late. When this server is another process than the one that the
-- entry was read from (a restart, a failover), links may have lost what entries before this one said: then nothing is added.
--
-- KEYS     for each link two: its counters, a hash; its visitors, a HyperLogLog. On a cluster: links of one slot.
-- ARGV[1]  identifier of the entry, milliseconds-sequence
-- ARGV[2]  the server from which it was read: see read_visits.lua
-- ARGV[3]  so many referrers of a link are told apart; the rest is counted together
-- ARGV[4…] for each link: the moment of its last visit in milliseconds since 1970 (0: none), how many counters, how many
--          referrers, how many visitors (at most 5000); then the counters and the referrers, each as a pair of name and what
--          to add; then the visitors
--
-- Reply    for each link: 1 counted; the identifier of the last entry it has counted, when this is no later one;
--          -1 it can never be counted, since something else lies under its keys
--
-- Stored   batch: the last entry; last: the last visit; botVisits, day:…, country:…, referrer:…; referrers: how many of these are
--          told apart, referrer:other is not among them

local function parts(identifier)
    local milliseconds, sequence = string.match(identifier, '^(%d+)-(%d+)$')
    return tonumber(milliseconds), tonumber(sequence)
end

if ARGV[2] ~= string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') then
    return redis.error_reply('OTHERSERVER the entry was read from another server')
end

local entry, most_referrers = ARGV[1], tonumber(ARGV[3])
local milliseconds, sequence = parts(entry)
local other = 'referrer:other'

local function is_counted(batch)
    local last_milliseconds, last_sequence = parts(batch)
    if not last_milliseconds then return false end
    return milliseconds < last_milliseconds or (milliseconds == last_milliseconds and sequence <= last_sequence)
end

-- Reply for one link; or nil and an error that may pass.
local function refusal(message)
    if string.find(message, 'WRONGTYPE', 1, true) or string.find(message, 'INVALIDOBJ', 1, true) then return -1 end
    return nil, message
end

-- Of one link, whose counters begin at `first` and whose referrers end before `visitors_start`. What is added up here stays
-- below 2^53, so numbers are exact.
local function count(link, last, first, referrers_start, visitors_start, visitors_end)
    local names = {'batch', 'last'}
    for index = first, visitors_start - 1, 2 do names[#names + 1] = ARGV[index] end
    local has_referrers = referrers_start < visitors_start
    if has_referrers then
        names[#names + 1] = 'referrers'
        names[#names + 1] = other
    end
    local stored = redis.pcall('HMGET', KEYS[2 * link - 1], unpack(names))
    if stored.err then return refusal(stored.err) end
    if stored[1] and is_counted(stored[1]) then return stored[1] end

    if visitors_start <= visitors_end then
        local added = redis.pcall('PFADD', KEYS[2 * link], unpack(ARGV, visitors_start, visitors_end))
        if type(added) == 'table' then return refusal(added.err) end
    end

    local values = {'batch', entry}
    local function put(name, value)
        values[#values + 1] = name
        values[#values + 1] = string.format('%d', value)
    end
    if tonumber(last) > (tonumber(stored[2]) or 0) then
        values[3] = 'last'
        values[4] = last
    end
    for index = first, referrers_start - 1, 2 do
        put(ARGV[index], (tonumber(stored[3 + (index - first) / 2]) or 0) + ARGV[index + 1])
    end
    if has_referrers then
        local known, rest = tonumber(stored[#names - 1]) or 0, 0
        local told_apart = known
        for index = referrers_start, visitors_start - 1, 2 do
            local name, before = ARGV[index], tonumber(stored[3 + (index - first) / 2])
            if name == other or (not before and told_apart >= most_referrers) then
                rest = rest + ARGV[index + 1]
            else
                if not before then told_apart = told_apart + 1 end
                put(name, (before or 0) + ARGV[index + 1])
            end
        end
        if told_apart > known then put('referrers', told_apart) end
        if rest > 0 then put(other, (tonumber(stored[#names]) or 0) + rest) end
    end
    local written = redis.pcall('HSET', KEYS[2 * link - 1], unpack(values))
    if type(written) == 'table' then return refusal(written.err) end
    return 1
end

local replies, start = {}, 4
for link = 1, #KEYS / 2 do
    local first = start + 4
    local referrers_start = first + 2 * ARGV[start + 1]
    local visitors_start = referrers_start + 2 * ARGV[start + 2]
    local visitors_end = visitors_start + ARGV[start + 3] - 1
    local reply, failure = count(link, ARGV[start], first, referrers_start, visitors_start, visitors_end)
    if failure then return redis.error_reply(failure) end
    replies[link] = reply
    start = visitors_end + 1
end
return replies

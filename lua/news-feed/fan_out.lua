-- Brings a post into timelines. Where it is already nothing changes.
--
-- Atomically for all of them: the post is there (a deletion wins, as what comes after it finds none), and each timeline agrees
-- with its state. A user without a state is not active: his timeline is built when he comes back.
--
-- KEYS[1]  the post
-- KEYS[2…] for each follower two: the state, a hash; the timeline, a sorted set, newest first. On a cluster: of one slot, and
--          the caller looks for the post
-- ARGV[1]  the post, as it lies in sorted sets
-- ARGV[2]  so many entries a timeline keeps
-- ARGV[3]  it is shortened to that when it has more than so many
-- ARGV[4]  milliseconds that a timeline lives without being read
--
-- Reply    how many timelines have it now that had not; -1 there is no such post

if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end

local member, kept, longest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

-- Byte by byte: Lua's own comparison follows the server's locale.
local function precedes(left, right)
    for index = 1, math.min(#left, #right) do
        local a, b = string.byte(left, index), string.byte(right, index)
        if a ~= b then return a < b end
    end
    return #left < #right
end

local function shorten(state, timeline, count)
    local removed = redis.call('ZRANGE', timeline, kept, kept)[1]
    -- Less what goes, rather than what is left: an entry that was lost has to go on missing in the count.
    redis.call('HSET', state, 'entries', count - redis.call('ZREMRANGEBYRANK', timeline, kept, -1))
    local watermark = redis.call('HGET', state, 'watermark')
    if watermark and removed and precedes(removed, watermark) then redis.call('HSET', state, 'watermark', removed) end
end

local written = 0
for index = 2, #KEYS, 2 do
    local state, timeline = KEYS[index], KEYS[index + 1]
    local entries = redis.pcall('HGET', state, 'entries')
    if entries then
        local added = not entries.err and redis.pcall('ZADD', timeline, 0, member) or entries
        if added == 1 then
            written = written + 1
            local count = redis.call('HINCRBY', state, 'entries', 1)
            if count == 1 then redis.call('PEXPIRE', timeline, ARGV[4]) end
            if count > longest then shorten(state, timeline, count) end
        elseif added ~= 0 then
            if not string.find(added.err, 'WRONGTYPE', 1, true) then return redis.error_reply(added.err) end
            -- Something else lies there. Without a state it is built anew.
            redis.call('DEL', state, timeline)
        end
    end
end
return written

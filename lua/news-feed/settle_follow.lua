-- Brings the posts of an author who is followed since lately into the timeline, and notes that he is settled.
--
-- Atomically, and only when the timeline is the one that the caller has looked at. Where there is none, it is built when the
-- user comes back, from the author's list too.
--
-- KEYS[1]  the timeline: a sorted set, newest first
-- KEYS[2]  its state: a hash of entries, watermark, epoch, began
-- KEYS[3]  the authors whose following is unsettled: a hash of author and version
-- ARGV[1]  the author
-- ARGV[2]  the version since which he is followed
-- ARGV[3]  the epoch that the caller has seen; empty: there was no state
-- ARGV[4]  the author's posts were read as far as this; ~: all of them
-- ARGV[5]  so many entries a timeline keeps
-- ARGV[6]  it is shortened to that when it has more than so many
-- ARGV[7]  milliseconds that a timeline lives without being read
-- ARGV[8…] the author's posts, as they lie in sorted sets
--
-- Reply    1 settled; 0 he is settled already, or followed no more; -1 it is another timeline by now, or is being built

-- Byte by byte: Lua's own comparison follows the server's locale.
local function precedes(left, right)
    for index = 1, math.min(#left, #right) do
        local a, b = string.byte(left, index), string.byte(right, index)
        if a ~= b then return a < b end
    end
    return #left < #right
end

if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] then return 0 end
local stored = redis.call('HMGET', KEYS[2], 'epoch', 'watermark', 'entries')
local watermark = stored[2]
if (stored[1] or '') ~= ARGV[3] or watermark == '' then return -1 end

if watermark then
    local count = tonumber(stored[3])
    local kept, longest = tonumber(ARGV[5]), tonumber(ARGV[6])
    for index = 8, #ARGV do count = count + redis.call('ZADD', KEYS[1], 0, ARGV[index]) end
    if precedes(ARGV[4], watermark) then watermark = ARGV[4] end
    if count > longest then
        local removed = redis.call('ZRANGE', KEYS[1], kept, kept)[1]
        count = count - redis.call('ZREMRANGEBYRANK', KEYS[1], kept, -1)
        if removed and precedes(removed, watermark) then watermark = removed end
    end
    redis.call('HSET', KEYS[2], 'entries', count, 'watermark', watermark)
    if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[7]) end
end
redis.call('HDEL', KEYS[3], ARGV[1])
return 1

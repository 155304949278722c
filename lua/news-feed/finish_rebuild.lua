-- Ends the building of a timeline: adds what was read from the authors' lists to what fan-outs have written meanwhile.
--
-- Atomically, and only for whoever began last.
--
-- KEYS[1]  the timeline: a sorted set, newest first
-- KEYS[2]  its state: a hash of entries, watermark, epoch, began
-- KEYS[3]  the authors whose following is unsettled: a hash of author and version
-- ARGV[1]  epoch
-- ARGV[2]  watermark: what lies before it was read completely
-- ARGV[3]  so many entries a timeline keeps
-- ARGV[4]  milliseconds that a timeline lives without being read
-- ARGV[5]  how many authors are settled by this
-- ARGV[6…] these, each with version; then the entries, newest first
--
-- Reply    1 done, 0 another has begun since

-- Byte by byte: Lua's own comparison follows the server's locale.
local function precedes(left, right)
    for index = 1, math.min(#left, #right) do
        local a, b = string.byte(left, index), string.byte(right, index)
        if a ~= b then return a < b end
    end
    return #left < #right
end

if redis.call('HGET', KEYS[2], 'epoch') ~= ARGV[1] then return 0 end

local watermark, kept = ARGV[2], tonumber(ARGV[3])
-- Counted on from what fan-outs have counted, rather than taken from the timeline: what of theirs was lost has to show.
local count = tonumber(redis.call('HGET', KEYS[2], 'entries'))
local first = 6 + 2 * tonumber(ARGV[5])
-- The oldest first, so that each comes to the front of a listpack: Redis goes through it to where the new one belongs.
for last = #ARGV, first, -1000 do
    local pairs = {}
    for index = last, math.max(last - 999, first), -1 do
        pairs[#pairs + 1] = 0
        pairs[#pairs + 1] = ARGV[index]
    end
    count = count + redis.call('ZADD', KEYS[1], unpack(pairs))
end
local removed = redis.call('ZRANGE', KEYS[1], kept, kept)[1]
if removed then
    count = count - redis.call('ZREMRANGEBYRANK', KEYS[1], kept, -1)
    if precedes(removed, watermark) then watermark = removed end
end
redis.call('HSET', KEYS[2], 'entries', count, 'watermark', watermark)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
for index = 6, first - 1, 2 do
    if redis.call('HGET', KEYS[3], ARGV[index]) == ARGV[index + 1] then redis.call('HDEL', KEYS[3], ARGV[index]) end
end
return 1

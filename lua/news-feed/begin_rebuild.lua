-- Begins to build a timeline anew: from now on fan-outs write to it again, and what they wrote before is found in the authors'
-- own lists, which the caller reads next.
--
-- KEYS[1]  the timeline: a sorted set
-- KEYS[2]  its state: a hash of entries, watermark (empty: being built), epoch, began
-- KEYS[3]  the authors whose following is unsettled: a hash of author and version
-- ARGV[1]  epoch: a random text, by which the caller is known when it is done
-- ARGV[2]  milliseconds for which another's building is waited for
-- ARGV[3]  milliseconds that a timeline lives without being read
--
-- Reply    the unsettled; null: it is whole, or another builds it

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local stored = redis.pcall('HMGET', KEYS[2], 'entries', 'watermark', 'began')
if not stored.err and stored[1] and stored[2] then
    if stored[2] == '' then
        local age = now - (tonumber(stored[3]) or 0)
        if age >= 0 and age < tonumber(ARGV[2]) then return false end
    else
        local count = redis.pcall('ZCARD', KEYS[1])
        if count == tonumber(stored[1]) then return false end
    end
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[2], 'entries', 0, 'watermark', '', 'epoch', ARGV[1], 'began', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return redis.call('HGETALL', KEYS[3])

-- Reads a part of a user's timeline, if it is whole, and what is needed to judge it.
--
-- Atomically: the entries and the watermark belong together. An entry that is missing shows in the count.
--
-- KEYS[1]  the timeline: a sorted set, newest first
-- KEYS[2]  its state: a hash of entries, watermark, epoch, began
-- KEYS[3]  what changes whenever it changes whom the user follows
-- KEYS[4]  the authors whose following is unsettled: a hash of author and version
-- ARGV[1]  where to begin: - or ( and an entry
-- ARGV[2]  how many
-- ARGV[3]  milliseconds that a timeline lives without being read
-- ARGV[4]  the lifetime is renewed when less than this is left of it
--
-- Reply    {version of KEYS[3], unsettled, epoch, watermark, entries}: complete is what lies before the
--          watermark; {version, unsettled}: there is no timeline that can be relied on

local version, unsettled = redis.call('GET', KEYS[3]) or '', redis.call('HGETALL', KEYS[4])

local stored = redis.pcall('HMGET', KEYS[2], 'entries', 'watermark', 'epoch')
if stored.err or not stored[1] or not stored[2] or stored[2] == '' then return {version, unsettled} end
local count = redis.pcall('ZCARD', KEYS[1])
if count ~= tonumber(stored[1]) then return {version, unsettled} end

if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[4]) then
    redis.call('PEXPIRE', KEYS[2], ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
local entries = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], '+', 'LIMIT', 0, ARGV[2])
return {version, unsettled, stored[3] or '', stored[2], entries}

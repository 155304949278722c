-- Writes the policies that an instance is configured with, once for each life of the data: at its start, and again when
-- Redis has lost everything.
--
-- Atomically: begins the epoch and the revision if there are none, and writes all of the instance's policies.
--
-- KEYS[1]  the hash of policies, by name
-- KEYS[2]  the revision of all of them
-- KEYS[3]  the epoch: a random text that is there as long as the data is
-- ARGV[1]  a random text, the epoch if there is none
-- ARGV[2]  a random number, the revision if there is no epoch: none that was there before is ever reached by counting up
-- ARGV[3]  the epoch in which the caller has written already; empty: none
-- ARGV[4]  the channel on which instances listen
-- ARGV[5]  the message
-- ARGV[6]… pairs of name and policy, JSON
--
-- Reply    the epoch

local epoch = redis.call('GET', KEYS[3])
local changed = false
if not epoch then
    epoch = ARGV[1]
    redis.call('SET', KEYS[3], epoch)
    redis.call('SET', KEYS[2], ARGV[2])
    changed = true
end
if epoch == ARGV[3] then return epoch end

for index = 6, #ARGV, 2 do
    if redis.call('HGET', KEYS[1], ARGV[index]) ~= ARGV[index + 1] then
        redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
        changed = true
    end
end
if changed then
    redis.call('INCR', KEYS[2])
    redis.call('PUBLISH', ARGV[4], ARGV[5])
end
return epoch

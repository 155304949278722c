-- Fixed window: admits capacity requests in each window, and windows follow one another on the clock.
--
-- Kept for comparison. It lets through up to twice its capacity within one period: all of one window at its end, and
-- all of the next at its beginning.
--
-- Atomically: reads the counter, decides, counts. A refusal counts nothing.
--
-- KEYS[1]  the counter
-- ARGV[1]  capacity: requests in each window, 1 or more
-- ARGV[2]  not used (refill_tokens of a token bucket)
-- ARGV[3]  period: length of the window in microseconds
-- ARGV[4]  cost: requests, 1 to capacity
-- ARGV[5]  optional, for replay and tests: now, microseconds since 1970 (otherwise the server's clock)
-- ARGV[6]  optional: 'look' answers for `cost` and takes nothing
--
-- Reply    {limited 0|1, limit, remaining, retry_after_us or -1 when not limited, reset_after_us until the next window}
--
-- Stored   "start used": the beginning of the window in microseconds since 1970, and what was admitted in it.

local capacity, period, cost = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not (capacity and period and cost and cost >= 1 and cost <= capacity and period >= 1
        and capacity % 1 == 0 and period % 1 == 0 and cost % 1 == 0) then
    return redis.error_reply('ERR fixed_window wants capacity, period in us, cost from 1 to capacity')
end

local now = tonumber(ARGV[5] or '')
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

local start, used, moved = now - now % period, 0, false
local stored = redis.call('GET', KEYS[1])
if stored then
    local stored_start, stored_used = string.match(stored, '^(%d+) (%d+)$')
    stored_start = tonumber(stored_start)
    -- Later than `start` when the clock went back, or the period has become longer: what was admitted still counts, in
    -- this window, and no longer.
    if stored_start >= start then used, moved = tonumber(stored_used), stored_start > start end
end

local limited = used + cost > capacity
local taken = not limited and ARGV[6] ~= 'look'
if taken then used = used + cost end

local until_next = start + period - now
local lifetime = math.ceil(until_next / 1000) + 1000
if taken or moved then
    redis.call('SET', KEYS[1], string.format('%d %d', start, used), 'PX', lifetime)
elseif used > 0 and redis.call('PTTL', KEYS[1]) * 1000 < until_next then
    -- The period has become longer.
    redis.call('PEXPIRE', KEYS[1], lifetime)
end

return {limited and 1 or 0, capacity, math.max(0, capacity - used), limited and until_next or -1, used > 0 and until_next or 0}

-- Sliding window: admits `cost` requests when, with them, no window of the period's length holds more than capacity.
--
-- Atomically: forgets what has left the window, counts, decides, appends. A refusal appends nothing. Exact, at the price
-- of one entry for each admitted request.
--
-- KEYS[1]  the log
-- ARGV[1]  capacity: requests in any window, 1 to 100000
-- ARGV[2]  not used (refill_tokens of a token bucket)
-- ARGV[3]  period: length of the window in microseconds
-- ARGV[4]  cost: requests, 1 to capacity
-- ARGV[5]  optional, for replay and tests: now, microseconds since 1970 (otherwise the server's clock)
-- ARGV[6]  optional: 'look' answers for `cost` and takes nothing
--
-- Reply    {limited 0|1, limit, remaining, retry_after_us or -1 when not limited, reset_after_us until empty}
--
-- Stored   a list of the moments of admission in microseconds, oldest first.

local capacity, period, cost = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not (capacity and period and cost and cost >= 1 and cost <= capacity and period >= 1 and capacity <= 100000
        and capacity % 1 == 0 and period % 1 == 0 and cost % 1 == 0) then
    return redis.error_reply('ERR sliding_window wants capacity up to 100000, period in us, cost from 1 to capacity')
end

local now = tonumber(ARGV[5] or '')
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

local lifetime = math.ceil(period / 1000) + 1000

local function append(moments)
    -- `unpack` is bounded by Lua's stack.
    for first = 1, #moments, 1000 do
        redis.call('RPUSH', KEYS[1], unpack(moments, first, math.min(first + 999, #moments)))
    end
    redis.call('PEXPIRE', KEYS[1], lifetime)
end

local count = redis.call('LLEN', KEYS[1])
local newest = count > 0 and tonumber(redis.call('LINDEX', KEYS[1], -1)) or 0

if newest > now then
    -- The clock went back. Never wait for it to catch up: what seems to come from the future counts from now on.
    local moments = redis.call('LRANGE', KEYS[1], 0, -1)
    for index, moment in ipairs(moments) do
        moments[index] = string.format('%d', math.min(tonumber(moment), now))
    end
    redis.call('DEL', KEYS[1])
    append(moments)
    newest = now
end

local gone = 0
if count > 0 and newest <= now - period then
    gone = count
else
    while gone < count do
        local moments, before = redis.call('LRANGE', KEYS[1], gone, gone + 99), gone
        for _, moment in ipairs(moments) do
            if tonumber(moment) > now - period then break end
            gone = gone + 1
        end
        if gone - before < #moments then break end
    end
end

local used = count - gone
local limited = used + cost > capacity
local retry_after = -1
if limited then
    -- Room comes when the oldest so many have left.
    local last_to_leave = redis.call('LINDEX', KEYS[1], gone + used + cost - capacity - 1)
    retry_after = tonumber(last_to_leave) + period - now
end

local taken = not limited and ARGV[6] ~= 'look'
if gone > 0 and ARGV[6] ~= 'look' then redis.call('LTRIM', KEYS[1], gone, -1) end
if taken then
    local moments, moment = {}, string.format('%d', now)
    for index = 1, cost do moments[index] = moment end
    append(moments)
    used, newest = used + cost, now
end

local reset_after = used > 0 and newest + period - now or 0
if not taken and used > 0 and redis.call('PTTL', KEYS[1]) * 1000 < reset_after then
    -- The period has become longer.
    redis.call('PEXPIRE', KEYS[1], lifetime)
end
return {limited and 1 or 0, capacity, math.max(0, capacity - used), retry_after, reset_after}

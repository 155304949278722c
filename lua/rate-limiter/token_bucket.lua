-- Token bucket: takes `cost` tokens from one bucket, or none when it holds fewer.
--
-- Atomically: reads the bucket, adds the tokens that have arrived since, decides, writes. A refusal writes nothing.
--
-- KEYS[1]  the bucket
-- ARGV[1]  capacity: tokens that the bucket holds, 1 to 67108864
-- ARGV[2]  refill_tokens: tokens that arrive in each period, evenly, 1 to 67108864
-- ARGV[3]  refill_period: microseconds
-- ARGV[4]  cost: tokens, 1 to capacity
-- ARGV[5]  optional, for replay and tests: now, microseconds since 1970 (otherwise the server's clock)
-- ARGV[6]  optional: 'look' answers for `cost` and takes nothing
--
-- Reply    {limited 0|1, limit, remaining, retry_after_us or -1 when not limited, reset_after_us until full}
--
-- Stored   "missing since rest/of": so many tokens were missing at the moment `since` + rest/of microseconds, the moment
--          at which the last of them arrived; `of` is the refill_tokens of that time. Whole numbers only, below 2^53
--          throughout, so nothing is ever rounded away; and counted in tokens, so that they mean the same after the
--          policy has changed. No key: full.

local capacity, refill, period, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not (capacity and refill and period and cost and cost >= 1 and cost <= capacity and refill >= 1 and period >= 1
        and capacity <= 67108864 and refill <= 67108864 and capacity * period / refill <= 4503599627370496
        and capacity % 1 == 0 and refill % 1 == 0 and period % 1 == 0 and cost % 1 == 0) then
    return redis.error_reply('ERR token_bucket wants capacity, refill_tokens, refill_period in us, cost from 1 to capacity')
end

local now = tonumber(ARGV[5] or '')
if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000000 + time[2]
end

local missing, since, rest, clock_went_back = 0, now, 0, false

-- One token takes whole + part/refill microseconds.
local whole = math.floor(period / refill)
local part = period - whole * refill

-- Microseconds from `since` until so many tokens have arrived, rounded up to the first moment at which they are there.
local function arrival(tokens)
    return tokens * whole + math.ceil((tokens * part + rest) / refill)
end

local stored = redis.call('GET', KEYS[1])
if stored then
    local m, s, r, of = string.match(stored, '^(%d+) (%d+) ?(%d*)/?(%d*)$')
    missing, since = math.min(tonumber(m), capacity), tonumber(s)
    -- Rounded down when the policy has changed: then the next token comes no later.
    if r ~= '' then rest = math.floor(tonumber(r) * refill / tonumber(of)) end
    if since > now then
        -- Never wait for the clock to catch up: what is missing refills from now on.
        since, rest, clock_went_back = now, 0, true
    end
    local elapsed = now - since
    -- A division of doubles can be one off; the comparison of whole numbers decides.
    local arrived = math.max(0, math.min(math.floor((elapsed * refill - rest) / period), missing))
    if arrived < missing and arrival(arrived + 1) <= elapsed then
        arrived = arrived + 1
    elseif arrived > 0 and arrival(arrived) > elapsed then
        arrived = arrived - 1
    end
    missing = missing - arrived
    if missing == 0 then
        since, rest = now, 0
    elseif arrived > 0 then
        local parts = arrived * part + rest
        since = since + arrived * whole + math.floor(parts / refill)
        rest = parts % refill
    end
end

local limited = cost > capacity - missing
local taken = not limited and ARGV[6] ~= 'look'
if taken then missing = missing + cost end

local reset_after = 0
if missing > 0 then reset_after = since + arrival(missing) - now end

-- A second longer than the refill, so that the key never goes before the bucket is full.
local lifetime = math.ceil(reset_after / 1000) + 1000
if taken or clock_went_back then
    local state = string.format(rest == 0 and '%d %d' or '%d %d %d/%d', missing, since, rest, refill)
    redis.call('SET', KEYS[1], state, 'PX', lifetime)
elseif missing > 0 and redis.call('PTTL', KEYS[1]) * 1000 < reset_after then
    -- The policy refills more slowly now.
    redis.call('PEXPIRE', KEYS[1], lifetime)
end

if limited then
    return {1, capacity, capacity - missing, since + arrival(cost - (capacity - missing)) - now, reset_after}
end
return {0, capacity, capacity - missing, -1, reset_after}

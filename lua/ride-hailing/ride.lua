-- What every script that changes a ride begins with; its own file follows in the same script.
--
-- A ride and the drivers' states are looked at and written together. Each change of a ride's status raises its version, goes into
-- its history and the log of all rides, and is published.
--
-- KEYS[1]  the ride: a hash
-- KEYS[2]  its history: a list of "VERSION STATUS AT BY"
-- KEYS[3]  its offers: a hash, driver -> open, accepted, rejected, expired, withdrawn
-- KEYS[4]  when something is due: a sorted set, ride -> ms
-- KEYS[5]  the deadlines of rides without a driver: a sorted set, ride -> ms
-- KEYS[6]  the log of all rides: a stream
-- KEYS[7]  what drivers' states begin with: DRIVER -> a hash of status and ride, DRIVER:offers -> a sorted set, ride -> end in ms.
--          Which drivers a ride has offers to is known here alone, so their keys cannot be declared; they lie in the same slot
-- ARGV[1]  the ride's id
-- ARGV[2]  who asks, encoded; * for the matcher
-- ARGV[3]  the version that he saw
-- ARGV[4]  ms for which a ride that has ended is kept
-- ARGV[5]  so many entries the log keeps, about
--
-- Reply    {what came of it, the ride's fields and values, the history, drivers whose state has changed}, where there is a ride
--          done: also when the same was done before. conflict: the ride is not as it was seen. absent, forbidden

local id, by = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function pairsOf(flat)
    local fields = {}
    for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
    return fields
end

local ride = pairsOf(redis.call('HGETALL', KEYS[1]))
local isCurrent = ride.version == ARGV[3]

local moved = {}

local function answer(code)
    return {code, redis.call('HGETALL', KEYS[1]), redis.call('LRANGE', KEYS[2], 0, -1), moved}
end

-- The driver has no offer of this ride any more, and is free if he was kept for it.
local function release(driver)
    local key = KEYS[7] .. driver
    redis.call('ZREM', key .. ':offers', id)
    if redis.call('HGET', key, 'ride') == id then
        redis.call('HSET', key, 'status', 'available')
        redis.call('HDEL', key, 'ride')
        table.insert(moved, driver)
    end
end

local function openOffers()
    local open = {}
    for driver, offer in pairs(pairsOf(redis.call('HGETALL', KEYS[3]))) do
        if offer == 'open' then table.insert(open, driver) end
    end
    return open
end

local function close(how)
    local open = openOffers()
    for _, driver in ipairs(open) do
        redis.call('HSET', KEYS[3], driver, how)
        release(driver)
    end
    return open
end

-- Drivers are told that they may accept a ride from now on, or not any more.
local function publish(ride, version, status, rider, driver, opened, closed)
    redis.call('PUBLISH', 'ride-hailing:rides', table.concat({ride, version, status, rider, driver, opened, closed}, ' '))
end

local function change(status, fields, opened, closed)
    local version = (ride.version or 0) + 1
    redis.call('HSET', KEYS[1], 'status', status, 'version', version, 'did:' .. status, by, unpack(fields))
    redis.call('RPUSH', KEYS[2], version .. ' ' .. status .. ' ' .. now .. ' ' .. by)
    local rider, driver = unpack(redis.call('HMGET', KEYS[1], 'rider', 'driver'))
    opened, closed = table.concat(opened or {}, ','), table.concat(closed or {}, ',')
    redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[5], '*', 'ride', id, 'version', version, 'status', status, 'by', by,
        'driver', driver or '', 'opened', opened)
    if status ~= 'requested' and status ~= 'offered' then redis.call('ZREM', KEYS[5], id) end
    if status == 'accepted' or status == 'cancelled' or status == 'unmatched' then redis.call('ZREM', KEYS[4], id) end
    if status == 'completed' or status == 'cancelled' or status == 'unmatched' then
        for index = 1, 3 do redis.call('PEXPIRE', KEYS[index], ARGV[4]) end
    end
    publish(id, version, status, rider, driver or '', opened, closed)
    return answer('done')
end

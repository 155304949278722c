-- Records where drivers are who are in one cell now.
--
-- Atomically for each: the newest counts by its own time, what is older or says that it comes from the future is dropped; only
-- drivers who are available are found in the cell. Who has not been seen for long leaves it here, a few with each call; a cell
-- that nobody is seen in goes as a whole.
--
-- KEYS[1]   the cell's available drivers: a GEO set
-- KEYS[2]   when they were seen: a sorted set, driver -> ms
-- KEYS[3…]  for each driver two: the position, "AT SEEN CELL …"; the state, a hash. On a cluster: not of the cell's slot
-- ARGV[1]   the cell
-- ARGV[2]   ms for which a driver counts as seen
-- ARGV[3]   ms for which a position is kept
-- ARGV[4]   so many ms `at` may lie in the future
-- ARGV[5]   what channels of rides' positions begin with
-- ARGV[6…]  for each driver five: name; at, in ms since 1970, or empty: now; longitude and latitude in the GEO set; the text that
--           ends the position
--
-- Reply     for each driver: 1 recorded, 0 older than what is known, -1 from the future; or the cell that he has left

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gone = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[2], 'LIMIT', 0, 32)
if #gone > 0 then
    redis.call('ZREM', KEYS[1], unpack(gone))
    redis.call('ZREM', KEYS[2], unpack(gone))
end

-- What can be asked or written for all of them at once is: a command costs more than what it does.
local positions = {}
for number = 1, (#KEYS - 2) / 2 do positions[number] = KEYS[2 * number + 1] end
local known = redis.call('MGET', unpack(positions))
local latest = now + ARGV[4]
-- Once: writing a number costs more than looking a driver up.
local nowText = string.format('%.0f', now)
local found, seen, hidden, reply = {}, {}, {}, {}
local visible = 0
for number, position in ipairs(positions) do
    local first = 5 * number + 1
    local name = ARGV[first]
    local ownAt = tonumber(ARGV[first + 1])
    local at = ownAt or now
    local knownAt, knownCell
    if known[number] then knownAt, knownCell = string.match(known[number], '^(%d+) %d+ (%S+)') end
    knownAt = tonumber(knownAt)
    -- What is known may itself be from the future, when Redis' clock was put back.
    local isOlder = knownAt and knownAt <= latest and (at < knownAt or ownAt == knownAt)
    if at > latest then
        reply[number] = -1
    elseif isOlder then
        reply[number] = 0
    else
        local atText = ownAt and ARGV[first + 1] or nowText
        local seenAt = at < now and atText or nowText
        redis.call('SET', position, atText .. ' ' .. seenAt .. ' ' .. ARGV[1] .. ' ' .. ARGV[first + 4], 'PX', ARGV[3])
        local state = redis.call('HMGET', KEYS[2 * number + 2], 'status', 'ride')
        if state[1] == 'available' then
            found[3 * visible + 1], found[3 * visible + 2], found[3 * visible + 3] = ARGV[first + 2], ARGV[first + 3], name
            seen[2 * visible + 1], seen[2 * visible + 2] = seenAt, name
            visible = visible + 1
        elseif knownCell == ARGV[1] then
            table.insert(hidden, name)
        end
        if state[1] == 'riding' then redis.call('PUBLISH', ARGV[5] .. state[2], atText .. ' ' .. ARGV[first + 4]) end
        reply[number] = knownCell and knownCell ~= ARGV[1] and knownCell or 1
    end
end
if visible > 0 then
    redis.call('GEOADD', KEYS[1], unpack(found))
    redis.call('ZADD', KEYS[2], unpack(seen))
end
if #hidden > 0 then
    redis.call('ZREM', KEYS[1], unpack(hidden))
    redis.call('ZREM', KEYS[2], unpack(hidden))
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return reply

-- What the scripts of this folder have in common: it stands before each of them.
--
-- A server's events are numbered in the order in which they are published, so that it notices when one is missing. The counter is
-- named by what is found in Redis, and so is no declared key.

-- Milliseconds since 1970; given: for tests.
local function clock(given)
    local time = redis.call('TIME')
    return tonumber(given) or time[1] * 1000 + math.floor(time[2] / 1000)
end

-- An epoch is a text id@number, the number being the first of it; behind it, separated by commas, those before it, the latest first.
local function begin(epoch, id, number)
    local epochs = {id .. '@' .. number}
    for before in string.gmatch(epoch or '', '[^,]+') do
        if #epochs < 8 then epochs[#epochs + 1] = before end
    end
    return table.concat(epochs, ',')
end

-- Adds the servers that a key lists to a set. Of a key that is something else nothing is known.
local function collect(servers, command, key)
    local reply = redis.pcall(command, key)
    if not reply.err then for _, server in ipairs(reply) do servers[server] = true end end
end

-- The event that a user is in a group; with the group's latest number, 0 when he has received that.
local function joined(conversation, encoded, state, cursors, user)
    local epoch, seq = unpack(redis.call('HMGET', state, 'epoch', 'seq'))
    local received = tonumber(redis.call('HGET', cursors, 'received:' .. user) or 0) or 0
    if received >= (tonumber(seq) or 0) then seq = 0 end
    return table.concat({'joined', conversation, encoded, epoch or '-', seq}, ' ') .. '\n'
end

-- A server that lives keeps its counter, which begins with 1. Answers with the servers that did not hear.
local function publish(servers, event)
    local deaf = {}
    for server in pairs(servers) do
        local counter = 'chat:server:{' .. server .. '}:events'
        local number = redis.pcall('INCR', counter)
        if type(number) ~= 'number' or number <= 1 then
            redis.call('DEL', counter)
            deaf[#deaf + 1] = server
        elseif redis.call('PUBLISH', 'chat:server:' .. server, '1 ' .. number .. ' ' .. event) == 0 then
            deaf[#deaf + 1] = server
        end
    end
    return deaf
end

-- Several checks at once, of any algorithms: all are admitted, or nothing is taken anywhere.
--
-- Atomically: asks each bucket for all that is wanted of it, and takes only when every one can give. It calls the scripts
-- of the algorithms, which stand before this text as the functions token_bucket, sliding_window and fixed_window.
--
-- KEYS     the bucket of each check; the same bucket twice is asked for both costs
-- ARGV     six for each check: algorithm, capacity, refill_tokens, refill_period in us, cost, shadow 0|1
--          (a shadow check refuses nothing: what it cannot give is not taken, and the others go on)
--          then optionally, for replay and tests: now, microseconds since 1970 (otherwise the server's clock)
--
-- Reply    {refused 0|1, for each check in the order given {limited 0|1, limit, remaining, retry_after_us or -1, reset_after_us}}

local algorithms = {['token-bucket'] = token_bucket, ['sliding-window'] = sliding_window, ['fixed-window'] = fixed_window}

-- One moment for all of them.
local now = ARGV[6 * #KEYS + 1]
if not now then
    local time = redis.call('TIME')
    now = string.format('%d', time[1] * 1000000 + time[2])
end

local total = {}
for index, key in ipairs(KEYS) do
    total[key] = (total[key] or 0) + tonumber(ARGV[6 * index - 1])
end

local function ask(index, mode)
    local first = 6 * (index - 1)
    local algorithm = algorithms[ARGV[first + 1]]
    if not algorithm then return redis.error_reply('ERR check_all does not know this algorithm') end
    local key = KEYS[index]
    return algorithm({key}, {ARGV[first + 2], ARGV[first + 3], ARGV[first + 4], total[key], now, mode})
end

local refused, answers = 0, {}
for index, key in ipairs(KEYS) do
    local answer = answers[key] or ask(index, 'look')
    if answer.err then return answer end
    answers[key] = answer
    if answer[1] == 1 and ARGV[6 * index] ~= '1' then refused = 1 end
end

if refused == 0 then
    local taken = {}
    for index, key in ipairs(KEYS) do
        if not taken[key] and answers[key][1] == 0 then
            taken[key] = true
            answers[key] = ask(index, 'take')
        end
    end
end

local reply = {refused}
for index, key in ipairs(KEYS) do reply[index + 1] = answers[key] end
return reply

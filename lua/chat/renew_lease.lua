-- Renews a server's lease, registers a new server, or only reads who holds a lease.
--
-- Leases end by a clock of their own. It goes as Redis' clock does, but stands still while no server renews: nobody's lease ends
-- because nobody could renew it (Redis was paused, gone, restarted). Who registers for the first time cannot tell that from
-- servers that are gone, so for him the clock has gone on. After each such gap, and when Redis is another process or has lost what
-- it held, servers need a moment to say what they hold: until then nothing is settled, and who seems to be gone may not be.
--
-- Atomically: one clock for everyone.
--
-- KEYS[1]  leases, a sorted set: server, with the moment of the leases' clock at which its lease ends
-- KEYS[2]  the clock, a hash: `clock` at the last renewal, `at` (Redis' clock then), `run` (the process), `state` (a name of this
--          content, another one after it was lost), `settled` (by Redis' clock: from then on it is certain who is gone)
-- KEYS[3]  renewals, a hash: server, with Redis' clock at its last renewal; until a dead server has been cleared
-- ARGV[1]  the server
-- ARGV[2]  renew (refused when it has no lease any more: it was declared dead, or everything is lost), register, or read
-- ARGV[3]  milliseconds that a lease lasts
-- ARGV[4]  milliseconds of silence after which the clock stands still
-- ARGV[5]  milliseconds until all is settled
-- ARGV[6]  the state that the server knows; empty when it has never held a lease
--
-- Reply    {1, or 0 the server holds no lease; Redis' clock in ms; the leases' clock; 1 settled or 0; the state;
--          {server, end of its lease, …}; {server, last renewal, …}}

local server, mode, known = ARGV[1], ARGV[2], ARGV[6]
local slack, settling = tonumber(ARGV[4]), tonumber(ARGV[5])
local now = clock()
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')

local stored = redis.call('HMGET', KEYS[2], 'clock', 'at', 'run', 'state', 'settled')
local before = tonumber(stored[1]) or now
local passed = math.max(0, now - (tonumber(stored[2]) or now))
local settled = math.min(tonumber(stored[5]) or 0, now + settling)
local state = stored[4] or table.concat(redis.call('TIME'), '-')
local isNew = mode == 'register' and known == ''
local leaseClock = before + (isNew and passed or math.min(passed, slack))

local function unsettle() settled = now + settling end
if stored[3] and stored[3] ~= run then unsettle() end
if known ~= '' and known ~= state then unsettle() end

local own = tonumber(redis.call('ZSCORE', KEYS[1], server))
local holds = own and 1 or 0
if mode == 'register' or (mode == 'renew' and holds == 1) then
    if passed > slack then
        local held = redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%d', before), '+inf')
        if held > (own and own > before and 1 or 0) then unsettle() end
    end
    holds = 1
    redis.call('ZADD', KEYS[1], leaseClock + tonumber(ARGV[3]), server)
    redis.call('HSET', KEYS[3], server, now)
    redis.call('HSET', KEYS[2], 'clock', leaseClock, 'at', now, 'run', run, 'state', state, 'settled', settled)
end
return {
    holds, now, leaseClock, now >= settled and 1 or 0, state, redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'),
    redis.call('HGETALL', KEYS[3]),
}

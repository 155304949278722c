-- Declares a server dead whose lease has ended, for the caller to clear what it held; or hands over one that another was to clear.
--
-- Atomically: from now on the server cannot renew its lease, and nobody else clears it unless the caller is late. While it is not
-- settled who is gone, nobody is.
--
-- KEYS[1]  leases, KEYS[2] the clock, KEYS[3] renewals: as in renew_lease
-- KEYS[4]  claims, a sorted set: dead server, with Redis' clock in ms until which it is being cleared
-- ARGV[1]  milliseconds of silence after which the clock stands still
-- ARGV[2]  milliseconds until all is settled
-- ARGV[3]  milliseconds that the caller has for it
--
-- Reply    {server, Redis' clock in ms at its last renewal}; null: there is none

local now = clock()
local stored = redis.call('HMGET', KEYS[2], 'clock', 'at', 'settled')
local passed = now - (tonumber(stored[2]) or now)
local settled = math.min(tonumber(stored[3]) or 0, now + tonumber(ARGV[2]))
if not tonumber(stored[1]) or passed > tonumber(ARGV[1]) or now < settled then return false end

local leaseClock = string.format('%d', tonumber(stored[1]) + math.max(0, passed))
local server = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', leaseClock, 'LIMIT', 0, 1)[1]
    or redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', string.format('%d', now), 'LIMIT', 0, 1)[1]
if not server then return false end
redis.call('ZREM', KEYS[1], server)
redis.call('ZADD', KEYS[4], now + tonumber(ARGV[3]), server)
return {server, tonumber(redis.call('HGET', KEYS[3], server) or 0)}

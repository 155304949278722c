-- Leases a block of identifiers: no other call gets any of them.
--
-- Atomically: raises the counter past the block. It leaves a gap when numbers may have been lost that were issued already:
-- when this server is another process than the one that leased last (a restart, a failover), and when the counter is behind
-- what the caller knows. Then others may have issued more than the caller knows, so the gap comes on top of that too.
--
-- KEYS[1]  the counter: a hash of `next` and `server`
-- ARGV[1]  how many; 0 only raises the counter, and has everyone hear of it
-- ARGV[2]  floor: the caller knows that all below may have been issued
-- ARGV[3]  gap
-- ARGV[4]  the channel on which instances hear `leased <the first number that is free>`
--
-- Reply    first: the block is first … first + how many - 1

local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local stored = redis.call('HMGET', KEYS[1], 'next', 'server')
local first = tonumber(stored[1] or '0')
local floor = tonumber(ARGV[2])
if floor > first or (stored[2] and stored[2] ~= server) then first = math.max(first, floor) + tonumber(ARGV[3]) end

local after = string.format('%d', first + tonumber(ARGV[1]))
if after ~= stored[1] or server ~= stored[2] then redis.call('HSET', KEYS[1], 'next', after, 'server', server) end
redis.call('PUBLISH', ARGV[4], 'leased ' .. after)
return first

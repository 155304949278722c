-- One turn of the consumer: takes or renews the lease, deletes the entries that it has counted, reads the next.
--
-- Atomically, so that who has lost the lease deletes and reads nothing. When this server is another process than the one that
-- was read from (a restart, a failover), what was counted may have been lost: then nothing is deleted, and all is counted again.
--
-- KEYS[1]  the lease
-- KEYS[2]  the stream
-- ARGV[1]  token of the consumer: random, no other has it
-- ARGV[2]  milliseconds that the lease lasts from now on
-- ARGV[3]  how many entries to read at most
-- ARGV[4]  the server of the turn before; empty: none
-- ARGV[5…] identifiers of entries that were read from it and are counted
--
-- Reply    null when another has the lease; else {server, how many entries wait, the first of them}

local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return false end

local server = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if #ARGV > 4 and ARGV[4] == server then redis.call('XDEL', KEYS[2], unpack(ARGV, 5)) end
return {server, redis.call('XLEN', KEYS[2]), redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', ARGV[3])}

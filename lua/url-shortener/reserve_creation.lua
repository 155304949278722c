-- Remembers what a creation with an Idempotency-Key is going to create, before it is created: whoever repeats it creates
-- the same, and not a second.
--
-- Atomically: looks and writes.
--
-- KEYS[1]  the reservation of one user and one key: a hash. Once the link is there its field `created` is set
-- ARGV[1]  digest of the request
-- ARGV[2]  code
-- ARGV[3]  record
-- ARGV[4]  milliseconds for which it is remembered
-- ARGV[5]  the code that was reserved and turned out to be taken: it is replaced; empty: none
--
-- Reply    {digest, code, record, created 0|1}: the caller's, or those of the first

local digest, code, record, created = unpack(redis.call('HMGET', KEYS[1], 'digest', 'code', 'record', 'created'))
if digest and (created or code ~= ARGV[5]) then return {digest, code, record, created and 1 or 0} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'code', ARGV[2], 'record', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {ARGV[1], ARGV[2], ARGV[3], 0}

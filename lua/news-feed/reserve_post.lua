-- Remembers which post a request with an Idempotency-Key is about to become: whoever repeats it makes the same, and no second.
--
-- Atomically: looks and writes.
--
-- KEYS[1]  the reservation of one user and one key: a hash. Once the post is safe its field `accepted` is set
-- ARGV[1]  digest of the request
-- ARGV[2]  the post's id
-- ARGV[3]  milliseconds for which it is remembered
--
-- Reply    {digest, id, accepted 0|1}: the caller's, or those of the first

local digest, id, accepted = unpack(redis.call('HMGET', KEYS[1], 'digest', 'id', 'accepted'))
if digest then return {digest, id, accepted and 1 or 0} end
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'id', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {ARGV[1], ARGV[2], 0}

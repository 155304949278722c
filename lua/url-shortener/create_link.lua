-- Creates a link where there is none.
--
-- Atomically: looks and writes. What exists is never overwritten, whatever the counter said.
--
-- KEYS[1]  the link
-- ARGV[1]  its record
--
-- Reply    null: created; otherwise the record that is there

if redis.call('SET', KEYS[1], ARGV[1], 'NX') then return false end
return redis.call('GET', KEYS[1])

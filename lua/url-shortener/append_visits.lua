-- Appends one batch of an instance's visits to the stream; the same batch again appends nothing.
--
-- Atomically: compares the batch's number with that of the instance's last, appends, remembers the number. So a batch whose
-- answer was lost can be sent again, and what of it arrives late and once more is nothing.
--
-- KEYS[1]  the stream
-- KEYS[2]  the number of the instance's last batch
-- ARGV[1]  number of this batch; an instance counts from 1, and sends none before the one before was answered
-- ARGV[2]  seconds for which the number is remembered
-- ARGV[3]  so many entries may wait in the stream
-- ARGV[4…] the batch: pairs of a code and what its visits add
--
-- Reply    1 appended, 0 it had been appended, -1 the stream is full: try again later

if tonumber(ARGV[1]) <= tonumber(redis.call('GET', KEYS[2]) or '0') then return 0 end
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
-- First, since this is what can fail: then the batch is not remembered.
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 4))
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1

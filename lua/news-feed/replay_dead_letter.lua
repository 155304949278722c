-- Moves a dead letter back into the queue.
--
-- Atomically: it is in one of the two.
--
-- KEYS[1]  the queue: a stream
-- KEYS[2]  the dead letters: a stream
-- ARGV[1]  the dead letter's entry
-- ARGV[2…] fields and values of the job
--
-- Reply    1 replayed, 0 there is no such dead letter

if redis.call('XDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
return 1

-- Takes a job that is done out of the queue.
--
-- Atomically: acknowledged and not deleted, it would lie there for ever.
--
-- KEYS[1]  the queue: a stream
-- ARGV[1]  the consumer group
-- ARGV[2]  the job's entry
--
-- Reply    1 done, 0 it was done before

redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])

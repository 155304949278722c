-- Moves a job that always fails from the queue to the dead letters.
--
-- Atomically: it is in one of the two, and in the dead letters once, whoever else gives up on it.
--
-- KEYS[1]  the queue: a stream
-- KEYS[2]  the dead letters: a stream
-- ARGV[1]  the consumer group
-- ARGV[2]  the job's entry
-- ARGV[3]  so many dead letters are kept about; the oldest go first
-- ARGV[4…] fields and values of the dead letter
--
-- Reply    its entry; null: the job was done or given up by another

if redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) == 0 then return false end
redis.call('XDEL', KEYS[1], ARGV[2])
return redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', unpack(ARGV, 4))

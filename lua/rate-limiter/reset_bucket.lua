-- Makes a bucket full again, and tells every instance to forget that it was empty.
--
-- KEYS[1]  the bucket
-- ARGV[1]  the channel on which instances listen
-- ARGV[2]  the message
--
-- Reply    1 when the bucket had been used, 0 when it was full

local existed = redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[1], ARGV[2])
return existed

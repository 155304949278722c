-- Notes that an author has posts that were not pushed to his followers: from now on readers fetch them from his own list.
--
-- Atomically: whoever sees the old version sees that it is old.
--
-- KEYS[1]  the authors: a set
-- KEYS[2]  what changes whenever that changes
-- ARGV[1]  the author
-- ARGV[2]  a random text for KEYS[2]
--
-- Reply    1 noted, 0 it was known

if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return 1

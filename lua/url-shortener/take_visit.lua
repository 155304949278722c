-- Takes one visit of a link that allows only so many: never more, however many ask at once.
--
-- Atomically: reads the link, compares, counts.
--
-- KEYS[1]  the link
-- KEYS[2]  how many visits were taken
-- ARGV[1]  the most that are allowed
-- ARGV[2]  the record in which the caller read that
-- ARGV[3]  optional: 'look' answers and takes nothing
--
-- Reply    1 taken, 0 used up, -1 the link is another by now

if redis.call('GET', KEYS[1]) ~= ARGV[2] then return -1 end
if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[1]) then return 0 end
if ARGV[3] ~= 'look' then redis.call('INCR', KEYS[2]) end
return 1

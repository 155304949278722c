-- Changes or deletes a link, unless somebody else has changed it meanwhile.
--
-- KEYS[1]  the link
-- ARGV[1]  the record that was read
-- ARGV[2]  the record to put in its place
--
-- Reply    1 replaced, 0 it is another by now

if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1

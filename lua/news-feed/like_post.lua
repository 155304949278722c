-- Puts a user among those who like a post, or takes him out. Membership is the count, so that repeating it changes nothing.
--
-- KEYS[1]  the post
-- KEYS[2]  who likes it: a set
-- ARGV[1]  the user
-- ARGV[2]  1 likes it, 0 no more
--
-- Reply    1 so it is, 0 there is no such post

if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call(ARGV[2] == '1' and 'SADD' or 'SREM', KEYS[2], ARGV[1])
return 1

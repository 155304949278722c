-- Reads posts, and what goes with them.
--
-- KEYS     for each post three: its record; who likes it, a set; its comments, a sorted set. On a cluster: those of one post
-- ARGV[1]  who reads; empty: nobody in particular
--
-- Reply    for each post {record, likes, comments, liked 0|1}; null: there is no such post

local posts = {}
for index = 1, #KEYS, 3 do
    local record = redis.call('GET', KEYS[index])
    local likes = KEYS[index + 1]
    posts[#posts + 1] = record and {
        record, redis.call('SCARD', likes), redis.call('ZCARD', KEYS[index + 2]),
        ARGV[1] ~= '' and redis.call('SISMEMBER', likes, ARGV[1]) or 0,
    }
end
return posts

-- Tells the servers to which a member is connected that he is in a group: from now on they hear what is sent to it. For the
-- members that a group is created with.
--
-- Atomically: only while he is a member.
--
-- KEYS[1]  the members: a hash; KEYS[2] the group's servers: a set
-- KEYS[3]  the user's connections: a hash, which on a cluster lies in another slot
-- KEYS[4]  the state: a hash; KEYS[5] the cursors: a hash
-- ARGV[1]  the conversation
-- ARGV[2]  user; ARGV[3] the same, percent-encoded
--
-- Reply    how many servers were told

if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then return 0 end
local servers, told = {}, 0
collect(servers, 'HVALS', KEYS[3])
for server in pairs(servers) do
    redis.call('SADD', KEYS[2], server)
    told = told + 1
end
publish(servers, joined(ARGV[1], ARGV[3], KEYS[4], KEYS[5], ARGV[2]))
return told

-- Creates a group where there is none.
--
-- Atomically: the group and its members. What exists is never overwritten. Until the caller has told the members' servers the
-- group is `unwelcomed`: whoever sends to it then does that.
--
-- KEYS[1]  the state: a hash; KEYS[2] the members: a hash of the number at which each joined; KEYS[3] the cursors: a hash
-- ARGV[1]  milliseconds since 1970; empty: this server's clock. For tests
-- ARGV[2]  milliseconds: when the caller wrote the members' own lists of groups
-- ARGV[3]  owner
-- ARGV[4]  version: a random text; ARGV[5] write or read; ARGV[6] epoch: a random id
-- ARGV[7]  the latest number that the caller has seen of a group of this name that was lost, 0: none
-- ARGV[8…] the members, each once
--
-- Reply    1 created, 0 there is one, -1 the lists were written too long ago

local now = clock(ARGV[1])
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if math.abs(now - tonumber(ARGV[2])) > 30000 then return -1 end

redis.call('DEL', KEYS[2], KEYS[3])
local seq = tonumber(ARGV[7])
for index = 8, #ARGV do
    redis.call('HSET', KEYS[2], ARGV[index], seq)
    if seq > 0 then redis.call('HSET', KEYS[3], 'received:' .. ARGV[index], seq, 'read:' .. ARGV[index], seq) end
end
redis.call('HSET', KEYS[1], 'kind', 'group', 'owner', ARGV[3], 'seq', seq, 'epoch', begin(nil, ARGV[6], seq + 1),
    'version', ARGV[4], 'mode', ARGV[5], 'count', #ARGV - 7, 'unwelcomed', 1)
return 1

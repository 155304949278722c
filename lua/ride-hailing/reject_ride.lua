-- A driver rejects a ride that he was offered; after ride.lua.
--
-- He is free for others, and is not offered it again. The last one's rejection ends the round: the ride waits for a matcher. One of
-- several leaves the ride, and the version that the others hold, as they are.
--
-- Reply  as in ride.lua

if not ride.status then return {'absent'} end
local offer = redis.call('HGET', KEYS[3], by)
if not offer then return {'forbidden'} end
if offer == 'rejected' then return answer('done') end
if ride.status ~= 'offered' or not isCurrent or offer ~= 'open' then return answer('conflict') end
redis.call('HSET', KEYS[3], by, 'rejected')
release(by)
if #openOffers() > 0 then
    -- No change of the ride, but he may have it before him elsewhere.
    publish(id, ride.version, 'offered', ride.rider, '', '', by)
    return answer('done')
end
redis.call('ZADD', KEYS[4], now, id)
return change('requested', {}, {}, {by})

-- Does what is due with a ride, as far as it needs no drivers; after ride.lua.
--
-- A round of offers that is over ends; a ride whose time is up is unmatched.
--
-- Reply  as in ride.lua; offer: it waits for offers. waiting: nothing is due yet. absent: there is no such ride

local function settled()
    redis.call('ZREM', KEYS[4], id)
    redis.call('ZREM', KEYS[5], id)
end

if not ride.status then
    settled()
    return {'absent'}
end
if ride.status ~= 'requested' and ride.status ~= 'offered' then
    settled()
    return answer('waiting')
end
if now >= tonumber(ride.deadline) then
    local reason = ride.round == '0' and 'no driver is near' or 'no driver accepted in time'
    local closed = close('expired')
    return change('unmatched', {'reason', reason}, {}, closed)
end
if ride.status == 'requested' then return answer('offer') end
if now < tonumber(ride.offerEnds) and #openOffers() > 0 then
    redis.call('ZADD', KEYS[4], ride.offerEnds, id)
    return answer('waiting')
end
local closed = close('expired')
local reply = change('requested', {}, {}, closed)
reply[1] = 'offer'
return reply

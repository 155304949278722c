-- The driver has picked the rider up; after ride.lua.
--
-- Reply  as in ride.lua

if not ride.status then return {'absent'} end
if by ~= ride.driver then return {'forbidden'} end
if ride['did:started'] == by then return answer('done') end
if ride.status ~= 'accepted' or not isCurrent then return answer('conflict') end
return change('started', {})

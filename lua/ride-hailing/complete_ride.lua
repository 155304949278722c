-- The driver has brought the rider where he wanted to go; after ride.lua.
--
-- Atomically: the ride has ended, and its driver is available again.
--
-- Reply  as in ride.lua

if not ride.status then return {'absent'} end
if by ~= ride.driver then return {'forbidden'} end
if ride['did:completed'] == by then return answer('done') end
if ride.status ~= 'started' or not isCurrent then return answer('conflict') end
release(by)
return change('completed', {})

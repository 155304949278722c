-- Ends a ride that is not completed: its rider or its driver; after ride.lua.
--
-- Atomically: its driver is available again, and open offers are withdrawn.
--
-- Reply  as in ride.lua

if not ride.status then return {'absent'} end
if by ~= ride.rider and by ~= ride.driver then return {'forbidden'} end
if ride['did:cancelled'] == by then return answer('done') end
local isOpen = ride.status == 'requested' or ride.status == 'offered' or ride.status == 'accepted'
    or ride.status == 'started'
if not isOpen or not isCurrent then return answer('conflict') end
local closed = close('withdrawn')
if ride.driver then release(ride.driver) end
return change('cancelled', {}, {}, closed)

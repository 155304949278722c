-- Publishes a beat to a server: when it hears it, it has heard everything before.
--
-- Atomically: the number is that of the beat's place on the channel.
--
-- KEYS[1]  the number of the last event for the server
-- ARGV[1]  the server
--
-- Reply    the number; null: there is no such server any more

publish({[ARGV[1]] = true}, 'beat\n')
local number = redis.call('GET', KEYS[1])
redis.call('EXPIRE', KEYS[1], 3600)
return number and tonumber(number)

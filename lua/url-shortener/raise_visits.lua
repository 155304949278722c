-- Lets the stream go on behind an identifier that a link knows already.
--
-- A link knows only identifiers that the stream has given out. When it knows a later one than the stream's last, the stream has
-- lost its end, and what it gives out now would look as if it had been counted.
--
-- KEYS[1]  the stream
-- ARGV[1]  the identifier, milliseconds-sequence
--
-- Reply    1 raised, 0 the stream is past it

local function parts(identifier)
    local milliseconds, sequence = string.match(identifier, '^(%d+)-(%d+)$')
    return tonumber(milliseconds), tonumber(sequence)
end

if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local last = '0-0'
local information = redis.call('XINFO', 'STREAM', KEYS[1])
for index = 1, #information, 2 do
    if information[index] == 'last-generated-id' then last = information[index + 1] end
end

local milliseconds, sequence = parts(ARGV[1])
local last_milliseconds, last_sequence = parts(last)
if milliseconds < last_milliseconds or (milliseconds == last_milliseconds and sequence <= last_sequence) then return 0 end
redis.call('XSETID', KEYS[1], ARGV[1])
return 1

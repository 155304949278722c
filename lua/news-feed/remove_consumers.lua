-- Takes consumers out of the group that have nothing to do: one that ends, and those that were not heard of for long.
--
-- Atomically: never one with a job, which would be lost with it.
--
-- KEYS[1]  the queue: a stream
-- ARGV[1]  the consumer group
-- ARGV[2]  the consumer that ends; empty: none
-- ARGV[3]  milliseconds after which one counts as gone
--
-- Reply    how many were removed

local removed = 0
for _, information in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    local consumer = {}
    for index = 1, #information, 2 do consumer[information[index]] = information[index + 1] end
    if consumer.pending == 0 and (consumer.name == ARGV[2] or consumer.idle > tonumber(ARGV[3])) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
        removed = removed + 1
    end
end
return removed

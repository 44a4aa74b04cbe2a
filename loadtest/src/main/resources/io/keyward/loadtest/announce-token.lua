-- Gives chunks their number and tells every app instance that listens.
--
-- KEYS[1]  counter of the stream
-- ARGV[1]  how many chunks the event holds
-- ARGV[2]  channel of the stream
-- ARGV[3]  the event as JSON, without its number
-- ARGV[4]  seconds that the counter lives
--
-- The number and the message leave in the same moment, so that the order in which messages arrive
-- is the order of their numbers. Replies with the number of instances that were told; none means
-- that nobody reads any more.

-- The counter outlives the longest answer, so that a reader who comes late still can tell what it has
-- missed; an instance that hears a number twice drops the second.

local count = tonumber(ARGV[1])
local channel = ARGV[2]
local lifetime = tonumber(ARGV[4])

local seq = redis.call('INCRBY', KEYS[1], count)
if seq == count then
  redis.call('EXPIRE', KEYS[1], lifetime)
end

local event = cjson.decode(ARGV[3])
event.seq = seq
event.count = count

return redis.call('PUBLISH', channel, cjson.encode(event))

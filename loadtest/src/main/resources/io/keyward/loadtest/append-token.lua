-- Appends one chunk of an answer to its stream, if the job still is what the writer believes it to be.
--
-- KEYS[1]  hash of the job: status, generation, owner, appended, bytes, updatedAt
-- KEYS[2]  stream of the chunks
-- ARGV[1]  generation that the writer has begun
-- ARGV[2]  name of the writer
-- ARGV[3]  the chunk as JSON
-- ARGV[4]  seconds that a running job lives without a sign of life
-- ARGV[5]  most chunks that one answer may have
-- ARGV[6]  most bytes that one answer may have
--
-- Replies with {1, number of chunks} when the chunk was appended, {0, reason} when it was not: the
-- job is gone, has ended, belongs to a later generation or to another writer, or is too long.

-- All of it happens in one step: a writer that was thought dead and comes back meets a job of a later
-- generation, or one that another writer has taken over, and learns that it is to stop, instead of
-- mixing its tokens into an answer that somebody else goes on with. A reader that comes back finds in
-- the stream every chunk in its order and no other, and resumes behind the last one that it has seen.
-- The caps keep an answer that never ends from filling the memory that all conversations share; what
-- is refused for them is told apart, so that the writer can end the answer in an orderly way.

local jobKey = KEYS[1]
local chunksKey = KEYS[2]
local generation = ARGV[1]
local writer = ARGV[2]
local chunk = ARGV[3]
local lifetime = tonumber(ARGV[4])
local mostChunks = tonumber(ARGV[5])
local mostBytes = tonumber(ARGV[6])

local RUNNING = 'running'
local WAITING = 'requires_action'

-- Reads the hash into a table by name.
local function readJob()
  local flat = redis.call('HGETALL', jobKey)
  if #flat == 0 then
    return nil
  end
  local job = {}
  for i = 1, #flat, 2 do
    job[flat[i]] = flat[i + 1]
  end
  return job
end

-- Tells why a job takes no further chunk, or nil if it does.
local function refusal(job)
  if job == nil then
    return 'gone'
  end
  if job.status ~= RUNNING and job.status ~= WAITING then
    return 'ended'
  end
  if job.generation ~= generation then
    return 'superseded'
  end
  if job.owner ~= nil and job.owner ~= '' and job.owner ~= writer then
    return 'foreign'
  end
  if tonumber(job.appended or '0') >= mostChunks then
    return 'too many chunks'
  end
  if tonumber(job.bytes or '0') + string.len(chunk) > mostBytes then
    return 'too many bytes'
  end
  return nil
end

-- A chunk is a JSON object with a type; what is no object never reaches a reader.
local function wellFormed(text)
  return string.sub(text, 1, 1) == '{'
    and string.sub(text, -1) == '}'
    and string.find(text, '"type"', 1, true) ~= nil
end

if not wellFormed(chunk) then
  return redis.error_reply('ERR the chunk is no JSON object with a type')
end

local job = readJob()
local reason = refusal(job)
if reason ~= nil then
  return {0, reason}
end

redis.call('XADD', chunksKey, '*', 'event', chunk)

-- The counters live with the job, so that a reader knows the length without reading the stream.
local appended = tonumber(job.appended or '0') + 1
local bytes = tonumber(job.bytes or '0') + string.len(chunk)
redis.call('HSET', jobKey, 'appended', appended, 'bytes', bytes)

-- Both keys end together with a job of which nobody hears any more; a sign of life every hundred
-- chunks is enough for that, and costs nothing in between.
if appended % 100 == 1 then
  redis.call('EXPIRE', jobKey, lifetime)
  redis.call('EXPIRE', chunksKey, lifetime)
  if job.status == WAITING then
    redis.call('HSET', jobKey, 'status', RUNNING)
  end
end

return {1, appended}

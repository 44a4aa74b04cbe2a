// The Lua texts of a resumable stream. They travel whole with each EVAL, as the first user sends his.

/** What belongs to the stream `id`; all keys of one stream share its hash tag. */
export function namesOf(id) {
  const key = (part) => `stream:{${id}}:${part}`;
  return {
    job: key('job'),
    chunks: key('chunks'),
    runsteps: key('runsteps'),
    seq: key('seq'),
    steers: key('steers'),
    claimedSteers: key('steers-claimed'),
    parked: key('parked'),
    receipts: key('steer-receipts'),
    receiptOrder: key('steer-receipt-order'),
    idempotency: key('request'),
    acknowledgement: (generation) => key(`abort-ack:${generation}`),
    // Channels never carry a client's key prefix.
    events: `stream:{${id}}:events`,
    control: `stream:{${id}}:control`,
  };
}

/**
 * Lets one of several equal requests create the stream.
 * KEYS: request. ARGV: owner, seconds. Replies with the owner that has it.
 */
export const CLAIM = `
local owner = redis.call('GET', KEYS[1])
if owner then
  return owner
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', tonumber(ARGV[2]))
return ARGV[1]
`;

/**
 * Begins a stream anew: what an earlier generation left is gone in the same moment.
 * KEYS: job, chunks, runsteps, seq, steers, steers-claimed, parked, steer-receipts,
 * steer-receipt-order, request. ARGV: generation, fields of the job as JSON.
 */
export const CREATE = `
local status = redis.call('HGET', KEYS[1], 'status')
if status == 'running' then
  return redis.error_reply('STREAM_EXISTS the stream is running')
end
if redis.call('EXISTS', KEYS[10]) == 0 then
  return redis.error_reply('STREAM_UNCLAIMED the request was not claimed')
end
redis.call('DEL', unpack({KEYS[2], KEYS[3], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]}))
redis.call('DEL', KEYS[1])
local fields = cjson.decode(ARGV[2])
local flat = {}
for name, value in pairs(fields) do
  table.insert(flat, name)
  table.insert(flat, tostring(value))
end
redis.call('HSET', KEYS[1], 'status', 'running', 'generation', ARGV[1], 'appended', 0, unpack(flat))
redis.call('EXPIRE', KEYS[1], 1200)
redis.call('SET', KEYS[4], 0, 'EX', 86400)
return redis.call('HGET', KEYS[1], 'generation')
`;

/**
 * Appends a token if the stream is still this generation's; sent again, it changes nothing.
 * KEYS: job, chunks. ARGV: generation, index of the token, event as JSON.
 * Replies with 1, or 0 if the stream has ended or is another's.
 */
export const APPEND = `
local job = redis.call('HGETALL', KEYS[1])
local state = {}
for i = 1, #job, 2 do
  state[job[i]] = job[i + 1]
end
if state.status ~= 'running' or state.generation ~= ARGV[1] then
  return 0
end
local index = tonumber(ARGV[2])
local appended = tonumber(state.appended)
if index <= appended then
  return 1
end
if index > appended + 1 then
  return redis.error_reply('STREAM_GAP token ' .. ARGV[2] .. ' follows ' .. appended)
end
redis.call('XADD', KEYS[2], '*', 'event', ARGV[3])
redis.call('HSET', KEYS[1], 'appended', index)
return 1
`;

/**
 * Numbers tokens and tells whoever listens; sent again, it tells again under the same number.
 * KEYS: seq. ARGV: how many tokens, the number that the last of them has, channel, event as JSON.
 * Replies with the number of receivers.
 */
export const ANNOUNCE = `
local seq = tonumber(redis.call('GET', KEYS[1]) or '0')
local last = tonumber(ARGV[2])
if seq < last then
  seq = redis.call('INCRBY', KEYS[1], math.min(tonumber(ARGV[1]), last - seq))
end
local event = cjson.decode(ARGV[4])
event.seq = last
return redis.call('PUBLISH', ARGV[3], cjson.encode(event))
`;

/**
 * Ends a stream.
 * KEYS: job, seq. ARGV: generation, status, seconds to live, channel.
 */
export const COMPLETE = `
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'status', ARGV[2])
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[3]))
local event = {type = 'done', status = ARGV[2], seq = tonumber(redis.call('HGET', KEYS[1], 'appended'))}
redis.call('PUBLISH', ARGV[4], cjson.encode(event))
return 1
`;

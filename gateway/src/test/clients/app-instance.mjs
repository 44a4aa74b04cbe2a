// One instance of an application that streams AI answers through the gateway. A process of its own:
// the parent tells it over IPC what to do and hears what its readers get.
//
// in   {do: 'generate', id, tokens, pause, batch, generation, life}
//                                                          write an answer, kept for `life` seconds
//      {do: 'read', id, reader}                                 attach a reader (a browser's tab)
//      {do: 'leave', reader}, {do: 'abort', id, generation}
//      {do: 'stall', stalled}                                   take no messages, or again
// out  {reader, sync: [indexes]} the answer so far, {reader, tokens: [indexes]} what follows,
//      {reader, done: status}, {id, generated: n, status}, {id, aborted: acknowledged}, {failed: text}
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import Redis from 'ioredis';
import { ANNOUNCE, APPEND, CLAIM, COMPLETE, CREATE, namesOf } from './stream-scripts.mjs';

const GAP_MILLIS = 500;

const url = process.env.KEYWARD_URL;
const keyPrefix = process.env.KEYWARD_KEY_PREFIX;
const options = {
  retryStrategy: (attempt) => Math.min(attempt * 20, 500),
  maxRetriesPerRequest: null,
};
const main = new Redis(url, { ...options, ...(keyPrefix ? { keyPrefix } : {}) });
const subscriber = new Redis(url, options);
for (const client of [main, subscriber]) {
  // A gateway that is being restarted is part of the scene; commands wait until it is back.
  client.on('error', () => {});
}

const listeners = new Map();
subscriber.on('message', (channel, text) => {
  for (const listener of listeners.get(channel) ?? []) {
    listener(JSON.parse(text));
  }
});

async function listen(channel, listener) {
  const present = listeners.get(channel);
  if (present) {
    present.add(listener);
    await present.subscribed;
  } else {
    const added = new Set([listener]);
    added.subscribed = subscriber.subscribe(channel);
    listeners.set(channel, added);
    await added.subscribed;
  }
}

async function unlisten(channel, listener) {
  const present = listeners.get(channel);
  present?.delete(listener);
  if (present?.size === 0) {
    listeners.delete(channel);
    await subscriber.unsubscribe(channel);
  }
}

/** The text of a token, so that a reader can tell a damaged one. */
const textOf = (id, index) => `${id}·${index}·„ü“`;

function indexOf(id, { index, text }) {
  if (text !== textOf(id, index)) {
    throw new Error(`token ${index} of ${id} holds ${text}`);
  }
  return index;
}

async function generate({ id, tokens, pause, batch, generation, life }) {
  const names = namesOf(id);
  const owner = randomUUID();
  const claimed = await main.eval(CLAIM, 1, names.idempotency, owner, 1200);
  if (claimed !== owner) {
    return { generated: 0, status: 'claimed by another' };
  }
  const created = await main.eval(
    CREATE,
    10,
    names.job,
    names.chunks,
    names.runsteps,
    names.seq,
    names.steers,
    names.claimedSteers,
    names.parked,
    names.receipts,
    names.receiptOrder,
    names.idempotency,
    generation,
    JSON.stringify({ userId: 'u1', streamId: id, createdAt: Date.now() }),
  );
  if (created !== `${generation}`) {
    throw new Error(`CREATE replied ${created}`);
  }
  await main
    .pipeline()
    .sadd('stream:running', id)
    .srem('stream:requires_action', id)
    .sadd('stream:user:{u1}:jobs', id)
    .expire('stream:user:{u1}:jobs', 86400)
    .hgetall(names.job)
    .exec();
  let aborted = false;
  const control = async ({ type, generation: wanted }) => {
    if (type === 'abort' && wanted === generation) {
      aborted = true;
      await main.set(names.acknowledgement(generation), '1', 'EX', 86400);
      await main.publish(names.events, JSON.stringify({ type: 'abort_ack', generation }));
    }
  };
  await listen(names.control, control);
  let index = 0;
  while (index < tokens && !aborted) {
    const part = [];
    while (part.length < batch && index < tokens) {
      index++;
      const token = { index, text: textOf(id, index) };
      const alive = await main.eval(
        APPEND,
        2,
        names.job,
        names.chunks,
        generation,
        index,
        JSON.stringify(token),
      );
      if (alive !== 1) {
        throw new Error(`the stream ${id} is not ours at token ${index}`);
      }
      part.push(token);
    }
    await main.eval(
      ANNOUNCE,
      1,
      names.seq,
      part.length,
      index,
      names.events,
      JSON.stringify({ type: 'chunk', tokens: part }),
    );
    if (pause > 0) {
      await sleep(pause);
    }
  }
  const status = aborted ? 'aborted' : 'complete';
  await main.eval(COMPLETE, 2, names.job, names.seq, generation, status, life, names.events);
  await main.srem('stream:running', id);
  await unlisten(names.control, control);
  return { generated: index, status };
}

/** Follows one stream for one tab: what is there first, then what comes, in order. */
class Reader {
  constructor(id, reader) {
    this.id = id;
    this.reader = reader;
    this.names = namesOf(id);
    this.last = 0;
    this.waiting = new Map();
    this.attached = false;
    this.ended = false;
    this.hear = (event) => this.heard(event);
  }

  tell(message) {
    if (!this.ended) {
      process.send({ reader: this.reader, ...message });
    }
  }

  async attach() {
    await main.hgetall(this.names.job);
    await listen(this.names.events, this.hear);
    await main.get(this.names.seq);
    const tokens = await this.stored();
    this.last = tokens.length;
    this.tell({ sync: tokens });
    this.attached = true;
    this.follow();
    await this.lookForEnd();
  }

  /** The indexes of all tokens that the stream holds. */
  async stored() {
    const entries = await main.xrange(this.names.chunks, '-', '+');
    return entries.map(([, [, text]]) => indexOf(this.id, JSON.parse(text)));
  }

  heard(event) {
    if (event.type === 'chunk') {
      for (const token of event.tokens) {
        this.waiting.set(indexOf(this.id, token), token);
      }
      this.follow();
    } else if (event.type === 'done') {
      this.end = event;
      this.follow();
    }
  }

  /** Passes on what is next in line; a gap that stays is filled from the stream. */
  follow() {
    if (!this.attached) {
      return;
    }
    const next = [];
    for (const index of this.waiting.keys()) {
      if (index <= this.last) {
        this.waiting.delete(index);
      }
    }
    while (this.waiting.delete(this.last + 1)) {
      next.push(++this.last);
    }
    if (next.length > 0) {
      this.tell({ tokens: next });
    }
    if (this.end && this.last >= this.end.seq) {
      this.finish(this.end.status);
    } else if ((this.waiting.size > 0 || this.end) && !this.gap) {
      this.gap = setTimeout(() => {
        this.gap = undefined;
        if ((this.waiting.size > 0 || this.end) && !this.ended) {
          this.catchUp().catch(fail);
        }
      }, GAP_MILLIS);
    }
  }

  /** After the subscription was interrupted, or a gap stayed: takes from the stream what is missing. */
  async catchUp() {
    if (!this.attached || this.ended) {
      return;
    }
    for (const index of await this.stored()) {
      this.waiting.set(index, true);
    }
    this.follow();
    await this.lookForEnd();
  }

  async lookForEnd() {
    const { status, appended } = await main.hgetall(this.names.job);
    if (status && status !== 'running') {
      this.end = { status, seq: Number(appended) };
      this.follow();
    }
  }

  finish(status) {
    this.tell({ done: status });
    this.leave();
  }

  leave() {
    this.ended = true;
    clearTimeout(this.gap);
    readers.delete(this.reader);
    unlisten(this.names.events, this.hear).catch(fail);
  }
}

const readers = new Map();

// What was told between the end of the old connection and the new subscription stands in the stream.
async function resubscribed() {
  if (listeners.size > 0) {
    await subscriber.subscribe(...listeners.keys());
    await Promise.all([...readers.values()].map((reader) => reader.catchUp()));
  }
}

subscriber.on('ready', () => resubscribed().catch(fail));

async function abort({ id, generation }) {
  const names = namesOf(id);
  let heard;
  const acknowledged = new Promise((resolve) => {
    heard = ({ type }) => type === 'abort_ack' && resolve(true);
  });
  await listen(names.events, heard);
  const owners = await main.publish(names.control, JSON.stringify({ type: 'abort', generation }));
  const told = owners > 0 && (await Promise.race([acknowledged, sleep(3000, false)]));
  await unlisten(names.events, heard);
  return told || (await main.get(names.acknowledgement(generation))) === '1';
}

function fail(error) {
  process.send({ failed: `${error.stack}` });
}

process.on('message', (order) => {
  switch (order.do) {
    case 'generate':
      generate(order)
        .then((outcome) => process.send({ id: order.id, ...outcome }))
        .catch(fail);
      break;
    case 'read': {
      const reader = new Reader(order.id, order.reader);
      readers.set(order.reader, reader);
      reader.attach().catch(fail);
      break;
    }
    case 'leave':
      readers.get(order.reader)?.leave();
      break;
    case 'abort':
      abort(order)
        .then((aborted) => process.send({ id: order.id, aborted }))
        .catch(fail);
      break;
    case 'stall':
      if (order.stalled) {
        subscriber.stream.pause();
      } else {
        subscriber.stream.resume();
      }
      break;
    default:
      fail(new Error(`unknown order ${order.do}`));
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });

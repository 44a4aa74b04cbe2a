// What LibreChat sends, the scripts left out: two instances of the application share one server.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, beforeEach, describe, test } from 'node:test';
import Redis from 'ioredis';
import { loginUrl, until, url } from './server.mjs';

/** The connections of one application process. */
class Instance {
  constructor(keyPrefix) {
    this.uuid = randomUUID();
    this.main = new Redis(url, { keyPrefix, maxRetriesPerRequest: 3 });
    this.subscriber = new Redis(url, { maxRetriesPerRequest: null });
    this.listeners = new Map();
    this.subscriber.on('message', (channel, text) => this.listeners.get(channel)(JSON.parse(text)));
  }

  async listen(channel, listener) {
    this.listeners.set(channel, listener);
    await this.subscriber.subscribe(channel);
  }

  publish(channel, message) {
    return this.main.publish(channel, JSON.stringify(message));
  }

  close() {
    return Promise.all([this.main.quit(), this.subscriber.quit()]);
  }
}

const [one, two] = [new Instance('lc::'), new Instance('lc::')];
const plain = new Redis(url);

beforeEach(() => plain.flushall());

after(() => Promise.all([one.close(), two.close(), plain.quit()]));

describe('leader election', () => {
  const claim = (instance, seconds = 25) =>
    instance.main.set('LeadingServerUUID', instance.uuid, 'EX', seconds, 'NX');

  test('makes exactly one of many contenders the leader', async () => {
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) => claim(i % 2 ? one : two)),
    );
    assert.equal(claims.filter((reply) => reply === 'OK').length, 1);
    assert.equal(claims.filter((reply) => reply === null).length, 19);
    const leader = await one.main.get('LeadingServerUUID');
    assert.ok([one.uuid, two.uuid].includes(leader));
    assert.equal(await plain.get('lc::LeadingServerUUID'), leader);
  });

  test('lets another lead when the leader no longer renews', async () => {
    assert.equal(await claim(one, 60), 'OK');
    assert.equal(await claim(two), null);
    assert.equal(await one.main.pexpire('LeadingServerUUID', 20), 1);
    await until(async () => (await claim(two)) === 'OK', 'the first leadership to end');
    assert.equal(await one.main.get('LeadingServerUUID'), two.uuid);
  });
});

describe('locks', () => {
  test('let one in at a time, and the next when the lock was given back or ran out', async () => {
    const lock = (instance, milliseconds) =>
      instance.main.set('mcp:lock', instance.uuid, 'PX', milliseconds, 'NX');
    assert.equal(await lock(one, 5000), 'OK');
    assert.equal(await lock(two, 5000), null);
    const left = await two.main.pttl('mcp:lock');
    assert.ok(left > 0 && left <= 5000, `${left}`);
    assert.equal(await one.main.del('mcp:lock'), 1);
    assert.equal(await lock(two, 20), 'OK');
    await until(async () => (await lock(one, 5000)) === 'OK', 'the second lock to run out');
  });
});

describe('jobs', () => {
  const job = 'stream:{c1}:job';
  const running = { status: 'running', userId: 'u1', conversationId: 'c1', createdAt: '1' };

  test('join the sets of their state in one pipeline', async () => {
    await one.main.hset(job, running);
    await one.main.expire(job, 1200);
    await one.main.sadd('stream:requires_action', 'c1');
    const replies = await one.main
      .pipeline()
      .sadd('stream:running', 'c1')
      .srem('stream:requires_action', 'c1')
      .srem('stream:complete', 'c1')
      .srem('stream:aborted', 'c1')
      .expire('stream:user:{u1}:jobs', 86400)
      .sadd('stream:user:{u1}:jobs', 'c1')
      .expire('stream:user:{u1}:jobs', 86400)
      .hgetall(job)
      .exec();
    assert.deepEqual(
      replies.map(([error, reply]) => error ?? reply),
      [1, 1, 0, 0, 0, 1, 1, running],
    );
    assert.deepEqual(await two.main.smembers('stream:running'), ['c1']);
    const life = await two.main.ttl(job);
    assert.ok(life > 1100 && life <= 1200, `${life}`);
    assert.deepEqual(
      (await plain.keys('lc::stream:*')).sort(),
      ['lc::stream:running', 'lc::stream:user:{u1}:jobs', `lc::${job}`].sort(),
    );
  });

  test('are reaped by another instance when they are too old', async () => {
    for (let i = 0; i < 40; i++) {
      await one.main.hset(`stream:{r${i}}:job`, { ...running, createdAt: i });
      await one.main.sadd('stream:running', `r${i}`);
    }
    const ids = await two.main.smembers('stream:running');
    assert.equal(ids.length, 40);
    const jobs = await Promise.all(ids.map((id) => two.main.hgetall(`stream:{${id}}:job`)));
    const old = ids.filter((_, i) => Number(jobs[i].createdAt) < 15);
    const reap = two.main.pipeline();
    for (const id of old) {
      reap.srem('stream:running', id).del(`stream:{${id}}:job`, `stream:{${id}}:seq`);
    }
    const replies = await reap.exec();
    assert.ok(replies.every(([error, reply]) => error === null && reply === 1));
    assert.equal(await one.main.scard('stream:running'), 25);
    assert.equal(await one.main.sismember('stream:running', 'r3'), 0);
  });

  test('keep what the user steers with in order', async () => {
    await one.main.rpush('stream:{c1}:steers', 'first', 'second');
    await two.main.rpush('stream:{c1}:steers', 'third');
    const claimed = await one.main
      .multi()
      .lrange('stream:{c1}:steers', 0, -1)
      .del('stream:{c1}:steers')
      .exec();
    assert.deepEqual(claimed, [
      [null, ['first', 'second', 'third']],
      [null, 1],
    ]);
    assert.equal(await two.main.exists('stream:{c1}:steers'), 0);
  });
});

describe('events of a stream', () => {
  test('arrive in the order of publishing, in the same order everywhere', async () => {
    const received = [[], []];
    await one.listen('stream:{c1}:events', (event) => received[0].push(event));
    await two.listen('stream:{c1}:events', (event) => received[1].push(event));
    const writers = [one, two].flatMap((instance) =>
      Array.from({ length: 400 }, (_, seq) =>
        instance.publish('stream:{c1}:events', { type: 'chunk', from: instance.uuid, seq }),
      ),
    );
    assert.ok((await Promise.all(writers)).every((receivers) => receivers === 2));
    await until(() => received.every((each) => each.length === 800), '800 events each');
    assert.deepEqual(received[0], received[1]);
    for (const { uuid } of [one, two]) {
      const own = received[0].filter(({ from }) => from === uuid).map(({ seq }) => seq);
      assert.deepEqual(own, Array.from({ length: 400 }, (_, i) => i));
    }
  });

  test('are missed by nobody who read the counter after subscribing', async () => {
    const events = [];
    let publishing = true;
    const publisher = (async () => {
      let seq = 0;
      while (publishing) {
        seq = await one.main.incr('stream:{late}:seq');
        await one.publish('stream:{late}:events', { seq });
      }
      return seq;
    })();
    await until(async () => Number(await two.main.get('stream:{late}:seq')) > 20, 'some events');
    await two.listen('stream:{late}:events', ({ seq }) => events.push(seq));
    const frontier = Number(await two.main.get('stream:{late}:seq'));
    await until(() => events.length > 50, 'fifty events');
    publishing = false;
    const last = await publisher;
    await until(() => events.at(-1) === last, 'the last event');
    assert.ok(events[0] <= frontier + 1, `begins at ${events[0]}, the frontier was ${frontier}`);
    events.forEach((seq, i) => assert.equal(seq, events[0] + i));
  });

  test('have no receiver once the owner has gone', async () => {
    await one.listen('stream:{gone}:events', () => {});
    assert.equal(await two.publish('stream:{gone}:events', {}), 1);
    await one.subscriber.unsubscribe('stream:{gone}:events');
    assert.equal(await two.publish('stream:{gone}:events', {}), 0);
    const owner = new Instance('lc::');
    await owner.listen('stream:{gone}:events', () => {});
    assert.equal(await two.publish('stream:{gone}:events', {}), 1);
    owner.main.disconnect();
    owner.subscriber.disconnect();
    await until(async () => (await two.publish('stream:{gone}:events', {})) === 0, 'no receiver');
  });

  test('carry an abort to the owner and its answer back', async () => {
    await one.listen('stream:{abort}:control', async ({ type, generation }) => {
      assert.equal(type, 'abort');
      await one.main.set(`stream:{abort}:abort-ack:${generation}`, '1', 'EX', 86400);
      await one.publish('stream:{abort}:events', { type: 'abort_ack', generation });
    });
    const answered = new Promise((resolve) => {
      two.listen('stream:{abort}:events', resolve).then(() =>
        two.publish('stream:{abort}:control', { type: 'abort', generation: 7 }),
      );
    });
    assert.deepEqual(await answered, { type: 'abort_ack', generation: 7 });
    assert.equal(await two.main.get('stream:{abort}:abort-ack:7'), '1');
  });
});

describe('a deployment', () => {
  test('sees its own key names and flushes what it sees', async () => {
    const blue = new Redis(loginUrl);
    try {
      await blue.flushdb();
      await blue.mset('ROLES:USER', '1', 'login_limiter:1.2.3.4', '2', '::flows', '3');
      assert.deepEqual((await blue.keys('*')).sort(), [
        '::flows',
        'ROLES:USER',
        'login_limiter:1.2.3.4',
      ]);
      assert.equal(await blue.randomkey().then((key) => blue.exists(key)), 1);
      assert.equal(await blue.flushdb(), 'OK');
      assert.deepEqual(await blue.keys('*'), []);
    } finally {
      await blue.quit();
    }
  });
});

// ioredis 5.3.2: RESP2 only, command names in lower case, ready once `info` says so.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import Redis from 'ioredis';
import { anonymousUrl, ca, loginUrl, next, socketPath, tlsUrl, until, url } from './server.mjs';

const opened = [];

function connect(address = url, options = {}) {
  const client = new Redis(address, { maxRetriesPerRequest: 3, ...options });
  client.on('error', () => {}); // the test asserts on what its commands answer
  opened.push(client);
  return client;
}

let redis;

before(async () => {
  redis = new Redis(url);
  await redis.flushall();
});

after(() => redis.quit());

afterEach(() => {
  opened.splice(0).forEach((client) => client.disconnect());
});

describe('connection', () => {
  test('becomes ready on what info says', async () => {
    const client = connect();
    await next(client, 'ready');
    const info = await client.info();
    assert.match(info, /^redis_version:\d+\.\d+\.\d+\r$/m);
    assert.match(info, /^loading:0\r$/m);
    assert.match(info, /^role:master\r$/m);
    assert.match(info, /^redis_mode:standalone\r$/m);
  });

  test('names itself and is listed under that name', async () => {
    const client = connect(url, { connectionName: 'librechat-main' });
    assert.equal(await client.client('GETNAME'), 'librechat-main');
    const id = await client.client('ID');
    const line = (await redis.client('LIST'))
      .split('\n')
      .find((each) => each.startsWith(`id=${id} `));
    assert.match(line, / name=librechat-main /);
  });

  test('selects the database that the URL names and keeps it apart', async () => {
    const fifth = connect(`${url}/5`);
    await fifth.set('where', 'five');
    assert.equal(await redis.get('where'), null);
    assert.equal(await fifth.dbsize(), 1);
    await redis.select(5);
    assert.equal(await redis.get('where'), 'five');
    await redis.select(0);
  });

  test('queues commands that are sent before the connection stands', async () => {
    const client = connect(url, { lazyConnect: true });
    const replies = [client.set('early', '1'), client.incr('early'), client.get('early')];
    assert.deepEqual(await Promise.all(replies), ['OK', 2, '2']);
  });

  test('comes back after it was killed and sends what was waiting', async () => {
    const client = connect(url, { retryStrategy: () => 10 });
    await next(client, 'ready');
    const victim = await client.client('ID');
    const ready = next(client, 'ready');
    assert.equal(await redis.client('KILL', 'ID', victim), 1);
    await ready;
    assert.notEqual(await client.client('ID'), victim);
    assert.equal(await client.set('after', 'kill'), 'OK');
  });

  test('sends again after an error that its reconnectOnError picks', async () => {
    let asked = 0;
    const client = connect(url, {
      reconnectOnError: (error) => {
        asked++;
        return error.message.startsWith('WRONGTYPE') && asked === 1 ? 2 : false;
      },
    });
    await client.set('text', 'value');
    await assert.rejects(client.lpush('text', 'x'), /^ReplyError: WRONGTYPE Operation against/);
    assert.equal(asked, 2);
  });

  test('quits with OK', async () => {
    const client = connect();
    const end = next(client, 'end');
    assert.equal(await client.quit(), 'OK');
    await end;
  });

  test('works over TLS', async () => {
    const client = connect(tlsUrl, { tls: { ca } });
    const value = randomBytes(300_000);
    await client.set('tls', value);
    assert.ok(value.equals(await client.getBuffer('tls')));
  });

  test('works over the unix socket', async () => {
    const client = new Redis(socketPath);
    opened.push(client);
    assert.equal(await client.set('socket', '1'), 'OK');
    assert.equal(await redis.get('socket'), '1');
  });
});

describe('login', () => {
  test('logs in with user name and password', async () => {
    const client = connect(loginUrl);
    assert.equal(await client.set('inside', '1'), 'OK');
    assert.equal(await client.get('inside'), '1');
  });

  test('is refused without credentials', async () => {
    const client = connect(anonymousUrl, { retryStrategy: null });
    await assert.rejects(client.get('inside'), /NOAUTH Authentication required\./);
  });

  test('is refused with a wrong password', async () => {
    const wrong = new URL(loginUrl);
    wrong.password = 'wrong';
    const client = connect(wrong.href, { retryStrategy: null });
    const [error] = await next(client, 'error');
    assert.match(error.message, /^WRONGPASS invalid username-password pair or user is disabled\./);
  });
});

describe('commands', () => {
  test('accepts names in any case', async () => {
    assert.equal(await redis.call('SeT', 'case', 'any'), 'OK');
    assert.equal(await redis.call('gEt', 'case'), 'any');
  });

  test('answers a pipeline in order, an error in its place', async () => {
    const results = await redis
      .pipeline()
      .set('p', '1')
      .incr('p')
      .lpush('p', 'x')
      .get('p')
      .exec();
    assert.deepEqual(results[0], [null, 'OK']);
    assert.deepEqual(results[1], [null, 2]);
    assert.equal(
      results[2][0].message,
      'WRONGTYPE Operation against a key holding the wrong kind of value',
    );
    assert.deepEqual(results[3], [null, '2']);
  });

  test('answers a pipeline of ten thousand commands', async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 5000; i++) {
      pipeline.set(`deep:${i}`, `value ${i}`);
      pipeline.get(`deep:${i}`);
    }
    const results = await pipeline.exec();
    results.forEach(([error, reply], i) => {
      assert.equal(error, null);
      assert.equal(reply, i % 2 ? `value ${(i - 1) / 2}` : 'OK');
    });
  });

  test('gathers what one tick sends when it pipelines by itself', async () => {
    const client = connect(url, { enableAutoPipelining: true });
    await next(client, 'ready');
    const writes = Array.from({ length: 300 }, (_, i) => client.set(`auto:${i}`, i));
    assert.ok((await Promise.all(writes)).every((reply) => reply === 'OK'));
    const reads = Array.from({ length: 300 }, (_, i) => client.get(`auto:${i}`));
    assert.deepEqual(
      await Promise.all(reads),
      Array.from({ length: 300 }, (_, i) => `${i}`),
    );
  });

  test('counts right when eight connections increment at once', async () => {
    const clients = Array.from({ length: 8 }, () => connect());
    const replies = await Promise.all(
      clients.flatMap((client) => Array.from({ length: 100 }, () => client.incr('hits'))),
    );
    assert.equal(new Set(replies).size, 800);
    assert.equal(await redis.get('hits'), '800');
  });

  test('keeps binary keys and values as they are', async () => {
    const key = Buffer.from([0, 255, 13, 10, 36, 42]);
    const value = Buffer.concat([Buffer.from('\r\n$-1\r\n'), randomBytes(3_000_000)]);
    await redis.set(key, value);
    assert.ok(value.equals(await redis.getBuffer(key)));
    assert.equal(await redis.strlen(key), value.length);
    assert.equal(await redis.del(key), 1);
  });

  test('puts its own prefix before keys and not before channels', async () => {
    const client = connect(url, { keyPrefix: 'pre::' });
    await client.set('X', '1');
    await client.mset('Y', '2', 'Z', '3');
    assert.deepEqual(await redis.mget('pre::X', 'pre::Y', 'pre::Z'), ['1', '2', '3']);
    assert.equal(await client.exists('X', 'Y', 'Z', 'W'), 3);
    assert.deepEqual((await client.keys('pre::*')).sort(), ['pre::X', 'pre::Y', 'pre::Z']);
    assert.equal(await client.publish('X', 'nobody'), 0);
  });

  test('keeps a key whose name begins with two colons', async () => {
    const client = connect(url, { keyPrefix: '::' });
    await client.set('OPENID_SESSION:1', 'x');
    assert.equal(await redis.get('::OPENID_SESSION:1'), 'x');
  });

  test('turns a hash into an object and back', async () => {
    await redis.hset('job', { status: 'running', userId: 'u1', createdAt: 1700000000000 });
    assert.equal(await redis.expire('job', 1200), 1);
    assert.deepEqual(await redis.hgetall('job'), {
      status: 'running',
      userId: 'u1',
      createdAt: '1700000000000',
    });
    assert.equal(await redis.hdel('job', 'userId', 'none'), 1);
    assert.deepEqual(await redis.hgetall('missing'), {});
  });

  test('walks every key with a SCAN stream while others come and go', async () => {
    const pipeline = redis.pipeline();
    for (let i = 0; i < 2000; i++) {
      pipeline.set(`walk:${i}`, i);
    }
    await pipeline.exec();
    const found = new Set();
    let round = 0;
    for await (const keys of redis.scanStream({ match: 'walk:*', count: 100 })) {
      keys.forEach((key) => found.add(key));
      await redis.set(`walk:new:${round++}`, '1');
      await redis.del(`walk:new:${round - 2}`);
    }
    for (let i = 0; i < 2000; i++) {
      assert.ok(found.has(`walk:${i}`), `walk:${i} was not returned`);
    }
  });

  test('walks hashes, sets and sorted sets', async () => {
    const members = Array.from({ length: 700 }, (_, i) => `m${i}`);
    await redis.hset('big:hash', Object.fromEntries(members.map((m, i) => [m, i])));
    await redis.sadd('big:set', members);
    await redis.zadd('big:zset', ...members.flatMap((m, i) => [i, m]));
    const gather = async (stream) => {
      const all = [];
      for await (const part of stream) {
        all.push(...part);
      }
      return all;
    };
    const fields = await gather(redis.hscanStream('big:hash'));
    assert.equal(new Set(fields.filter((_, i) => i % 2 === 0)).size, 700);
    assert.equal(new Set(await gather(redis.sscanStream('big:set'))).size, 700);
    const scored = await gather(redis.zscanStream('big:zset', { match: 'm1*' }));
    assert.equal(new Set(scored.filter((_, i) => i % 2 === 0)).size, 111);
  });

  test('reports unknown commands and wrong numbers of arguments as Redis words them', async () => {
    await assert.rejects(
      redis.call('nosuch', 'a', 'b'),
      /^ReplyError: ERR unknown command 'nosuch', with args beginning with: 'a' 'b' $/,
    );
    await assert.rejects(
      redis.call('get'),
      /^ReplyError: ERR wrong number of arguments for 'get' command$/,
    );
  });
});

describe('transactions', () => {
  test('runs MULTI as one pipeline', async () => {
    const results = await redis.multi().set('m', '1').incr('m').get('m').exec();
    assert.deepEqual(results, [
      [null, 'OK'],
      [null, 2],
      [null, '2'],
    ]);
  });

  test('runs MULTI command by command', async () => {
    const client = connect();
    assert.equal(await client.multi({ pipeline: false }), 'OK');
    assert.equal(await client.set('one', '1'), 'QUEUED');
    assert.equal(await client.get('one'), 'QUEUED');
    assert.equal(await redis.get('one'), null);
    assert.deepEqual(await client.exec(), [
      [null, 'OK'],
      [null, '1'],
    ]);
  });

  test('throws away everything when one command is wrong', async () => {
    const transaction = redis.multi().set('never', '1').call('get').exec();
    await assert.rejects(transaction, /EXECABORT Transaction discarded because of previous errors/);
    assert.equal(await redis.exists('never'), 0);
  });

  test('goes on after a command that fails while it runs', async () => {
    const results = await redis.multi().set('t', 'x').incr('t').set('t', 'y').exec();
    assert.match(results[1][0].message, /^ERR value is not an integer or out of range$/);
    assert.equal(await redis.get('t'), 'y');
  });

  test('does nothing when a watched key has changed', async () => {
    const client = connect();
    await client.set('balance', '100');
    await client.watch('balance');
    await redis.set('balance', '50');
    assert.equal(await client.multi().set('balance', '0').exec(), null);
    assert.equal(await client.get('balance'), '50');
  });
});

describe('publish and subscribe', () => {
  test('delivers in the order of publishing and counts the receivers', async () => {
    const [one, two] = [connect(), connect()];
    const received = [[], []];
    [one, two].forEach((client, i) => client.on('message', (_, text) => received[i].push(text)));
    assert.equal(await one.subscribe('events', 'other'), 2);
    assert.equal(await two.subscribe('events'), 1);
    const counts = await Promise.all(
      Array.from({ length: 500 }, (_, i) => redis.publish('events', `${i}`)),
    );
    assert.ok(counts.every((count) => count === 2));
    await until(() => received.every((each) => each.length === 500), '500 messages each');
    const expected = Array.from({ length: 500 }, (_, i) => `${i}`);
    assert.deepEqual(received, [expected, expected]);
    assert.equal(await two.unsubscribe('events'), 0);
    assert.equal(await redis.publish('events', 'last'), 1);
  });

  test('matches patterns and hands over binary messages', async () => {
    const client = connect();
    await client.psubscribe('news.*');
    const message = next(client, 'pmessageBuffer');
    const payload = Buffer.from([0, 1, 254, 255]);
    assert.equal(await redis.publish('news.art', payload), 1);
    const [pattern, channel, body] = await message;
    assert.deepEqual([pattern, channel.toString()], ['news.*', 'news.art']);
    assert.ok(payload.equals(body));
    assert.equal(await redis.publish('weather', payload), 0);
  });

  test('answers the ping of a subscriber with pong and an empty text', async () => {
    const client = connect();
    await client.subscribe('quiet');
    assert.deepEqual(await client.ping(), ['pong', '']);
    assert.deepEqual(await client.ping('still there'), ['pong', 'still there']);
  });

  test('subscribes again after the connection was lost', async () => {
    const client = connect(url, { retryStrategy: () => 10 });
    await next(client, 'ready');
    const victim = await client.client('ID');
    await client.subscribe('lasting');
    await client.psubscribe('lasting.*');
    assert.equal(await redis.client('KILL', 'ID', victim), 1);
    const received = new Set();
    client.on('message', (channel) => received.add(channel));
    client.on('pmessage', (_, channel) => received.add(channel));
    const both = async () => {
      await redis.publish('lasting', 'hello again');
      await redis.publish('lasting.a', 'hello again');
      return received.size === 2;
    };
    await until(both, 'both subscriptions to come back');
  });

  test('lists channels and counts subscribers', async () => {
    const client = connect();
    await client.subscribe('stream:{a}:events', 'stream:{b}:events');
    await client.psubscribe('stream:*');
    assert.deepEqual((await redis.pubsub('CHANNELS', 'stream:*')).sort(), [
      'stream:{a}:events',
      'stream:{b}:events',
    ]);
    assert.deepEqual(await redis.pubsub('NUMSUB', 'stream:{a}:events', 'none'), [
      'stream:{a}:events',
      1,
      'none',
      0,
    ]);
    // The clients of earlier tests may still be leaving.
    await until(async () => (await redis.pubsub('NUMPAT')) === 1, 'one pattern');
  });

  test('refuses other commands on a subscribed connection', async () => {
    const client = connect();
    await client.subscribe('only');
    await assert.rejects(client.get('x'), /subscriber mode/);
  });
});

describe('blocking', () => {
  const blocked = (count) =>
    until(
      async () => (await redis.info('clients')).includes(`\r\nblocked_clients:${count}\r\n`),
      `${count} blocked clients`,
    );

  test('hands each element to the consumer that waited longest', async () => {
    const [first, second] = [connect(), connect()];
    const gotFirst = first.blpop('queue', 0);
    await blocked(1);
    const gotSecond = second.blpop('other', 'queue', 0);
    await blocked(2);
    assert.equal(await redis.rpush('queue', 'a'), 1);
    assert.deepEqual(await gotFirst, ['queue', 'a']);
    await redis.rpush('queue', 'b');
    assert.deepEqual(await gotSecond, ['queue', 'b']);
    assert.equal(await redis.exists('queue'), 0);
  });

  test('gives two consumers every job once', async () => {
    const consumers = [connect(), connect()];
    const done = [];
    const consume = async (client) => {
      for (;;) {
        const [, job] = await client.brpop('jobs', 0);
        if (job === 'stop') {
          return;
        }
        done.push(job);
      }
    };
    const running = consumers.map(consume);
    const jobs = Array.from({ length: 200 }, (_, i) => `job ${i}`);
    await Promise.all(jobs.map((job) => redis.lpush('jobs', job)));
    await redis.lpush('jobs', 'stop', 'stop');
    await Promise.all(running);
    assert.deepEqual(done.sort(), jobs.sort());
  });

  test('answers null when the time is over', async () => {
    const client = connect();
    assert.equal(await client.blpop('nothing', 0.05), null);
    assert.equal(await client.blmove('nothing', 'elsewhere', 'LEFT', 'RIGHT', 0.05), null);
    assert.equal(await client.bzpopmin('nothing', 0.05), null);
  });

  test('moves between lists and pops the lowest score', async () => {
    const client = connect();
    const moved = client.blmove('inbox', 'work', 'LEFT', 'RIGHT', 0);
    await blocked(1);
    await redis.rpush('inbox', 'task');
    assert.equal(await moved, 'task');
    assert.deepEqual(await redis.lrange('work', 0, -1), ['task']);
    const popped = client.bzpopmin('scores', 0);
    await blocked(1);
    await redis.zadd('scores', 2, 'two', 1, 'one');
    assert.deepEqual(await popped, ['scores', 'one', '1']);
  });

  test('is released by CLIENT UNBLOCK', async () => {
    const client = connect();
    const id = await client.client('ID');
    const waiting = client.blpop('never', 0);
    const rejected = assert.rejects(waiting, /UNBLOCKED client unblocked via CLIENT UNBLOCK/);
    await blocked(1);
    assert.equal(await redis.client('UNBLOCK', id, 'ERROR'), 1);
    await rejected;
  });
});

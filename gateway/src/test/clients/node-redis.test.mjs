// node-redis 5: every test runs in RESP2 and again in RESP3.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { createClient, createClientPool, RESP_TYPES, WatchError } from 'redis';
import { anonymousUrl, ca, loginUrl, socketPath, tlsUrl, until, url } from './server.mjs';

for (const RESP of [2, 3]) {
  describe(`RESP${RESP}`, () => suite(RESP));
}

function suite(RESP) {
  const opened = [];

  async function connect(options = {}) {
    const client = createClient({ url, RESP, ...options });
    client.on('error', () => {}); // the test asserts on what its commands answer
    opened.push(client);
    return client.connect();
  }

  let redis;

  before(async () => {
    redis = await createClient({ url, RESP }).connect();
    await redis.flushAll();
  });

  after(() => redis.close());

  afterEach(() => {
    opened.splice(0).forEach((client) => client.isOpen && client.destroy());
  });

  describe('connection', () => {
    test('tells its library, its version and its name', async () => {
      const client = await connect({ name: 'worker-7' });
      const line = await client.sendCommand(['CLIENT', 'INFO']);
      assert.match(line, / lib-name=node-redis/);
      assert.match(line, / lib-ver=5\.\d+\.\d+/);
      assert.match(line, / name=worker-7 /);
      assert.match(line, new RegExp(` resp=${RESP}`));
      assert.equal(await client.clientGetName(), 'worker-7');
    });

    test('selects the database of its options', async () => {
      const client = await connect({ database: 3 });
      await client.set('where', 'three');
      assert.equal(await redis.get('where'), null);
      assert.equal((await client.clientInfo()).db, 3);
      await client.flushDb();
      assert.equal(await client.dbSize(), 0);
    });

    test('answers HELLO with what it is', async () => {
      const reply = await redis.hello(RESP);
      assert.equal(reply.server, 'redis');
      assert.equal(reply.proto, RESP);
      assert.equal(reply.role, 'master');
      assert.equal(reply.mode, 'standalone');
      assert.match(reply.version, /^\d+\.\d+\.\d+/);
    });

    test('refuses a protocol it does not know', async () => {
      const client = await connect();
      await assert.rejects(client.sendCommand(['HELLO', '4']), {
        message: 'NOPROTO unsupported protocol version',
      });
      assert.equal(await client.ping(), 'PONG');
    });

    test('duplicates itself with the same settings', async () => {
      const client = await connect({ name: 'original', database: 2 });
      const copy = client.duplicate();
      opened.push(copy);
      await copy.connect();
      assert.notEqual(await copy.clientId(), await client.clientId());
      assert.equal(await copy.clientGetName(), 'original');
      assert.equal((await copy.clientInfo()).db, 2);
    });

    test('reconnects after it was killed', async () => {
      const client = await connect({ socket: { reconnectStrategy: () => 10 } });
      const victim = await client.clientId();
      assert.equal(await redis.clientKill({ filter: 'ID', id: victim }), 1);
      const id = () => client.clientId().catch(() => victim);
      await until(async () => (await id()) !== victim, 'a new connection');
      assert.equal(await client.ping(), 'PONG');
    });

    test('works over TLS', async () => {
      const client = await connect({ url: tlsUrl, socket: { ca } });
      const value = 'ü'.repeat(100_000);
      await client.set('tls', value);
      assert.equal(await client.get('tls'), value);
      assert.equal(await client.strLen('tls'), 200_000);
    });

    test('does not trust a certificate it was not given', async () => {
      await assert.rejects(
        connect({ url: tlsUrl, socket: { reconnectStrategy: false } }),
        /self[- ]signed certificate/,
      );
    });

    test('works over the unix socket', async () => {
      const client = await connect({ url: undefined, socket: { path: socketPath } });
      assert.equal(await client.ping('through the file system'), 'through the file system');
    });

    test('logs in with the credentials of the URL', async () => {
      const client = await connect({ url: loginUrl });
      assert.equal(await client.set('inside', '1'), 'OK');
    });

    test('is refused without credentials', async () => {
      // In RESP3 the greeting itself is refused, in RESP2 the first command.
      const visit = async () => {
        const client = await connect({
          url: anonymousUrl,
          socket: { reconnectStrategy: false },
        });
        return client.get('inside');
      };
      await assert.rejects(visit(), /NOAUTH /);
    });

    test('is refused with a wrong password', async () => {
      await assert.rejects(
        connect({
          url: anonymousUrl,
          username: new URL(loginUrl).username,
          password: 'wrong',
          socket: { reconnectStrategy: false },
        }),
        { message: 'WRONGPASS invalid username-password pair or user is disabled.' },
      );
    });

    test('lends the clients of a pool', async () => {
      const pool = createClientPool({ url, RESP }, { minimum: 2, maximum: 5 });
      await pool.connect();
      try {
        await redis.del('pooled');
        const replies = await Promise.all(Array.from({ length: 200 }, () => pool.incr('pooled')));
        assert.equal(new Set(replies).size, 200);
        const popped = pool.execute((client) => client.blPop('pool:queue', 0));
        assert.equal(await pool.lPush('pool:queue', 'x'), 1);
        assert.deepEqual({ ...(await popped) }, { key: 'pool:queue', element: 'x' });
      } finally {
        await pool.close();
      }
    });
  });

  describe('commands', () => {
    test('sends thousands of commands at once and gets each its own reply', async () => {
      const replies = await Promise.all(
        Array.from({ length: 3000 }, (_, i) =>
          i % 3 === 0
            ? redis.set(`many:${i}`, `${i}`)
            : i % 3 === 1
              ? redis.get(`many:${i - 1}`)
              : redis.echo(`${i}`),
        ),
      );
      replies.forEach((reply, i) =>
        assert.equal(reply, i % 3 === 0 ? 'OK' : i % 3 === 1 ? `${i - 1}` : `${i}`),
      );
    });

    test('sets with every condition and life time', async () => {
      const life = { type: 'EX', value: 100 };
      assert.equal(await redis.set('s', '1', { condition: 'NX', expiration: life }), 'OK');
      assert.equal(await redis.set('s', '2', { condition: 'NX' }), null);
      const keep = { condition: 'XX', expiration: 'KEEPTTL', GET: true };
      assert.equal(await redis.set('s', '3', keep), '1');
      const left = await redis.pTTL('s');
      assert.ok(left > 0 && left <= 100_000, `${left}`);
      assert.equal(await redis.getEx('s', { type: 'PERSIST' }), '3');
      assert.equal(await redis.ttl('s'), -1);
      assert.equal(await redis.getDel('s'), '3');
      assert.equal(await redis.ttl('s'), -2);
    });

    test('returns a map for a hash and keeps types that the client asked for', async () => {
      await redis.hSet('user', { name: 'Ada', visits: 3 });
      assert.deepEqual({ ...(await redis.hGetAll('user')) }, { name: 'Ada', visits: '3' });
      assert.equal(await redis.hIncrBy('user', 'visits', 4), 7);
      assert.equal(await redis.hIncrByFloat('user', 'rate', 0.5), '0.5');
      assert.deepEqual(await redis.hmGet('user', ['name', 'none']), ['Ada', null]);
      assert.deepEqual((await redis.hKeys('user')).sort(), ['name', 'rate', 'visits']);
      const raw = await redis
        .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
        .hGet('user', 'name');
      assert.ok(Buffer.from('Ada').equals(raw));
    });

    test('keeps a leaderboard', async () => {
      await redis.zAdd('board', [
        { value: 'ada', score: 10 },
        { value: 'bob', score: 25.5 },
        { value: 'cyd', score: 25.5 },
        { value: 'dan', score: Infinity },
      ]);
      assert.equal(await redis.zIncrBy('board', 20, 'ada'), 30);
      assert.equal(await redis.zScore('board', 'dan'), Infinity);
      assert.deepEqual(await redis.zmScore('board', ['bob', 'nobody']), [25.5, null]);
      assert.equal(await redis.zRevRank('board', 'ada'), 1);
      assert.deepEqual(
        (await redis.zRangeWithScores('board', 0, 2, { REV: true })).map((each) => ({ ...each })),
        [
          { value: 'dan', score: Infinity },
          { value: 'ada', score: 30 },
          { value: 'cyd', score: 25.5 },
        ],
      );
      assert.deepEqual(
        await redis.zRange('board', '(25.5', '+inf', {
          BY: 'SCORE',
          LIMIT: { offset: 0, count: 1 },
        }),
        ['ada'],
      );
      assert.equal(
        await redis.zAdd('board', { value: 'bob', score: 1 }, { comparison: 'GT', CH: true }),
        0,
      );
      assert.deepEqual({ ...(await redis.zPopMin('board')) }, { value: 'bob', score: 25.5 });
      assert.equal(await redis.zRemRangeByRank('board', 0, -2), 2);
      assert.equal(await redis.zCard('board'), 1);
    });

    test('works with sets and with lists', async () => {
      await redis.sAdd('a', ['1', '2', '3', 'x']);
      await redis.sAdd('b', ['2', '3', '4']);
      assert.deepEqual((await redis.sInter(['a', 'b'])).sort(), ['2', '3']);
      assert.deepEqual((await redis.sDiff(['a', 'b'])).sort(), ['1', 'x']);
      assert.equal(await redis.sUnionStore('c', ['a', 'b']), 5);
      assert.deepEqual(await redis.smIsMember('c', ['1', 'y']), [1, 0]);
      assert.equal(await redis.sInterCard(['a', 'b'], 1), 1);
      await redis.rPush('l', ['a', 'b', 'c', 'b']);
      assert.deepEqual(await redis.lPosCount('l', 'b', 0), [1, 3]);
      assert.equal(await redis.lMove('l', 'm', 'RIGHT', 'LEFT'), 'b');
      assert.deepEqual(await redis.lmPop(['none', 'l'], 'LEFT', { COUNT: 2 }), ['l', ['a', 'b']]);
      assert.deepEqual(await redis.lRange('l', 0, -1), ['c']);
    });

    test('walks keys, fields, members and scores', async () => {
      const wanted = Array.from({ length: 1500 }, (_, i) => `it:${i}`);
      await redis.mSet(Object.fromEntries(wanted.map((key) => [key, '1'])));
      const keys = new Set();
      for await (const batch of redis.scanIterator({ MATCH: 'it:*', COUNT: 200 })) {
        batch.forEach((key) => keys.add(key));
      }
      assert.deepEqual([...keys].sort(), [...wanted].sort());

      await redis.hSet('it:hash', Object.fromEntries(wanted.map((key) => [key, 'v'])));
      const fields = new Set();
      for await (const batch of redis.hScanIterator('it:hash')) {
        batch.forEach(({ field, value }) => {
          assert.equal(value, 'v');
          fields.add(field);
        });
      }
      assert.equal(fields.size, 1500);

      await redis.zAdd('it:zset', wanted.map((value, score) => ({ value, score })));
      const scores = new Set();
      for await (const batch of redis.zScanIterator('it:zset', { MATCH: '*9' })) {
        batch.forEach(({ score }) => scores.add(score));
      }
      assert.equal(scores.size, 150);
    });

    test('scans by type', async () => {
      await redis.sAdd('typed:set', 'x');
      await redis.set('typed:string', 'x');
      const found = [];
      for await (const batch of redis.scanIterator({ MATCH: 'typed:*', TYPE: 'set' })) {
        found.push(...batch);
      }
      assert.deepEqual(found, ['typed:set']);
    });

    test('carries binary values', async () => {
      const value = randomBytes(2_000_000);
      await redis.set('binary', value);
      const back = await redis
        .withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
        .get('binary');
      assert.ok(value.equals(back));
    });

    test('reports errors as errors of their command only', async () => {
      await redis.set('word', 'abc');
      const [bad, good] = await Promise.allSettled([redis.incr('word'), redis.get('word')]);
      assert.equal(bad.reason.message, 'ERR value is not an integer or out of range');
      assert.equal(good.value, 'abc');
    });

    test('describes its commands', async () => {
      const [get, none] = await redis.commandInfo(['get', 'nosuchcommand']);
      assert.equal(get.name, 'get');
      assert.equal(get.arity, 2);
      assert.ok(get.flags.has ? get.flags.has('readonly') : get.flags.includes('readonly'));
      assert.deepEqual([get.firstKeyIndex, get.lastKeyIndex, get.step], [1, 1, 1]);
      assert.equal(none, null);
      assert.deepEqual(
        await redis.commandGetKeys(['MSET', 'a', '1', 'b', '2']),
        ['a', 'b'],
      );
      assert.ok((await redis.commandCount()) > 150);
    });

    test('reads and changes the configuration', async () => {
      const policy = async () => ({ ...(await redis.configGet('maxmemory-p*')) });
      assert.deepEqual(await policy(), { 'maxmemory-policy': 'noeviction' });
      assert.equal(await redis.configSet('maxmemory-policy', 'allkeys-lru'), 'OK');
      assert.deepEqual(await policy(), { 'maxmemory-policy': 'allkeys-lru' });
      await redis.configSet('maxmemory-policy', 'noeviction');
      await assert.rejects(redis.configSet('nosuch', '1'), /Unknown option or number of arguments/);
    });
  });

  describe('transactions', () => {
    test('runs MULTI and gives typed replies', async () => {
      const replies = await redis
        .multi()
        .set('tx', '5')
        .incrBy('tx', 37)
        .hSet('tx:hash', 'f', 'v')
        .hGetAll('tx:hash')
        .exec();
      assert.deepEqual(replies.slice(0, 3), ['OK', 42, 1]);
      assert.deepEqual({ ...replies[3] }, { f: 'v' });
    });

    test('gives up when a watched key was changed by another', async () => {
      const client = await connect();
      await client.set('stock', '3');
      await client.watch('stock');
      await redis.decr('stock');
      await assert.rejects(client.multi().decr('stock').exec(), WatchError);
      assert.equal(await redis.get('stock'), '2');
    });

    test('sells exactly the stock to twenty buyers who watch it', async () => {
      await redis.set('tickets', '10');
      const buyers = await Promise.all(Array.from({ length: 20 }, () => connect()));
      const buy = async (client) => {
        for (;;) {
          await client.watch('tickets');
          const left = Number(await client.get('tickets'));
          if (left === 0) {
            await client.unwatch();
            return 0;
          }
          try {
            await client.multi().set('tickets', `${left - 1}`).exec();
            return 1;
          } catch (error) {
            assert.ok(error instanceof WatchError, error);
          }
        }
      };
      const sold = (await Promise.all(buyers.map(buy))).reduce((a, b) => a + b);
      assert.equal(sold, 10);
      assert.equal(await redis.get('tickets'), '0');
    });

    test('reports the failing command of a transaction', async () => {
      await redis.set('text', 'abc');
      await assert.rejects(redis.multi().incr('text').get('text').exec(), (error) => {
        assert.equal(error.errorIndexes.length, 1);
        assert.match(error.replies[0].message, /not an integer/);
        assert.equal(error.replies[1], 'abc');
        return true;
      });
    });
  });

  describe('publish and subscribe', () => {
    test('delivers on channels and patterns', async () => {
      const client = await connect();
      const received = [];
      await client.subscribe('room:1', (text, channel) => received.push([channel, text]));
      await client.pSubscribe('room:*', (text, channel) => received.push(['*', channel, text]));
      assert.equal(await redis.publish('room:1', 'hi'), 2);
      assert.equal(await redis.publish('room:2', 'ho'), 1);
      await until(() => received.length === 3, 'three messages');
      assert.deepEqual(received, [
        ['room:1', 'hi'],
        ['*', 'room:1', 'hi'],
        ['*', 'room:2', 'ho'],
      ]);
      await client.unsubscribe('room:1');
      await client.pUnsubscribe();
      assert.equal(await redis.publish('room:1', 'gone'), 0);
      await client.set('free', 'again');
      assert.equal(await redis.get('free'), 'again');
    });

    test('delivers on sharded channels, apart from the others', async () => {
      const client = await connect();
      const received = [];
      await client.sSubscribe('shard', (text) => received.push(`sharded ${text}`));
      await client.subscribe('shard', (text) => received.push(`plain ${text}`));
      assert.equal(await redis.sPublish('shard', 'one'), 1);
      assert.equal(await redis.publish('shard', 'two'), 1);
      await until(() => received.length === 2, 'two messages');
      assert.deepEqual(received.sort(), ['plain two', 'sharded one']);
      assert.deepEqual(await redis.pubSubShardChannels(), ['shard']);
      assert.deepEqual({ ...(await redis.pubSubShardNumSub(['shard'])) }, { shard: 1 });
      await client.sUnsubscribe('shard');
      assert.equal(await redis.sPublish('shard', 'three'), 0);
    });

    test('subscribes again after the connection was lost', async () => {
      const client = await connect({ socket: { reconnectStrategy: () => 10 } });
      const received = [];
      const victim = await client.clientId();
      await client.subscribe('again', (text) => received.push(text));
      await redis.clientKill({ filter: 'ID', id: victim });
      const back = async () => {
        await redis.publish('again', 'back');
        return received.includes('back');
      };
      await until(back, 'a message by the new subscription');
    });

    if (RESP === 3) {
      test('runs other commands on a subscribed connection', async () => {
        const client = await connect();
        const received = [];
        await client.subscribe('mixed', (text) => received.push(text));
        const replies = await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            i % 2 ? client.publish('mixed', `${i}`) : client.echo(`${i}`),
          ),
        );
        replies.forEach((reply, i) => assert.equal(reply, i % 2 ? 1 : `${i}`));
        await until(() => received.length === 100, 'its own hundred messages');
        assert.deepEqual(
          received,
          Array.from({ length: 100 }, (_, i) => `${2 * i + 1}`),
        );
      });
    }
  });

  describe('blocking', () => {
    test('waits for elements on its own connection while another works', async () => {
      const client = await connect();
      const waiting = client.blmPop(0, ['q1', 'q2'], 'RIGHT', { COUNT: 10 });
      const score = (await connect()).bzPopMax('best', 0);
      await until(
        async () => (await redis.info('clients')).includes('blocked_clients:2'),
        'two blocked clients',
      );
      await redis.rPush('q2', ['a', 'b']);
      await redis.zAdd('best', [
        { value: 'low', score: 1 },
        { value: 'high', score: 9.25 },
      ]);
      assert.deepEqual(await waiting, ['q2', ['b', 'a']]);
      assert.deepEqual({ ...(await score) }, { key: 'best', value: 'high', score: 9.25 });
      assert.equal(await redis.exists('q2'), 0);
    });

    test('answers null when the time is over', async () => {
      const client = await connect();
      assert.equal(await client.blPop('nothing', 0.05), null);
      assert.equal(await client.blmPop(0.05, 'nothing', 'LEFT'), null);
      assert.equal(await client.bzmPop(0.05, 'nothing', 'MIN'), null);
      assert.equal(await client.bzPopMin('nothing', 0.05), null);
    });
  });
}

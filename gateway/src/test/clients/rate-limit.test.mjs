// rate-limit-redis behind express-rate-limit, and locks as redlock takes them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import Redis from 'ioredis';
import { RedisStore } from 'rate-limit-redis';
import { until, url } from './server.mjs';

let redis;

before(async () => {
  redis = new Redis(url);
  await redis.flushall();
});

after(() => redis.quit());

describe('rate limits', () => {
  test('let so many requests of a client pass in a window, over all instances', async () => {
    const instances = [];
    const make = async () => {
      const app = express();
      const store = new RedisStore({
        prefix: 'login_limiter:',
        sendCommand: (...words) => redis.call(...words),
      });
      app.use(
        rateLimit({ windowMs: 60_000, limit: 5, store, legacyHeaders: false, validate: false, keyGenerator: () => 'client' }));
      app.get('/', (_, response) => response.send('in'));
      const server = app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      instances.push(server);
      return `http://127.0.0.1:${server.address().port}/`;
    };
    const [one, two] = [await make(), await make()];
    const ask = async (address) => (await fetch(address)).status;
    const answers = [];
    for (let i = 0; i < 4; i++) {
      answers.push(await ask(one), await ask(two));
    }
    assert.deepEqual(answers.filter((status) => status === 200).length, 5);
    assert.deepEqual(answers.slice(5), [429, 429, 429]);
    const left = await redis.pttl('login_limiter:client');
    assert.ok(left > 0 && left <= 60_000, `${left}`);
    // The window is cut short, so that the requests before had time enough for theirs.
    await redis.pexpire('login_limiter:client', 20);
    await until(async () => (await ask(one)) === 200, 'the next window');
    // The store loads its scripts again when the server has forgotten them.
    await redis.script('FLUSH');
    assert.equal(await ask(two), 200);
    for (const server of instances) {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('locks', () => {
  const RELEASE =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";
  const EXTEND =
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end";

  test('keep a counter that is read and written apart exact', async () => {
    await redis.set('balance', 0);
    const worker = async () => {
      const token = randomUUID();
      for (let round = 0; round < 5; round++) {
        await until(() => redis.set('lock', token, 'PX', 60_000, 'NX'), 'the lock');
        const before = Number(await redis.get('balance'));
        assert.equal(await redis.eval(EXTEND, 1, 'lock', token, 60_000), 1);
        await redis.set('balance', before + 1);
        assert.equal(await redis.eval(RELEASE, 1, 'lock', token), 1);
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    assert.equal(await redis.get('balance'), '30');
    assert.equal(await redis.eval(RELEASE, 1, 'lock', 'somebody else'), 0);
  });

  test('run out by themselves when their owner is gone', async () => {
    assert.equal(await redis.set('abandoned', 'owner', 'PX', 60_000, 'NX'), 'OK');
    assert.equal(await redis.set('abandoned', 'other', 'PX', 30, 'NX'), null);
    assert.equal(await redis.eval(EXTEND, 1, 'abandoned', 'owner', 30), 1);
    await until(() => redis.set('abandoned', 'other', 'PX', 60_000, 'NX'), 'the lock to run out');
    assert.equal(await redis.eval(RELEASE, 1, 'abandoned', 'owner'), 0);
    assert.equal(await redis.get('abandoned'), 'other');
  });
});

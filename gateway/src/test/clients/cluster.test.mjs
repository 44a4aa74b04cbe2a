// Cluster clients as LibreChat makes them with USE_REDIS_CLUSTER=true, plain and over TLS.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import Redis from 'ioredis';
import { createCluster } from 'redis';
import { ca, clusterTlsUrl, clusterUrl, next, until } from './server.mjs';

const keys = Array.from({ length: 50 }, (_, i) => `key:${i}`);

function node(url) {
  const address = new URL(url);
  return { host: address.hostname, port: Number(address.port) };
}

for (const [kind, url] of [
  ['plain', clusterUrl],
  ['TLS', clusterTlsUrl],
]) {
  // The node announces the address by which it was reached: its certificate names that as well.
  const tls = url.startsWith('rediss') ? { tls: { ca, checkServerIdentity: () => undefined } } : {};

  describe(`ioredis, ${kind}`, () => {
    const cluster = new Redis.Cluster([node(url)], {
      redisOptions: { connectionName: 'librechat', ...tls },
      dnsLookup: (address, callback) => callback(null, address),
      clusterRetryStrategy: () => null,
    });
    cluster.on('error', () => {}); // the test asserts on what its commands answer

    after(() => cluster.quit());

    test('finds the node of every slot and reads what it wrote', async () => {
      await cluster.flushall();
      await Promise.all(keys.map((key) => cluster.set(key, `value of ${key}`)));
      const values = await Promise.all(keys.map((key) => cluster.get(key)));
      assert.deepEqual(values, keys.map((key) => `value of ${key}`));
      assert.equal(cluster.nodes('master').length, 1);
    });

    test('executes keys of one slot together and is refused those of several', async () => {
      await cluster.mset('stream:{1}:job', 'a', 'stream:{1}:seq', '7');
      assert.equal(
        await cluster.eval(
          "return redis.call('INCRBY', KEYS[2], 2)", 2, 'stream:{1}:job', 'stream:{1}:seq'),
        9);
      assert.deepEqual(
        await cluster.pipeline().get('stream:{1}:job').incr('stream:{1}:seq').exec(),
        [[null, 'a'], [null, 10]]);
      await assert.rejects(cluster.mset('a', 1, 'b', 2), /^ReplyError: CROSSSLOT Keys in request/);
    });

    test('publishes and subscribes', async () => {
      const subscriber = cluster.nodes('master')[0].duplicate();
      subscriber.on('error', () => {});
      await subscriber.subscribe('stream:{1}:events');
      const message = next(subscriber, 'message');
      assert.equal(await cluster.publish('stream:{1}:events', 'chunk'), 1);
      assert.deepEqual(await message, ['stream:{1}:events', 'chunk']);
      subscriber.disconnect();
    });
  });

  describe(`node-redis, ${kind}`, () => {
    test('finds the node of every slot, in pipelines and transactions', async () => {
      const socket = url.startsWith('rediss')
        ? { tls: true, ca, checkServerIdentity: () => undefined }
        : {};
      const cluster = createCluster({ rootNodes: [{ url }], defaults: { socket } });
      cluster.on('error', () => {}); // the test asserts on what its commands answer
      await cluster.connect();
      try {
        await Promise.all(keys.map((key) => cluster.set(key, key, { EX: 100 })));
        assert.deepEqual(await Promise.all(keys.map((key) => cluster.get(key))), keys);
        assert.deepEqual(
          await cluster.multi().set('{x}a', '1').incr('{x}a').unlink('{x}b').exec(),
          ['OK', 2, 0]);
        await assert.rejects(cluster.mGet(['a', 'b']), /CROSSSLOT/);
        const heard = [];
        await cluster.sSubscribe('{x}channel', (message) => heard.push(message));
        await until(async () => {
          await cluster.sPublish('{x}channel', 'hello');
          return heard.includes('hello');
        }, 'a message of a sharded channel');
      } finally {
        cluster.destroy();
      }
    });
  });
}

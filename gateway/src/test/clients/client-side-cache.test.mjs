// node-redis 5 keeps what it has read (CLIENT TRACKING over RESP3) and drops it when told to.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BasicClientSideCache, createClient } from 'redis';
import { until, url } from './server.mjs';

describe('a client-side cache', () => {
  let writer;
  let reader;
  const cache = new BasicClientSideCache({ maxEntries: 100, ttl: 0 });

  before(async () => {
    writer = await createClient({ url }).connect();
    reader = await createClient({ url, RESP: 3, clientSideCache: cache }).connect();
    await writer.flushAll();
  });

  after(() => {
    writer.destroy();
    reader.destroy();
  });

  test('answers from its copy until another connection changes the key', async () => {
    await writer.set('config', 'one');
    assert.equal(await reader.get('config'), 'one');
    const hits = cache.stats().hitCount;
    assert.equal(await reader.get('config'), 'one');
    assert.equal(cache.stats().hitCount, hits + 1, 'the second read came from the copy');
    await writer.set('config', 'two');
    await until(async () => (await reader.get('config')) === 'two', 'the new value');
  });

  test('forgets hashes that change, keys that expire, and everything on a flush', async () => {
    await writer.hSet('user:1', { name: 'Ada' });
    assert.deepEqual({ ...(await reader.hGetAll('user:1')) }, { name: 'Ada' });
    await writer.hSet('user:1', { name: 'Grace' });
    await until(async () => (await reader.hGet('user:1', 'name')) === 'Grace', 'the new field');
    await until(
      async () => (await reader.hGetAll('user:1')).name === 'Grace', 'the new hash');

    await writer.set('short', 'life', { PX: 40 });
    await reader.get('short');
    await until(async () => (await reader.get('short')) === null, 'the end of the key');

    await writer.set('flushed', 'soon');
    assert.equal(await reader.get('flushed'), 'soon');
    await writer.flushAll();
    await until(async () => (await reader.get('flushed')) === null, 'the flush');
  });
});

// Consumer groups of streams through node-redis: work shared out, acknowledged, taken over.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from 'redis';
import { until, url } from './server.mjs';

for (const RESP of [2, 3]) {
  describe(`consumer groups, RESP${RESP}`, () => {
    const opened = [];
    let redis;

    const connect = async () => {
      const client = await createClient({ url, RESP }).connect();
      opened.push(client);
      return client;
    };

    before(async () => {
      redis = await connect();
      await redis.flushAll();
    });

    after(() => opened.forEach((client) => client.destroy()));

    test('hand every entry to one worker, and keep what was not acknowledged', async () => {
      await redis.xGroupCreate('orders', 'workers', '$', { MKSTREAM: true });
      const seen = new Map();
      const work = async (name) => {
        const own = await connect();
        while (seen.size < 60) {
          const reply = await own.sendCommand([
            'XREADGROUP', 'GROUP', 'workers', name, 'COUNT', '4', 'BLOCK', '50', 'STREAMS', 'orders', '>']);
          const entries = reply === null ? [] : (Array.isArray(reply) ? reply[0][1] : reply.orders);
          for (const [id, [, number]] of entries) {
            assert.ok(!seen.has(number), `${number} came twice`);
            seen.set(number, name);
            if (Number(number) % 10 !== 0) {
              assert.equal(await own.xAck('orders', 'workers', id), 1);
            }
          }
        }
      };
      const workers = ['a', 'b', 'c'].map(work);
      for (let number = 1; number <= 60; number++) {
        await redis.xAdd('orders', '*', { number: String(number) });
      }
      await Promise.all(workers);
      const pending = await redis.xPending('orders', 'workers');
      assert.equal(pending.pending, 6);

      const claimed = await redis.xAutoClaim('orders', 'workers', 'rescuer', 0, '0-0', { COUNT: 100 });
      assert.deepEqual(
        claimed.messages.map((entry) => entry.message.number), ['10', '20', '30', '40', '50', '60']);
      await redis.xAck('orders', 'workers', claimed.messages.map((entry) => entry.id));
      assert.equal((await redis.xPending('orders', 'workers')).pending, 0);
      const groups = await redis.xInfoGroups('orders');
      assert.equal(groups[0]['entries-read'], 60);
      assert.equal(groups[0].lag, 0);
    });

    test('wait for what is added later', async () => {
      await redis.xGroupCreate('late', 'g', '0', { MKSTREAM: true });
      const reader = await connect();
      const waiting = reader.xReadGroup('g', 'c', { key: 'late', id: '>' }, { BLOCK: 5000 });
      await until(
        async () => /blocked_clients:[1-9]/.test(await redis.info('clients')), 'a blocked client');
      await redis.xAdd('late', '1-1', { hello: 'world' });
      // A list of streams in RESP2, a map of them in RESP3.
      assert.match(JSON.stringify(await waiting), /"id":"1-1".*"hello":"world"|"1-1",\["hello","world"\]/);
    });
  });
}

// AI answers that outlive their readers' connections and the application's processes.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import Redis from 'ioredis';
import { Fleet, within } from './resumable-streams.mjs';
import { until, url } from './server.mjs';
import { CREATE, namesOf } from './stream-scripts.mjs';

for (const keyPrefix of ['', 'lc::']) {
  describe(`three instances ${keyPrefix ? 'with' : 'without'} a key prefix of their own`, () => {
    const fleet = new Fleet(3, { KEYWARD_KEY_PREFIX: keyPrefix });
    const plain = new Redis(url);
    const done = (promise, what) => within(60, promise, what);

    before(() => fleet.start());

    afterEach(() => {
      fleet.check();
      return plain.flushall();
    });

    after(async () => {
      await fleet.stop();
      await plain.quit();
    });

    test('show a whole answer to several tabs on every instance', async () => {
      const written = fleet.generate(0, 'tabs', { tokens: 60, pause: 1 });
      const tabs = [0, 0, 1, 2, 2].map((number) => fleet.open(number, 'tabs'));
      assert.deepEqual(await done(written, 'the answer'), {
        id: 'tabs',
        generated: 60,
        status: 'complete',
      });
      await done(Promise.all(tabs.map((tab) => tab.finished)), 'the tabs');
      assert.deepEqual(
        tabs.map(({ seen, status }) => [seen, status]),
        tabs.map(() => [60, 'complete']),
      );
    });

    test('go on with an answer in a tab that comes back through another instance', async () => {
      const written = fleet.generate(0, 'moving', { tokens: 100000, pause: 1, batch: 3 });
      const tab = fleet.open(1, 'moving');
      for (let move = 0; move < 12; move++) {
        const seen = tab.seen;
        await until(() => tab.seen > seen, 'further tokens');
        fleet.move(tab, move % 3);
      }
      assert.equal(await done(fleet.abort(2, 'moving'), 'the end of the answer'), true);
      await done(tab.finished, 'the tab');
      assert.equal(tab.seen, (await written).generated);
      assert.equal(tab.moves, 12);
    });

    const many = keyPrefix ? 200 : 2000;

    test(`carry ${many} answers at once while an instance with readers is killed and replaced`, async () => {
      const ids = Array.from({ length: many }, (_, i) => `many${i}`);
      // Instance 2 only reads, so that its end ends no answer.
      const written = ids.map((id, i) => fleet.generate(i % 2, id, { tokens: 6, pause: 5, batch: 3 }));
      const tabs = ids.map((id, i) => fleet.open(i % 3, id));
      await fleet.replace(2);
      const outcomes = await within(60, Promise.all(written), 'the answers');
      await within(60, Promise.all(tabs.map((tab) => tab.finished)), 'the tabs');
      assert.ok(outcomes.every(({ generated }) => generated === 6));
      assert.ok(tabs.every(({ seen, status }) => seen === 6 && status === 'complete'));
    });

    test('keep what an instance had written when it was killed', async () => {
      fleet.generate(1, 'orphan', { tokens: 100000, pause: 1 });
      const tab = fleet.open(0, 'orphan');
      await until(() => tab.seen >= 20, 'twenty tokens');
      await fleet.replace(1);
      const late = fleet.open(2, 'orphan');
      const names = namesOf('orphan');
      const stored = await plain.xlen(`${keyPrefix}${names.chunks}`);
      await until(() => late.seen === stored, 'the tab that came late');
      // The last token may have been appended, and its announcement have died with the instance.
      await until(() => tab.seen >= stored - 1, 'the tab that was there');
      const life = await plain.ttl(`${keyPrefix}${names.job}`);
      assert.ok(life > 1100 && life <= 1200, `${life}`);
    });

    test('abort an answer from another instance, and its owner acknowledges', async () => {
      const written = fleet.generate(0, 'abort', { tokens: 100000, pause: 2, generation: 7 });
      const tab = fleet.open(1, 'abort');
      await until(() => tab.seen >= 5, 'some tokens');
      assert.equal(await done(fleet.abort(2, 'abort', 7), 'the acknowledgement'), true);
      const { generated, status } = await done(written, 'the end');
      assert.equal(status, 'aborted');
      await done(tab.finished, 'the tab');
      assert.deepEqual([tab.seen, tab.status], [generated, 'aborted']);
      assert.equal(await plain.get(`${keyPrefix}${namesOf('abort').acknowledgement(7)}`), '1');
    });

    test('show the rest to a tab whose instance did not read, was cut off and comes back', async () => {
      const closed = async () =>
        Number(/client_output_buffer_limit_disconnections:(\d+)/.exec(await plain.info('stats'))[1]);
      const before = await closed();
      await plain.config('SET', 'client-output-buffer-limit', 'pubsub 1mb 0 0');
      const written = fleet.generate(0, 'slow', { tokens: 400, pause: 2 });
      const tab = fleet.open(1, 'slow');
      const other = fleet.open(2, 'slow');
      await until(() => tab.seen >= 5, 'some tokens');
      fleet.stall(1, true);
      const noise = JSON.stringify({ type: 'noise', text: 'x'.repeat(1 << 18) });
      await until(async () => {
        await plain.publish(namesOf('slow').events, noise);
        return (await closed()) > before;
      }, 'the slow reader to be cut off');
      fleet.stall(1, false);
      assert.equal((await done(written, 'the answer')).generated, 400);
      await done(Promise.all([tab.finished, other.finished]), 'the tabs');
      assert.deepEqual([tab.seen, other.seen], [400, 400]);
      await plain.config('SET', 'client-output-buffer-limit', 'pubsub 32mb 8mb 60');
    });

    test('let one of several equal requests write, and refuse what was not claimed', async () => {
      const first = fleet.generate(0, 'twice', { tokens: 30, pause: 2 });
      const again = fleet.generate(0, 'twice', { tokens: 30, pause: 2 });
      const outcome = await done(Promise.race([first, again]), 'one of them');
      assert.equal(outcome.status, 'claimed by another');
      const names = namesOf('unclaimed');
      const keys = [
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
      ];
      await assert.rejects(plain.eval(CREATE, 10, ...keys, '1', '{}'), /^ReplyError: STREAM_UNCLAIMED/);
      const tab = fleet.open(1, 'twice');
      await done(tab.finished, 'the tab');
      assert.equal(tab.seen, 30);
    });
  });
}

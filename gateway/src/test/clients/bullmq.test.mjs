// BullMQ: queues, delayed and repeated jobs, retries, priorities, flows, events. Its scripts use
// streams, sorted sets, cmsgpack, cjson and blocking reads.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FlowProducer, Queue, QueueEvents, Worker } from 'bullmq';
import Redis from 'ioredis';
import { until, url } from './server.mjs';

const address = new URL(url);
const connection = {
  host: address.hostname,
  port: Number(address.port),
  maxRetriesPerRequest: null,
};

describe('BullMQ', () => {
  const closing = [];

  function open(made) {
    made.on?.('error', () => {}); // the test asserts on what happens to its jobs
    closing.unshift(made);
    return made;
  }

  before(async () => {
    const redis = new Redis(url);
    await redis.flushall();
    await redis.quit();
  });

  after(async () => {
    for (const each of closing) {
      await each.close();
    }
  });

  test('executes jobs once each, several at a time, and tells of their end', async () => {
    const queue = open(new Queue('mails', { connection }));
    const events = open(new QueueEvents('mails', { connection }));
    await events.waitUntilReady();
    const done = [];
    open(
      new Worker(
        'mails',
        async (job) => {
          done.push(job.data.number);
          return job.data.number * 2;
        },
        { connection, concurrency: 5 }));
    const jobs = await queue.addBulk(
      Array.from({ length: 40 }, (_, number) => ({ name: 'send', data: { number } })));
    const results = await Promise.all(jobs.map((job) => job.waitUntilFinished(events, 60_000)));
    assert.deepEqual(results, Array.from({ length: 40 }, (_, number) => number * 2));
    assert.deepEqual(done.toSorted((a, b) => a - b), Array.from({ length: 40 }, (_, i) => i));
    assert.equal(await queue.getCompletedCount(), 40);
  });

  test('delays jobs, orders them by priority and tries again what fails', async () => {
    const queue = open(new Queue('reports', { connection }));
    const order = [];
    await queue.add('low', {}, { priority: 10 });
    await queue.add('high', {}, { priority: 1 });
    await queue.add('late', {}, { delay: 200 });
    await queue.add('flaky', {}, { priority: 5, attempts: 3, backoff: { type: 'fixed', delay: 20 } });
    assert.equal(await queue.getDelayedCount(), 1);
    open(
      new Worker(
        'reports',
        async (job) => {
          order.push(job.name);
          if (job.name === 'flaky' && job.attemptsMade < 2) {
            throw new Error('not yet');
          }
        },
        { connection }));
    await until(async () => (await queue.getCompletedCount()) === 4, 'all reports');
    // Where the machine is slow, the job that was delayed may be due before the worker begins.
    assert.equal(order.filter((name) => name !== 'late')[0], 'high');
    assert.ok(order.indexOf('high') < order.indexOf('low'));
    assert.equal(order.filter((name) => name === 'flaky').length, 3);
  });

  test('finishes a parent after its children', async () => {
    const flows = open(new FlowProducer({ connection }));
    const order = [];
    for (const name of ['steps', 'renders']) {
      open(
        new Worker(
          name,
          async (job) => {
            order.push(job.name);
            if (name === 'renders') {
              return Object.values(await job.getChildrenValues()).reduce((a, b) => a + b, 0);
            }
            return job.data.value;
          },
          { connection }));
    }
    const flow = await flows.add({
      name: 'render',
      queueName: 'renders',
      children: [1, 2, 3].map((value) => ({ name: `step ${value}`, data: { value }, queueName: 'steps' })),
    });
    await until(async () => (await flow.job.getState()) === 'completed', 'the flow');
    assert.equal(order.at(-1), 'render');
    const queue = open(new Queue('renders', { connection }));
    assert.equal((await queue.getJob(flow.job.id)).returnvalue, 6);
  });

  test('repeats a job by its schedule, and pauses and drains a queue', async () => {
    const queue = open(new Queue('ticks', { connection }));
    let ticks = 0;
    open(
      new Worker(
        'ticks',
        async () => {
          ticks++;
        },
        { connection }));
    await queue.upsertJobScheduler('every', { every: 50 });
    await until(() => ticks >= 3, 'three ticks');
    await queue.removeJobScheduler('every');
    await queue.pause();
    await queue.add('waits', {});
    assert.equal(await queue.isPaused(), true);
    await queue.drain();
    assert.equal(await queue.getWaitingCount(), 0);
    await queue.obliterate({ force: true });
  });
});

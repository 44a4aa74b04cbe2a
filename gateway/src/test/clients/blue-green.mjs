// A blue/green switch as an operator makes it, while two versions of an application are under load:
// green is cloned from blue and warmed, the alias that logins use moves, blue is drained and retired.
//
// Every increment that the gateway has acknowledged is counted, so that one that is lost or executed
// twice on the way from blue to green is found.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import Redis from 'ioredis';
import Keyv from 'keyv';

const address = process.env.KEYWARD_ADDRESS;
const url = (login, secret = 'of-librechat') => `redis://${login}:${secret}@${address}`;
const failures = [];

function connect(login) {
  const client = new Redis(url(login), { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', (error) => failures.push(`${login}: ${error.message}`));
  client.on('close', () => {
    client.closings = (client.closings ?? 0) + 1;
  });
  return client;
}

function cache(login, namespace) {
  const adapter = new KeyvRedis(url(login), { namespace, keyPrefixSeparator: ':', throwOnErrors: true });
  const keyv = new Keyv(adapter, { namespace, useKeyPrefix: false, throwOnErrors: true });
  keyv.on('error', () => {}); // what matters is what its calls answer
  return keyv;
}

/** Waits until something has come about; how long that takes is no concern here. */
async function until(condition, what) {
  for (const deadline = Date.now() + 60_000; !(await condition()); await sleep(2)) {
    assert.ok(Date.now() < deadline, what);
  }
}

const operator = new Redis(url('operator', 'of-operator'));
const deployment = (...words) => operator.call('DEPLOYMENT', ...words);
const asMap = (flat) => Object.fromEntries(
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));

/** An instance of the application: counts, keeps a session alive and uses a cache, without pause. */
class Instance {
  acknowledged = 0;
  cached = 0;
  reconnected = 0;
  running = true;

  constructor(login, version, user) {
    this.version = version;
    this.user = user;
    this.redis = connect(login);
    this.roles = cache(login, 'ROLES');
    this.loops = [this.count(), this.count(), this.session(), this.caching()];
  }

  async count() {
    while (this.running) {
      await this.redis.incr('count');
      this.acknowledged++;
    }
  }

  async session() {
    const key = `OPENID_SESSION:${this.user}`;
    await this.redis.set(key, 'logged in');
    while (this.running) {
      assert.equal(await this.redis.get(key), 'logged in', `${this.user} has been logged out`);
      await sleep(1);
    }
  }

  async caching() {
    while (this.running) {
      try {
        await this.roles.set(this.version, { version: this.version });
        const value = await this.roles.get(this.version);
        assert.equal(value?.version, this.version);
        this.cached++;
      } catch (error) {
        // node-redis does not send again what was under way when a connection ended.
        if (!/Socket closed|Connection is closed|socket/i.test(String(error.message))) {
          throw error;
        }
        this.reconnected++;
      }
      await sleep(1);
    }
  }

  async stop() {
    this.running = false;
    await Promise.all(this.loops);
    await this.roles.disconnect();
    await this.redis.quit();
  }
}

// Blue serves.
await deployment('CREATE', 'librechat.blue');
await deployment('PROMOTE', 'librechat', 'librechat.blue');
const first = [new Instance('librechat', 'v1', 'ann'), new Instance('librechat', 'v1', 'bob')];
await until(
  () => first.every((instance) => instance.acknowledged > 500 && instance.cached > 50),
  'blue serves');

// Green is cloned, and warmed by the new version.
const seed = connect('librechat.blue');
await seed.mset(...Array.from({ length: 20000 }, (_, i) => [`page:${i}`, `text ${i}`]).flat());
const clone = asMap(await deployment('CLONE', 'librechat.blue', 'librechat.green'));
assert.ok(clone.keys >= 20000, `${clone.keys} keys`);
const green = connect('librechat.green');
const countThen = Number(await green.get('count'));
assert.equal(await green.get('page:19999'), 'text 19999');
await green.set('page:0', 'of green');
assert.equal(await seed.get('page:0'), 'text 0', 'caches are apart');
const warming = new Instance('librechat.green', 'v2', 'cleo');
const worker = connect('librechat');
const job = worker.blpop('jobs', 0);
await until(
  () => warming.acknowledged > 200 && warming.cached > 20, 'the new version warms green');
await until(
  async () => /blocked_clients:1/.test(await seed.info('clients')), 'somebody waits on blue');

// The alias moves: its clients come back on green.
const beforeMove = first.map((instance) => instance.acknowledged);
const moved = asMap(await deployment('PROMOTE', 'librechat', 'librechat.green'));
assert.equal(moved.before, 'librechat.blue');
const cachedBefore = first.map((instance) => instance.cached);
await until(
  () => first.every((instance, i) =>
    instance.redis.closings >= 1
      && instance.acknowledged > beforeMove[i] + 500
      && instance.cached > cachedBefore[i] + 50),
  'they go on counting after the move');
first.forEach((instance) => assert.equal(instance.redis.closings, 1, 'one reconnect'));
assert.equal(await first[0].redis.get('page:0'), 'of green', 'the alias leads to green');
await green.rpush('jobs', 'one');
assert.deepEqual(await job, ['jobs', 'one'], 'who waited on blue waits on green');
await worker.quit();

// Nobody is left on blue but a connection that does nothing.
await Promise.all([...first, warming].map((instance) => instance.stop()));
await until(
  async () => asMap(await deployment('INFO', 'librechat.blue')).connections === 1,
  'a single connection on blue');
const countOfBlue = Number(await seed.get('count'));
const gone = new Promise((resolve) => seed.once('close', resolve));
seed.options.retryStrategy = null;
const drained = asMap(await deployment('DRAIN', 'librechat.blue', '5'));
await gone;
assert.equal(drained.state, 'drained');

const acknowledged = first.reduce((sum, instance) => sum + instance.acknowledged, warming.acknowledged);
const counted = countOfBlue + Number(await green.get('count')) - countThen;
assert.equal(counted, acknowledged, 'each increment that was acknowledged was made once');
for (const user of ['ann', 'bob', 'cleo']) {
  assert.equal(await green.get(`OPENID_SESSION:${user}`), 'logged in');
}

// What would go is shown first.
const shown = asMap(await deployment('RETIRE', 'librechat.blue', 'AFTER', '0', 'DRYRUN'));
assert.ok(shown['would-free-keys'] >= 20000);
await deployment('RETIRE', 'librechat.blue', 'AFTER', '0');
const names = (await deployment('LIST'))
  .map(asMap)
  .filter((line) => line.state !== 'shared')
  .map((line) => line.name);
assert.deepEqual(names.filter((name) => name.startsWith('librechat.')), ['librechat.green']);
assert.equal(await green.get('page:19999'), 'text 19999', 'green keeps what it has of blue');
assert.deepEqual(failures, []);

const reconnected = first.reduce((sum, instance) => sum + instance.reconnected, 0);
console.log(JSON.stringify({
  acknowledged,
  cached: first.reduce((sum, instance) => sum + instance.cached, warming.cached),
  reconnected,
}));
assert.ok(reconnected <= 2, 'at most one call of each cache falls into the reconnect');
green.disconnect();
await operator.quit();

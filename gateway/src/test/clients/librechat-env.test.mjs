// Every block of .env lines in README.md is tried: clients are made of its variables as LibreChat makes
// them, with the addresses and secrets of the servers under test in place of those that stand there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import Redis from 'ioredis';
import { createClient, createCluster } from 'redis';
import { blueTlsUrl, blueUrl, ca, clusterUrl, revisionUrl, until, url } from './server.mjs';

const readme = readFileSync(process.env.KEYWARD_README, 'utf8');
const blocks = [...readme.matchAll(/```env\n([\s\S]*?)```/g)].map(([, text]) =>
  Object.fromEntries(text.trim().split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2))),
);

/** The variables, with what there is in place of what README.md names. */
function here(env) {
  const stands = new URL(env.REDIS_URI);
  const wanted = env.USE_REDIS_CLUSTER ? clusterUrl
    : stands.protocol === 'rediss:' ? blueTlsUrl
    : stands.username.includes('.') ? revisionUrl
    : stands.username || env.REDIS_USERNAME ? blueUrl
    : url;
  const is = new URL(wanted);
  assert.equal(is.protocol, stands.protocol);
  if (env.REDIS_USERNAME) {
    assert.equal(env.REDIS_USERNAME, is.username);
    return { ...env, REDIS_PASSWORD: is.password, REDIS_URI: `redis://${is.host}` };
  }
  assert.equal(stands.username, is.username);
  return { ...env, REDIS_URI: wanted };
}

function ioredis({ REDIS_URI, REDIS_USERNAME, REDIS_PASSWORD, USE_REDIS_CLUSTER, REDIS_CA }) {
  const at = new URL(REDIS_URI);
  const options = {
    username: at.username || REDIS_USERNAME,
    password: at.password || REDIS_PASSWORD,
    maxRetriesPerRequest: 3,
    ...(REDIS_CA ? { tls: { ca } } : {}),
  };
  if (USE_REDIS_CLUSTER === 'true') {
    return new Redis.Cluster([{ host: at.hostname, port: Number(at.port) }], { redisOptions: options });
  }
  return new Redis(REDIS_URI, options);
}

function nodeRedis({ REDIS_URI, REDIS_USERNAME, REDIS_PASSWORD, USE_REDIS_CLUSTER, REDIS_CA, REDIS_PING_INTERVAL }) {
  const at = new URL(REDIS_URI);
  const login = at.username ? {} : { username: REDIS_USERNAME, password: REDIS_PASSWORD };
  const options = {
    ...login,
    ...(REDIS_CA ? { socket: { tls: true, ca } } : {}),
    ...(REDIS_PING_INTERVAL ? { pingInterval: Number(REDIS_PING_INTERVAL) * 1000 } : {}),
  };
  return USE_REDIS_CLUSTER === 'true'
    ? createCluster({ rootNodes: [{ url: REDIS_URI }], defaults: options })
    : createClient({ url: REDIS_URI, ...options });
}

test('README.md has a block for each way to connect', () => {
  const urls = blocks.map(({ REDIS_URI }) => REDIS_URI);
  assert.equal(urls.length, 6);
  assert.ok(blocks.every((env) => env.USE_REDIS === 'true'));
});

for (const env of blocks) {
  const { REDIS_URI } = env;
  describe(`${REDIS_URI}${env.USE_REDIS_CLUSTER ? ', cluster' : ''}${env.REDIS_USERNAME ? ', variables' : ''}`, () => {
    const settings = here(env);
    const main = ioredis(settings);
    const subscriber = ioredis(settings);
    const cache = nodeRedis(settings);
    const failures = [];
    for (const client of [main, subscriber, cache]) {
      client.on('error', (error) => failures.push(error));
    }

    after(() => Promise.all([main.quit(), subscriber.quit(), cache.close()]));

    test('carries caches, scripts, streams and messages', async () => {
      await cache.connect();
      await cache.set('ROLES:USER', '{"value":1}', { PX: 60000 });
      assert.equal(await main.get('ROLES:USER'), '{"value":1}');
      const heard = [];
      subscriber.on('message', (channel, text) => heard.push([channel, text]));
      await subscriber.subscribe('stream:{c1}:events');
      const append =
        "redis.call('XADD', KEYS[1], '*', 'event', ARGV[2]) return redis.call('PUBLISH', ARGV[1], ARGV[2])";
      assert.equal(await main.eval(append, 1, 'stream:{c1}:chunks', 'stream:{c1}:events', '{"n":1}'), 1);
      await until(() => heard.length > 0, 'the message');
      assert.deepEqual(heard, [['stream:{c1}:events', '{"n":1}']]);
      const [[, fields]] = await main.xrange('stream:{c1}:chunks', '-', '+');
      assert.deepEqual(fields, ['event', '{"n":1}']);
      assert.equal(await main.del('stream:{c1}:chunks'), 1);
      assert.equal(await main.del('ROLES:USER'), 1);
      assert.deepEqual(failures, []);
    });
  });
}

// What LibreChat shares between deployments on a plain Redis, whatever client-side prefix it is given
// (limiters, channels, scans, consumer groups, flushes), and no longer shares behind the gateway: blue,
// green and a revision that its first login creates, in every form in which it connects.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import KeyvRedis from '@keyv/redis';
import { RedisStore as SessionStore } from 'connect-redis';
import express from 'express';
import { rateLimit } from 'express-rate-limit';
import Redis from 'ioredis';
import Keyv from 'keyv';
import { RedisStore as LimitStore } from 'rate-limit-redis';
import { createClient } from 'redis';
import { blueTlsUrl, blueUrl, ca, greenUrl, revisionUrl, until } from './server.mjs';

const LIMITERS = [
  ...['login', 'register', 'reset_password', 'verify_email', 'logout', 'ban', 'tts', 'stt'],
  ...['message_ip', 'message_user', 'import_ip', 'import_user', 'fork_ip', 'fork_user'],
  ...['upload_ip', 'upload_user', 'convo_access', 'tool_call', 'admin_login', 'two_factor'],
  ...['share_ip', 'share_user', 'mcp_oauth'],
];

for (const keyPrefix of ['', 'lc::']) {
  describe(`deployments ${keyPrefix ? 'with' : 'without'} a client-side prefix`, () => {
    const connections = [];
    const connect = (url, options = {}) => {
      const client = new Redis(url, { keyPrefix, maxRetriesPerRequest: 3, ...options });
      connections.push(client);
      return client;
    };
    const [blue, green, revision] = [blueUrl, greenUrl, revisionUrl].map((url) => connect(url));
    const all = [blue, green, revision];

    before(() => Promise.all(all.map((client) => client.flushall())));
    afterEach(() => Promise.all(all.map((client) => client.flushall())));
    after(() => Promise.all(connections.map((client) => client.quit())));

    test('limit each their own clients, with all 23 limiters', async () => {
      const limited = async (client) => {
        const app = express();
        for (const name of LIMITERS) {
          const store = new LimitStore({
            prefix: `${name}_limiter:`,
            sendCommand: (...words) => client.call(...words),
          });
          const limiter = { windowMs: 60000, limit: 2, store, legacyHeaders: false, validate: false };
          app.use(`/${name}`, rateLimit({ ...limiter, keyGenerator: () => '1.2.3.4' }));
          app.get(`/${name}`, (_, response) => response.send('in'));
        }
        const server = app.listen(0, '127.0.0.1');
        await once(server, 'listening');
        return server;
      };
      const servers = await Promise.all(all.map(limited));
      const ask = async (server, name) =>
        (await fetch(`http://127.0.0.1:${server.address().port}/${name}`)).status;
      try {
        for (const name of LIMITERS) {
          const answers = [];
          for (let i = 0; i < 3; i++) {
            answers.push(await ask(servers[0], name));
          }
          assert.deepEqual(answers, [200, 200, 429], name);
          assert.equal(await ask(servers[1], name), 200, `${name} of green`);
          assert.equal(await ask(servers[2], name), 200, `${name} of the revision`);
        }
        const counts = await Promise.all(all.map((client) => client.dbsize()));
        assert.deepEqual(counts, [LIMITERS.length, LIMITERS.length, LIMITERS.length]);
      } finally {
        for (const server of servers) {
          server.closeAllConnections();
          server.close();
        }
      }
    });

    test('publish to their own subscribers alone', async () => {
      const listeners = [blueUrl, greenUrl].map((url) => connect(url, { keyPrefix: '' }));
      const heard = [[], []];
      for (const [i, listener] of listeners.entries()) {
        listener.on('message', (_, text) => heard[i].push(text));
        await listener.subscribe('stream:{c1}:events');
      }
      assert.equal(await blue.publish('stream:{c1}:events', 'of blue'), 1);
      assert.equal(await revision.publish('stream:{c1}:events', 'of nobody'), 0);
      assert.equal(await green.publish('stream:{c1}:events', 'of green'), 1);
      await until(() => heard[0].length > 0 && heard[1].length > 0, 'both messages');
      assert.deepEqual(heard, [['of blue'], ['of green']]);
    });

    test('scan, flush and list what is their own', async () => {
      await blue.mset('MCP::ServersRegistry::Servers::App:a', '1', 'ROLES:USER', '1');
      await green.set('MCP::ServersRegistry::Servers::App:b', '2');
      const scanned = [];
      let cursor = '0';
      do {
        const [next, keys] = await green.scan(
          cursor,
          'MATCH',
          '*MCP::ServersRegistry::Servers::App:*',
          'COUNT',
          1000,
        );
        cursor = next;
        scanned.push(...keys);
      } while (cursor !== '0');
      assert.deepEqual(scanned, [`${keyPrefix}MCP::ServersRegistry::Servers::App:b`]);
      // The script that flushes the cache, which ignores any prefix.
      assert.equal((await blue.keys('*')).length, 2);
      assert.equal(await blue.flushdb(), 'OK');
      assert.deepEqual(await blue.keys('*'), []);
      assert.equal(await green.dbsize(), 1);
    });

    test('have consumer groups of their own', async () => {
      const stream = 'stream:{c1}:chunks';
      // ioredis puts no prefix before the key of XGROUP.
      const group = [`${keyPrefix}${stream}`, 'workers'];
      await blue.xadd(stream, '*', 'event', '{}');
      assert.equal(await blue.xgroup('CREATE', ...group, '0'), 'OK');
      await assert.rejects(blue.xgroup('CREATE', ...group, '0'), /BUSYGROUP/);
      await assert.rejects(green.xgroup('CREATE', ...group, '0'), /requires the key to exist/);
      assert.equal(await green.xgroup('CREATE', ...group, '0', 'MKSTREAM'), 'OK');
      assert.equal(await green.xlen(stream), 0);
      const [[, entries]] = await blue.xreadgroup('GROUP', 'workers', 'w', 'STREAMS', stream, '>');
      assert.equal(entries.length, 1);
    });

    test('elect a leader each, lock and count each for itself', async () => {
      for (const client of all) {
        assert.equal(await client.set('LeadingServerUUID', 'me', 'EX', 25, 'NX'), 'OK');
        assert.equal(await client.set('lock', 'token', 'PX', 5000, 'NX'), 'OK');
        const enter =
          "local n = redis.call('INCR', KEYS[1]) redis.call('EXPIRE', KEYS[1], 60) " +
          "if n > tonumber(ARGV[1]) then redis.call('DECR', KEYS[1]) return 0 end return n";
        assert.equal(await client.eval(enter, 1, 'PENDING_REQ:u1', 1), 1);
        assert.equal(await client.eval(enter, 1, 'PENDING_REQ:u1', 1), 0);
        const unlock =
          "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
        assert.equal(await client.eval(unlock, 1, 'lock', 'another'), 0);
        assert.equal(await client.eval(unlock, 1, 'lock', 'token'), 1);
      }
    });

    test('forget scripts each for itself', async () => {
      const sha = await blue.script('LOAD', 'return 1');
      assert.deepEqual(await green.script('EXISTS', sha), [0]);
      await assert.rejects(green.evalsha(sha, 0), /^ReplyError: NOSCRIPT/);
      await green.script('FLUSH');
      assert.equal(await blue.evalsha(sha, 0), 1);
    });

    test('keep sessions and caches apart, over TLS with the authority of REDIS_CA as well', async () => {
      const tls = connect(blueTlsUrl, { tls: { ca } });
      const store = new SessionStore({ client: tls, prefix: 'OPENID_SESSION:' });
      await store.set('s1', { cookie: {}, user: 'u1' });
      assert.equal((await store.get('s1')).user, 'u1');
      assert.equal(await blue.exists('OPENID_SESSION:s1'), 1);
      assert.equal(await green.exists('OPENID_SESSION:s1'), 0);
      const caches = [blueUrl, greenUrl].map((url) => {
        const namespace = `${keyPrefix}ROLES`;
        const adapter = new KeyvRedis(url, { namespace, keyPrefixSeparator: ':' });
        return new Keyv(adapter, { namespace, useKeyPrefix: false });
      });
      await caches[0].set('USER', 'blue');
      await caches[1].set('USER', 'green');
      await caches[1].clear();
      assert.equal(await caches[0].get('USER'), 'blue');
      assert.equal(await caches[1].get('USER'), undefined);
      await Promise.all(caches.map((cache) => cache.disconnect()));
    });
  });
}

describe('REDIS_PING_INTERVAL', () => {
  test('keeps a connection that is pinged, as both clients do it', async () => {
    const node = createClient({ url: blueUrl, pingInterval: 20 });
    const failures = [];
    node.on('error', (error) => failures.push(error));
    await node.connect();
    const io = new Redis(blueUrl);
    const timer = setInterval(() => io.ping().catch((error) => failures.push(error)), 20);
    const pings = async () => Number(/cmdstat_ping:calls=(\d+)/.exec(await io.info('commandstats'))?.[1] ?? 0);
    try {
      const before = await pings();
      await until(async () => (await pings()) >= before + 10, 'ten pings');
      assert.deepEqual(failures, []);
    } finally {
      clearInterval(timer);
      await node.close();
      await io.quit();
    }
  });
});

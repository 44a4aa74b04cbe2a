// connect-redis 8.1: as a session store, and behind an express application, over ioredis and over node-redis in
// RESP2 and RESP3, each plain and over TLS.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { RedisStore } from 'connect-redis';
import express from 'express';
import session from 'express-session';
import Redis from 'ioredis';
import { createClient } from 'redis';
import { ca, tlsUrl, url } from './server.mjs';

const content = { cookie: { originalMaxAge: null }, user: 'ada' };

/** Looks at what the store has done. */
let redis;

/** The store's own client. */
let client;

before(async () => {
  redis = new Redis(url);
  await redis.flushall();
});

after(() => redis.quit());

const store = (options = {}) =>
  new RedisStore({ client, prefix: 'OPENID_SESSION:', ...options });

/** What is left of a life that began a moment ago, however slow the machine. */
function assertLife(left, given) {
  assert.ok(left > given - 60 && left <= given, `${left} of ${given} s left`);
}

/** Each client of a store, how it is made, and how it goes. */
const ways = [];
for (const tls of [false, true]) {
  const over = tls ? ' over TLS' : '';
  ways.push({
    name: `ioredis${over}`,
    open: async () => new Redis(tls ? tlsUrl : url, tls ? { tls: { ca } } : {}),
    close: (opened) => opened.quit(),
  });
  for (const RESP of [2, 3]) {
    ways.push({
      name: `node-redis in RESP${RESP}${over}`,
      open: () =>
        createClient(tls ? { url: tlsUrl, RESP, socket: { ca } } : { url, RESP }).connect(),
      close: (opened) => opened.close(),
    });
  }
}

for (const { name, open, close } of ways) {
  describe(name, () => {
    before(async () => {
      await redis.flushall();
      client = await open();
    });

    after(() => close(client));

    suite({ lists: name.startsWith('ioredis') });
  });
}

/** @param lists whether the store can walk its keys: 8.1 cannot with the iterators of node-redis 5 */
function suite({ lists }) {
  describe('store', () => {
    test('keeps a session for a day unless its cookie says otherwise', async () => {
      await store().set('s1', content);
      assert.deepEqual(await store().get('s1'), content);
      assertLife(await redis.ttl('OPENID_SESSION:s1'), 86_400);
      const expires = new Date(Date.now() + 300_000).toISOString();
      await store().set('s2', { cookie: { expires } });
      assertLife(await redis.ttl('OPENID_SESSION:s2'), 300);
    });

    test('removes a session whose cookie is over', async () => {
      await store().set('s3', content);
      await store().set('s3', { cookie: { expires: new Date(0).toISOString() } });
      assert.equal(await store().get('s3'), null);
    });

    test('touch begins the time anew and keeps the content', async () => {
      await store().set('s4', content);
      await redis.expire('OPENID_SESSION:s4', 100);
      await store({ ttl: 500 }).touch('s4', content);
      assertLife(await redis.ttl('OPENID_SESSION:s4'), 500);
      assert.deepEqual(await store().get('s4'), content);
    });

    test('keeps sessions for ever when it is told so', async () => {
      await store({ disableTTL: true }).set('s5', content);
      assert.equal(await redis.ttl('OPENID_SESSION:s5'), -1);
    });

    test('destroys a session', async () => {
      await store().set('s6', content);
      await store().destroy('s6');
      assert.equal(await store().get('s6'), null);
      assert.equal(await redis.exists('OPENID_SESSION:s6'), 0);
    });

    if (lists) {
      test('lists, counts and clears its sessions and no other key', async () => {
        await redis.flushall();
        const ids = Array.from({ length: 250 }, (_, i) => `id${i}`);
        await Promise.all(ids.map((id) => store().set(id, content)));
        await redis.set('SAML_SESSION:x', '1');
        assert.equal(await store().length(), 250);
        assert.deepEqual((await store().ids()).sort(), [...ids].sort());
        const all = await store().all();
        assert.equal(all.length, 250);
        assert.ok(all.every(({ id, user }) => ids.includes(id) && user === 'ada'));
        await store().clear();
        assert.equal(await store().length(), 0);
        assert.equal(await redis.exists('SAML_SESSION:x'), 1);
      });
    }
  });

  test('carries the sessions of an express application', async () => {
    const app = express();
    app.use(
      session({
        store: store({ prefix: 'web:' }),
        secret: 'not a secret',
        resave: false,
        saveUninitialized: false,
        rolling: true,
        cookie: { maxAge: 3_600_000 },
      }),
    );
    app.get('/login/:user', (request, response) =>
      request.session.regenerate(() => {
        request.session.user = request.params.user;
        response.send('welcome');
      }),
    );
    app.get('/visit', (request, response) => {
      request.session.visits = (request.session.visits ?? 0) + 1;
      response.json({ user: request.session.user ?? null, visits: request.session.visits });
    });
    app.get('/logout', (request, response) =>
      request.session.destroy(() => response.send('bye')),
    );
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const visit = async (path, cookie) => {
        const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, {
          headers: { connection: 'close', ...(cookie && { cookie }) },
        });
        const text = await response.text();
        assert.equal(response.status, 200, text);
        return { text, cookie: response.headers.get('set-cookie')?.split(';')[0] };
      };
      const [ada, bob] = [await visit('/login/ada'), await visit('/login/bob')];
      assert.notEqual(ada.cookie, bob.cookie);
      await visit('/visit', ada.cookie);
      assert.deepEqual(JSON.parse((await visit('/visit', ada.cookie)).text), {
        user: 'ada',
        visits: 2,
      });
      assert.deepEqual(JSON.parse((await visit('/visit', bob.cookie)).text), {
        user: 'bob',
        visits: 1,
      });
      const keys = await redis.keys('web:*');
      assert.equal(keys.length, 2);
      for (const key of keys) {
        assertLife(await redis.ttl(key), 3600);
      }
      await visit('/logout', ada.cookie);
      assert.equal((await redis.keys('web:*')).length, 1);
      assert.deepEqual(JSON.parse((await visit('/visit', ada.cookie)).text), {
        user: null,
        visits: 1,
      });
    } finally {
      server.close();
    }
  });
}

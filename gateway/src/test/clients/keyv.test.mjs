// Keyv with @keyv/redis 5.1, the cache that LibreChat keeps its namespaces in: every test in RESP2 and
// RESP3, plain and over TLS.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import KeyvRedis from '@keyv/redis';
import Keyv from 'keyv';
import { createClient } from 'redis';
import { ca, loginUrl, tlsUrl, until, url } from './server.mjs';

const opened = [];

/** How the caches of the tests that come next connect. */
let here;

/** A cache of one namespace whose keys are `<clientPrefix><namespace>:<key>`, as in LibreChat. */
function cache(namespace, { clientPrefix = '', ttl, connection = here, options = {} } = {}) {
  const adapter = new KeyvRedis(connection, {
    namespace: clientPrefix + namespace,
    keyPrefixSeparator: ':',
    throwOnErrors: true,
    ...options,
  });
  const keyv = new Keyv(adapter, {
    namespace: clientPrefix + namespace,
    useKeyPrefix: false,
    throwOnErrors: true,
    ttl,
  });
  keyv.on('error', () => {}); // the test asserts on what its calls answer
  opened.push(keyv);
  return keyv;
}

let redis;

before(async () => {
  redis = await createClient({ url }).connect();
  await redis.flushAll();
});

after(() => redis.close());

afterEach(async () => {
  for (const keyv of opened.splice(0)) {
    await keyv.disconnect();
  }
});

for (const RESP of [2, 3]) {
  for (const tls of [false, true]) {
    describe(`RESP${RESP}${tls ? ' over TLS' : ''}`, () => {
      before(async () => {
        here = tls ? { url: tlsUrl, RESP, socket: { ca } } : { url, RESP };
        await redis.flushAll();
      });
      suite();
    });
  }
}

function suite() {
  describe('one value', () => {
    test('is stored as JSON under namespace and key', async () => {
      const roles = cache('ROLES');
      assert.equal(await roles.set('USER', { permissions: ['read'], n: 1 }), true);
      assert.deepEqual(await roles.get('USER'), { permissions: ['read'], n: 1 });
      assert.deepEqual(JSON.parse(await redis.get('ROLES:USER')).value, {
        permissions: ['read'],
        n: 1,
      });
      assert.equal(await redis.ttl('ROLES:USER'), -1);
    });

    test('lives as long as the cache says, or the call', async () => {
      const flows = cache('FLOWS', { ttl: 60_000 });
      await flows.set('default', 1);
      await flows.set('short', 1, 30);
      const life = await redis.pTTL('FLOWS:default');
      assert.ok(life > 0 && life <= 60_000, `${life}`);
      await until(async () => (await redis.exists('FLOWS:short')) === 0, 'the key to expire');
      assert.equal(await flows.get('short'), undefined);
      assert.equal(await flows.has('short'), false);
      assert.equal(await flows.has('default'), true);
    });

    test('is gone after it was deleted', async () => {
      const bans = cache('BANS');
      await bans.set('1.2.3.4', { expiresAt: 1 });
      assert.equal(await bans.delete('1.2.3.4'), true);
      assert.equal(await bans.delete('1.2.3.4'), false);
      assert.equal(await bans.get('1.2.3.4'), undefined);
    });

    test('keeps its meaning whatever text it holds', async () => {
      const messages = cache('MESSAGES');
      const text = 'line\r\n$5\r\n*1 "quoted" ünï😀 ' + '\u0000';
      await messages.set('key with spaces\r\nand lines', { text });
      assert.deepEqual(await messages.get('key with spaces\r\nand lines'), { text });
    });

    test('may be half a million characters', async () => {
      const tools = cache('TOOLS');
      const value = { schema: 'x'.repeat(500_000) };
      await tools.set('openapi', value);
      assert.deepEqual(await tools.get('openapi'), value);
    });
  });

  describe('many values', () => {
    test('are set, read and deleted together', async () => {
      const models = cache('MODEL_QUERIES');
      const entries = Array.from({ length: 50 }, (_, i) => ({ key: `k${i}`, value: { i } }));
      entries[0].ttl = 50_000;
      await models.setMany(entries);
      assert.equal((await redis.keys('MODEL_QUERIES:*')).length, 50);
      assert.ok((await redis.pTTL('MODEL_QUERIES:k0')) > 0);
      assert.equal(await redis.pTTL('MODEL_QUERIES:k1'), -1);
      assert.deepEqual(await models.getMany(['k3', 'none', 'k4']), [{ i: 3 }, undefined, { i: 4 }]);
      assert.deepEqual(await models.hasMany(['k3', 'missing']), [true, false]);
      assert.equal(await models.deleteMany(['k3', 'k4', 'k5']), true);
      assert.deepEqual(await models.getMany(['k3', 'k6']), [undefined, { i: 6 }]);
    });

    test('are walked by the iterator', async () => {
      const genTitle = cache('GEN_TITLE');
      for (let i = 0; i < 30; i++) {
        await genTitle.set(`title${i}`, `value ${i}`);
      }
      const found = new Map();
      for await (const [key, value] of genTitle.iterator()) {
        found.set(key, value);
      }
      assert.equal(found.size, 30);
      assert.equal(found.get('title7'), 'value 7');
    });
  });

  describe('clear', () => {
    test('empties one namespace and no other', async () => {
      const [tokens, endpoints] = [cache('TOKEN_CONFIG'), cache('ENDPOINT_CONFIG')];
      await tokens.setMany(Array.from({ length: 2500 }, (_, i) => ({ key: `t${i}`, value: i })));
      await endpoints.set('kept', true);
      await redis.set('TOKEN_CONFIGURED:not mine', '1');
      await tokens.clear();
      assert.deepEqual(await redis.keys('TOKEN_CONFIG:*'), []);
      assert.equal(await endpoints.get('kept'), true);
      assert.equal(await redis.exists('TOKEN_CONFIGURED:not mine'), 1);
    });

    test('minds the prefix that the client puts before the namespace', async () => {
      const mine = cache('PLUGINS', { clientPrefix: 'pre::' });
      const other = cache('PLUGINS');
      await mine.set('a', 1);
      await other.set('a', 2);
      assert.deepEqual((await redis.keys('*PLUGINS:*')).sort(), ['PLUGINS:a', 'pre::PLUGINS:a']);
      await mine.clear();
      assert.equal(await mine.get('a'), undefined);
      assert.equal(await other.get('a'), 2);
    });

    test('takes a namespace whose name holds colons as plain text', async () => {
      const servers = cache('MCP::ServersRegistry::Servers::App');
      await servers.set('github', { url: 'https://example.org' });
      const found = [];
      for await (const keys of redis.scanIterator({
        MATCH: '*MCP::ServersRegistry::Servers::App:*',
        COUNT: 1000,
      })) {
        found.push(...keys);
      }
      assert.deepEqual(found, ['MCP::ServersRegistry::Servers::App:github']);
      await servers.clear();
      assert.equal(await servers.get('github'), undefined);
    });
  });

  test('the client speaks as it is told', async () => {
    const roles = cache('ROLES');
    await roles.get('ADMIN');
    const lines = (await redis.sendCommand(['CLIENT', 'LIST'])).split('\n');
    const caches = lines.filter((line) => / cmd=m?get /.test(line));
    assert.ok(caches.length > 0 && caches.every((line) => line.includes(` resp=${here.RESP} `)));
  });
}

test('works with a login', async () => {
  const mine = cache('ROLES', { connection: loginUrl });
  await mine.set('ADMIN', 1);
  assert.equal(await mine.get('ADMIN'), 1);
});

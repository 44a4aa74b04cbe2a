// The server under test, as the environment describes it, and the waits that every client needs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function required(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: NodeClientsTest names the server under test in it`);
  }
  return value;
}

/** `redis://host:port` of the plain port, which asks for no login. */
export const url = required('KEYWARD_URL');

/** `rediss://localhost:port` of the TLS port of the same server. */
export const tlsUrl = required('KEYWARD_TLS_URL');

/** The PEM of the authority that signed the server's certificate. */
export const ca = readFileSync(required('KEYWARD_CA'), 'utf8');

/** Path of the unix socket of the same server. */
export const socketPath = required('KEYWARD_SOCKET');

/** `redis://user:password@host:port` of a second server, which refuses whoever does not log in. */
export const loginUrl = required('KEYWARD_LOGIN_URL');

/** The URL of that second server without the credentials. */
export const anonymousUrl = (() => {
  const address = new URL(loginUrl);
  return `redis://${address.host}`;
})();

/** URLs of a third server with several deployments: two of a tenant, one that its login creates. */
export const blueUrl = required('KEYWARD_BLUE_URL');
export const blueTlsUrl = required('KEYWARD_BLUE_TLS_URL');
export const greenUrl = required('KEYWARD_GREEN_URL');
export const revisionUrl = required('KEYWARD_REVISION_URL');

/** How long what does not come is waited for: longer than a busy machine stands still. */
const PATIENCE_MILLIS = 60_000;

/** Waits until `condition` holds (it may be asynchronous); fails if it does not in time. */
export async function until(condition, what) {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    assert.ok(Date.now() < deadline, `still waiting after ${PATIENCE_MILLIS} ms: ${what}`);
    await sleep(5);
  }
}

/** Resolves with the arguments of the next `event`; fails if it does not come in time. */
export function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      emitter.off(event, listener);
      reject(new Error(`no '${event}' within ${PATIENCE_MILLIS} ms`));
    }, PATIENCE_MILLIS);
    const listener = (...values) => {
      clearTimeout(timer);
      resolve(values);
    };
    emitter.once(event, listener);
  });
}

/** `redis://host:port` of a third server, which is a cluster of one node. */
export const clusterUrl = required('KEYWARD_CLUSTER_URL');

/** `rediss://localhost:port` of the TLS port of that server. */
export const clusterTlsUrl = required('KEYWARD_CLUSTER_TLS_URL');

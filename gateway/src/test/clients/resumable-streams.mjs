// Runs an application of several processes that stream answers through one gateway, moves its readers
// about, replaces its processes, and checks that every reader sees every token once, in order.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./app-instance.mjs', import.meta.url));

/** What one tab has been shown, checked as it comes. */
class Tab {
  constructor(id, name) {
    this.id = id;
    this.name = name;
    this.seen = 0;
    this.status = undefined;
    this.moves = 0;
    this.finished = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  hear({ sync, tokens, done }) {
    if (sync) {
      sync.forEach((index, i) => assert.equal(index, i + 1, `${this.name}: replay of ${this.id}`));
      assert.ok(
        sync.length >= this.seen,
        `${this.name}: the replay of ${this.id} ends at ${sync.length}, seen were ${this.seen}`,
      );
      this.seen = sync.length;
    }
    for (const index of tokens ?? []) {
      assert.equal(index, this.seen + 1, `${this.name}: order of ${this.id}`);
      this.seen = index;
    }
    if (done) {
      this.status = done;
      this.finish();
    }
  }
}

/** The processes of one application. */
export class Fleet {
  /** So many processes; each that is launched takes the next of the environments. */
  constructor(size, ...environments) {
    this.environments = environments.map((own) => ({ ...process.env, ...own }));
    this.launched = 0;
    this.instances = Array.from({ length: size }, () => undefined);
    this.tabs = new Map();
    this.generated = new Map();
    this.aborts = new Map();
    this.owners = new Map();
    this.failures = [];
    this.tokensRead = 0;
  }

  async start() {
    await Promise.all(this.instances.map((_, number) => this.launch(number)));
  }

  async launch(number) {
    const env = this.environments[this.launched++ % this.environments.length];
    const child = fork(program, { env, serialization: 'json' });
    child.on('error', () => {}); // what is sent to one that is being killed is lost, as it should be
    child.gone = new Promise((resolve) => {
      child.once('exit', () => resolve(undefined));
    });
    this.instances[number] = child;
    await new Promise((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`an instance ended with ${code}`)));
      child.on('message', (message) => {
        if (message.ready) {
          resolve();
        } else {
          this.hear(child, message);
        }
      });
    });
  }

  hear(child, message) {
    if (message.failed) {
      this.failures.push(message.failed);
    } else if (message.reader) {
      const tab = this.tabs.get(message.reader);
      // What a tab's former instance still had on its way is not the tab's any more.
      if (tab?.instance === child) {
        const before = tab.seen;
        try {
          tab.hear(message);
        } catch (error) {
          this.failures.push(error.message);
          tab.finish();
        }
        this.tokensRead += Math.max(0, tab.seen - before);
      }
    } else if (message.generated !== undefined) {
      this.generated.get(message.id)?.(message);
    } else if (message.aborted !== undefined) {
      this.aborts.get(message.id)?.(message.aborted);
    }
  }

  /** The instance of this number, or the next one if it is just being replaced. */
  instance(number) {
    const { length } = this.instances;
    const turn = Array.from({ length }, (_, i) => this.instances[(number + i) % length]);
    return turn.find((child) => child.connected) ?? turn[0];
  }

  /** Has an instance write an answer; resolves with how it ended. */
  generate(number, id, { tokens, pause = 0, batch = 1, generation = 1, life = 300 }) {
    const child = this.instance(number);
    this.owners.set(id, child);
    const outcome = new Promise((resolve) => {
      this.generated.set(id, resolve);
    });
    child.send({ do: 'generate', id, tokens, pause, batch, generation, life });
    return outcome;
  }

  /** Forgets an answer and its tabs. */
  forget(id, tabs) {
    tabs.forEach((tab) => this.tabs.delete(tab.name));
    this.owners.delete(id);
    this.generated.delete(id);
    this.aborts.delete(id);
  }

  /** Opens a tab on a stream through an instance. */
  open(number, id, name = `${id}/${this.tabs.size}`) {
    const tab = new Tab(id, name);
    tab.instance = this.instance(number);
    this.tabs.set(name, tab);
    tab.instance.send({ do: 'read', id, reader: name });
    return tab;
  }

  /** Moves a tab to an instance, as a reload through a load balancer does. */
  move(tab, number) {
    if (tab.instance.connected) {
      tab.instance.send({ do: 'leave', reader: tab.name });
    }
    this.tabs.delete(tab.name);
    tab.moves++;
    tab.name = `${tab.name.split('#')[0]}#${tab.moves}`;
    tab.instance = this.instance(number);
    this.tabs.set(tab.name, tab);
    tab.instance.send({ do: 'read', id: tab.id, reader: tab.name });
  }

  /** Asks another instance to abort an answer; resolves with whether the owner has acknowledged. */
  abort(number, id, generation = 1) {
    const acknowledged = new Promise((resolve) => {
      this.aborts.set(id, resolve);
    });
    this.instance(number).send({ do: 'abort', id, generation });
    return acknowledged;
  }

  /** Lets an instance not read what it is subscribed to, until it is cut off and comes back. */
  stall(number, stalled) {
    this.instance(number).send({ do: 'stall', stalled });
  }

  /** Kills an instance without warning, starts another in its place and moves its tabs away. */
  async replace(number) {
    const old = this.instances[number];
    old.kill('SIGKILL');
    await old.gone;
    await this.launch(number);
    for (const tab of this.tabs.values()) {
      if (tab.instance === old && tab.status === undefined) {
        this.move(tab, (number + 1) % this.instances.length);
      }
    }
  }

  check() {
    assert.deepEqual(this.failures, []);
  }

  async stop() {
    await Promise.all(
      this.instances.map((child) => {
        child.disconnect();
        return child.gone;
      }),
    );
  }
}

/**
 * Resolves with the value, or fails after so many seconds. They are counted one by one, so that a process
 * that is suspended, or a machine that is, does not use them up.
 */
export async function within(seconds, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    let left = seconds;
    timer = setInterval(() => {
      if (--left <= 0) {
        reject(new Error(`${what}: not within ${seconds} s`));
      }
    }, 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearInterval(timer);
  }
}

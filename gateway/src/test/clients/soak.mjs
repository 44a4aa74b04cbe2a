// Streams answers for as long as asked through a gateway that is stopped, killed and started again,
// with instances of the application that come and go, and checks every reader's sequence exactly.
//
//   node soak.mjs [--minutes 1] [--streams 40] [--instances 3] [--fsync always|everysec]
//                 [--kill SIGTERM,SIGKILL] [--seed N] [--logins blue:secret,green:secret]
//                 [--pause 12] [--rest 4] [--patience 120] -- COMMAND [ARG ...]
//
// An answer's tokens are at most `pause` milliseconds apart, what disturbs it at most `rest` seconds and one,
// and at least as long as the gateway was away, so that a slow machine gets on. What should
// happen and has not in `patience` seconds is a failure; nothing else is judged by time.
//
// With logins every instance that is launched, also in the place of another, takes the next one: a
// blue/green switch again and again, in deployments that share the namespace `stream`.
//
// COMMAND starts the server in the foreground; it is given --port, --dir, --appendonly and
// --appendfsync, which the gateway and redis-server share. The last line is a summary; the exit code
// is 1 if a token was lost, came twice or out of order.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Redis from 'ioredis';
import { Fleet, within } from './resumable-streams.mjs';
import { namesOf } from './stream-scripts.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    streams: { type: 'string', default: '40' },
    instances: { type: 'string', default: '3' },
    fsync: { type: 'string', default: 'always' },
    kill: { type: 'string', default: 'SIGTERM,SIGKILL' },
    port: { type: 'string', default: '7399' },
    seed: { type: 'string', default: `${Date.now() % 1000000}` },
    logins: { type: 'string', default: '' },
    pause: { type: 'string', default: '12' },
    rest: { type: 'string', default: '4' },
    patience: { type: 'string', default: '120' },
  },
});
const port = Number(values.port);
const signals = values.kill.split(',');
const patience = Number(values.patience);
const logins = values.logins === '' ? [''] : values.logins.split(',');
const urls = logins.map((login) => `redis://${login && `${login}@`}127.0.0.1:${port}`);
const end = Date.now() + Number(values.minutes) * 60000;
const directory = mkdtempSync(join(tmpdir(), 'keyward-soak-'));

/** A small generator (mulberry32), so that a seed repeats the choices. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
const pick = random(Number(values.seed));

/** The server under test as a process of its own. */
class ServerProcess {
  async start() {
    const [command, ...args] = positionals;
    this.process = spawn(
      command,
      [
        ...args,
        ...['--port', `${port}`, '--dir', directory],
        ...['--appendonly', 'yes', '--appendfsync', values.fsync],
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    this.exited = new Promise((resolve) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? code));
    });
    await this.answers();
  }

  /** Waits until the server answers PING, and not because it is still loading. */
  async answers() {
    let over = false;
    const answered = (async () => {
      while (!over && !(await pong())) {
        if (this.process.exitCode !== null) {
          throw new Error(`the server did not start: exit code ${this.process.exitCode}`);
        }
        await sleep(5);
      }
    })();
    try {
      await within(patience, answered, 'an answer of the server that was started');
    } finally {
      over = true;
    }
  }

  /** Ends the process and starts it again; resolves with the milliseconds between. */
  async restart(signal) {
    const begin = performance.now();
    this.process.kill(signal);
    await within(patience, this.exited, `the end after ${signal}`);
    await this.start();
    return performance.now() - begin;
  }
}

function pong() {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    const over = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('error', () => over(false));
    let heard = '';
    socket.on('data', (data) => {
      heard += data;
      if (heard.includes('+PONG') || heard.includes('-LOADING')) {
        over(heard.includes('+PONG'));
      }
    });
    socket.once('close', () => over(false));
    socket.write(`${logins[0] && `AUTH ${logins[0].replace(':', ' ')}\r\n`}PING\r\n`);
  });
}

const server = new ServerProcess();
if (await pong()) {
  throw new Error(`port ${port} is taken: name a free one with --port`);
}
await server.start();
process.once('exit', () => server.process.kill('SIGKILL'));
['SIGINT', 'SIGTERM'].forEach((signal) => process.once(signal, () => process.exit(1)));
const fleet = new Fleet(
  Number(values.instances),
  ...urls.map((url) => ({ KEYWARD_URL: url })),
);
await fleet.start();
const plain = new Redis(urls[0], {
  maxRetriesPerRequest: null,
  retryStrategy: () => 50,
});
plain.on('error', () => {});

const outages = [];
const counts = { answers: 0, orphans: 0, tabs: 0, moves: 0, replacements: 0, cuts: 0, aborts: 0 };
const lost = [];

/** One answer from its first token to its last, with tabs that come, move and go. */
async function answer(number) {
  const id = `s${number}`;
  const writer = pick(fleet.instances.length);
  const wanted = 20 + pick(400);
  const written = fleet.generate(writer, id, {
    tokens: wanted,
    pause: pick(Number(values.pause)),
    batch: 1 + pick(4),
    life: 3600,
  });
  const orphaned = fleet.owners.get(id).gone;
  const tabs = Array.from({ length: 1 + pick(3) }, () =>
    fleet.open(pick(fleet.instances.length), id),
  );
  counts.tabs += tabs.length;
  let outcome;
  const over = Promise.race([written, orphaned]).then((value) => {
    outcome = value ?? 'orphan';
  });
  while (outcome === undefined) {
    await Promise.race([over, sleep(50 + pick(1500))]);
    const tab = tabs[pick(tabs.length)];
    if (tab.status === undefined && pick(2) === 0) {
      fleet.move(tab, pick(fleet.instances.length));
      counts.moves++;
    } else if (outcome === undefined && pick(40) === 0) {
      const acknowledged = fleet.abort(pick(fleet.instances.length), id);
      await Promise.race([acknowledged, over, sleep(5000)]);
      counts.aborts++;
    }
  }
  if (outcome === 'orphan') {
    // Nobody writes on: what stands in the stream is what every tab must come to show.
    counts.orphans++;
    const stored = await plain.xlen(namesOf(id).chunks);
    // The last tokens may stand in the stream without having been announced: a reload shows them.
    tabs.filter((tab) => tab.status === undefined).forEach((tab) => {
      fleet.move(tab, pick(fleet.instances.length));
    });
    await within(
      patience,
      (async () => {
        while (tabs.some((tab) => tab.status === undefined && tab.seen < stored)) {
          fleet.check();
          await sleep(20);
        }
      })(),
      `tabs of the orphan ${id} to show ${stored} tokens`,
    );
    tabs.filter((tab) => tab.instance.connected).forEach((tab) => {
      tab.instance.send({ do: 'leave', reader: tab.name });
    });
    await plain.srem('stream:running', id);
  } else {
    await within(patience, Promise.all(tabs.map((tab) => tab.finished)), `the tabs of ${id}`);
    for (const tab of tabs) {
      if (tab.seen !== outcome.generated) {
        lost.push(`${tab.name}: ${tab.seen} of ${outcome.generated}`);
      }
    }
  }
  fleet.forget(id, tabs);
  await plain.unlink(namesOf(id).chunks);
  counts.answers++;
}

// Each signal comes once while answers are written, whatever chance has in mind for a short run.
const due = [...signals];

let next = 0;
async function lane() {
  while (Date.now() < end || due.length > 0) {
    await answer(next++);
    fleet.check();
  }
}

async function disturb() {
  let away = 0;
  while (Date.now() < end || due.length > 0) {
    await sleep(Math.max(away, 1000 + pick((due.length > 0 ? 1 : Number(values.rest)) * 1000)));
    away = 0;
    if (due.length === 0 && pick(6) === 0) {
      // As a reader is that does not take its messages: the gateway closes the connection.
      counts.cuts += await plain.client('KILL', 'TYPE', 'pubsub');
    } else if (due.length === 0 && pick(3) === 0) {
      await fleet.replace(pick(fleet.instances.length));
      counts.replacements++;
    } else {
      const signal = due.shift() ?? signals[pick(signals.length)];
      away = await server.restart(signal);
      outages.push({ signal, milliseconds: away });
    }
  }
}

/** Says once a minute how far it is, on standard error. */
const progress = setInterval(() => {
  const left = Math.max(0, (end - Date.now()) / 60000).toFixed(0);
  console.error(
    `${left} minutes left: ${fleet.tokensRead} tokens read, ${outages.length} restarts, ` +
      `${counts.replacements} replacements, ${counts.answers} answers`,
  );
}, 60000);

let failure;
try {
  await Promise.all([disturb(), ...Array.from({ length: Number(values.streams) }, lane)]);
  fleet.check();
} catch (error) {
  failure = error;
}
clearInterval(progress);
await fleet.stop();
plain.disconnect();
server.process.kill('SIGKILL');
await server.exited;
rmSync(directory, { recursive: true });

for (const signal of signals) {
  const times = outages
    .filter((outage) => outage.signal === signal)
    .map(({ milliseconds }) => milliseconds)
    .sort((a, b) => a - b);
  if (times.length > 0) {
    const [median, most] = [times[times.length >> 1], times.at(-1)].map((t) => t.toFixed(0));
    console.log(`${signal}: ${times.length} times, away for ${median} ms (median), ${most} ms (most)`);
  }
}
console.log(
  `seed ${values.seed}, appendfsync ${values.fsync}: ${fleet.tokensRead} tokens read, ` +
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
);
fleet.failures.slice(0, 5).forEach((text) => console.log(text));
lost.forEach((line) => console.log(`lost: ${line}`));
if (failure) {
  console.log(failure.stack);
}
const good = !failure && lost.length === 0;
console.log(good ? 'every reader saw every token once, in order' : 'FAILED');
process.exit(good ? 0 : 1);

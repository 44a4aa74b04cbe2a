// A reporter for `node --test-reporter`: one JSON object a line for each finished test,
// which NodeClientsTest turns into a JUnit test.
import { inspect } from 'node:util';

function text(error) {
  const cause = error?.cause ?? error;
  return cause instanceof Error ? `${cause.stack}\n${inspect({ ...cause })}` : inspect(cause);
}

export default async function* lines(events) {
  const names = []; // the suites around the current test and the test itself
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const error = data.details.error;
      const suite = data.details.type === 'suite';
      // A suite is only worth a line of its own when it failed by itself, in a hook for instance.
      if (!suite || (error && error.failureType !== 'subtestsFailed')) {
        const name = [...names.slice(0, data.nesting), data.name].join(' › ');
        const ran = data.skip === undefined && data.todo === undefined;
        yield `${JSON.stringify({ name, ran, failure: error ? text(error) : null })}\n`;
      }
    }
  }
}

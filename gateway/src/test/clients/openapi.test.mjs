// The admin port's description of itself, looked at by a validator of OpenAPI.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';

const answer = await fetch(`${process.env.KEYWARD_ADMIN_URL}/openapi.json`);
const description = await answer.json();

test('the description keeps to OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(description));
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
});

test('every answer says what is in it', () => {
  const schemas = Object.keys(description.components.schemas);
  for (const [path, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const content = Object.entries(response.content ?? {});
        assert.notEqual(content.length, 0, `${method} ${path} ${status}`);
        for (const [, { schema }] of content) {
          const named = schema?.$ref?.replace('#/components/schemas/', '');
          assert.ok(named === undefined || schemas.includes(named), named);
        }
      }
    }
  }
});

test('a call answers in the form that is described', async () => {
  for (const path of ['/livez', '/info', '/metrics', '/deployments', '/aliases', '/audit']) {
    const answer = await fetch(process.env.KEYWARD_ADMIN_URL + path);
    const { content } = description.paths[path].get.responses[answer.status];
    const type = answer.headers.get('content-type').split(';')[0];
    assert.ok(Object.hasOwn(content, type), `${path} answers ${type}`);
  }
});

// Where the number of a flow stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { middle } from '../diagrams/coverage.js';

test('the middle of a line with corners is its middle by length', () => {
  assert.deepEqual(middle([{ x: 0, y: 0 }, { x: 10, y: 0 }]), { x: 5, y: 0, flat: true });
  assert.deepEqual(middle([{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 30 }]), { x: 10, y: 10, flat: false });
  assert.deepEqual(middle([{ x: 0, y: 0 }, { x: 0, y: 0 }, { x: 4, y: 0 }]), { x: 2, y: 0, flat: true });
});

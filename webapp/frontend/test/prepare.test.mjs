// What is done to a schema before form-js sees it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labels, prepare, withIds } from '../forms/prepare.js';

const schema = {
  type: 'default',
  components: [
    { type: 'group', label: 'g', components: [{ type: 'select', key: 'unit', label: '单位', valuesKey: 'units', properties: { entity: 'unit' } }] },
    { type: 'select', key: 'nature', id: 'n', label: '性质', values: [] },
    { type: 'datetime', key: 'due', subtype: 'date', dateLabel: '日期' },
    { type: 'button', action: 'submit' },
  ],
};

test('unit pickers can be searched, buttons go, the original stays', () => {
  const made = prepare(schema);
  assert.equal(made.components[0].components[0].searchable, true);
  assert.equal(made.components[1].searchable, undefined);
  assert.deepEqual(made.components.map(({ type }) => type), ['group', 'select', 'datetime']);
  assert.equal(schema.components.length, 4);
  assert.equal(schema.components[0].components[0].searchable, undefined);
});

test('every component has an id, each of its own', () => {
  const made = withIds(prepare(schema));
  const ids = [made.components[0].id, made.components[0].components[0].id, made.components[1].id, made.components[2].id];
  assert.equal(new Set(ids).size, 4);
  assert.equal(ids[2], 'n');
  assert.deepEqual([...labels(made)].map(([key, { label }]) => [key, label]), [['unit', '单位'], ['nature', '性质'], ['due', '日期']]);
});

// Every text that form-js puts through `translate` has its Chinese.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { known, translator } from '../forms/words.js';

const source = readFileSync(createRequire(import.meta.url).resolve('@bpmn-io/form-js-viewer').replace('index.cjs', 'index.es.js'), 'utf8');
const texts = new Set([...source.matchAll(/ranslate\((?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g)].map(([, one, two]) => one ?? two));
texts.delete('HELLO {you}'); // from a comment

test('form-js texts are all known', () => {
  assert.ok(texts.size > 35, `${texts.size} texts found`);
  assert.deepEqual([...texts].filter((text) => !known.includes(text)), []);
});

test('replacements are filled in, zero too', () => {
  assert.equal(translator('zh')('Field must have minimum value of {value}.', { value: '0' }), '不能小于 0。');
  assert.equal(translator('zh')('something new'), 'something new');
  assert.equal(translator('en')('Select'), 'Choose');
});

test('the literals that are put right are still there', () => {
  assert.match(source, /placeholder: 'Search'/);
  assert.match(source, /valueLabel \|\| 'Select'/);
});

// The vectors of tests/vectors/forms.json, run by form-js itself: the browser must find wrong exactly the fields that the server finds.
// What a browser cannot send (`server_only`) is left to the server's test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';

const root = new URL('../../../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

// form-js is written for a bundler, which finds lodash's files without their ending.
register(`data:text/javascript,${encodeURIComponent("export const resolve = (name, context, next) => next(/^lodash\\/\\w+$/.test(name) ? `${name}.js` : name, context);")}`);

const { window } = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
for (const name of ['document', 'Node', 'Element', 'HTMLElement', 'DocumentFragment', 'Event', 'KeyboardEvent', 'navigator', 'MutationObserver', 'DOMParser', 'requestAnimationFrame', 'cancelAnimationFrame', 'getComputedStyle']) {
  const value = typeof window[name] === 'function' && /^[a-z]/.test(name) ? window[name].bind(window) : window[name];
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
globalThis.window = window;
window.Element.prototype.scrollIntoView = () => {};
globalThis.DataTransfer = class { items = { add() {} }; files = []; };
Object.defineProperty(window.HTMLInputElement.prototype, 'files', { get: () => [], set() {} });

const { Form } = await import('@bpmn-io/form-js-viewer');
const { requiredWhenModule } = await import('../forms/required-when.js');

const settled = async () => { for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setTimeout(done, 2)); };

/** form-js's errors, by field id and row, as paths of keys: `rows.1.name`. */
function failing(form, errors) {
  const fields = form.get('formFieldRegistry');
  const found = [];
  for (const [id, what] of Object.entries(errors)) {
    const field = fields.get(id);
    const parent = fields.get(field._parent);
    if (parent?.type !== 'dynamiclist') found.push(field.key);
    else for (const [row, messages] of Object.entries(what)) if (messages?.length) found.push(`${parent.path}.${row}.${field.key}`);
  }
  return found.sort();
}

const isAnswer = (value) => !(value === undefined || value === null || value === '' || (Array.isArray(value) && !value.length));

function answers(data) {
  if (Array.isArray(data)) return data.map(answers);
  if (!data || typeof data !== 'object') return data;
  return Object.fromEntries(Object.entries(data).filter(([, value]) => isAnswer(value)).map(([key, value]) => [key, answers(value)]));
}

async function verdict({ form: name, schema = read(`forms/${name}.form.json`), inputs = {}, data }) {
  const container = document.createElement('div');
  document.body.append(container);
  const form = new Form({ container, additionalModules: [requiredWhenModule] });
  await form.importSchema(schema, inputs);
  await settled();
  form._setState({ data: { ...form._getState().data, ...data } });
  await settled();
  const result = form.submit();
  const found = { failing: failing(form, result.errors), values: answers(result.data) };
  form.destroy();
  container.remove();
  return found;
}

for (const vector of read('tests/vectors/forms.json').filter((each) => !each.server_only)) {
  test(vector.name, async () => {
    const found = await verdict(vector);
    assert.deepEqual(found.failing, Object.keys(vector.errors).sort());
    if (vector.values) assert.deepEqual(found.values, vector.values);
  });
}

// Runs the shared vectors against the browser's FEEL: what the server says of an expression, the forms say too.
// Needs @bpmn-io/feelin, which @bpmn-io/form-js-viewer brings; run by `node --test webapp/frontend/test/`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

process.env.TZ = 'Asia/Shanghai';
const { evaluate, unaryTest } = await import('@bpmn-io/feelin');

const vectors = JSON.parse(readFileSync(new URL('../../../tests/vectors/feel.json', import.meta.url), 'utf8'));

function isoTime(value, withDate) {
  const zoned = value.zone.type !== 'system';
  const options = { suppressMilliseconds: true, includeOffset: zoned };
  return withDate ? value.toISO(options) : value.toISOTime(options);
}

function isoDuration(value) {
  const months = value.shiftTo('months', 'days', 'seconds').normalize();
  if (months.months) return value.shiftTo('years', 'months').normalize().toISO().replace(/(?<=P|Y)0M$|0Y/, '');
  return value.shiftTo('days', 'hours', 'minutes', 'seconds').normalize().toISO().replace(/(?<![0-9])0[DHMS]/g, '').replace(/T$/, '')
    .replace(/^P$/, 'PT0S');
}

// what the server's to_plain does: dates, times and durations as ISO texts
function plain(value) {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (value.isLuxonDuration) return isoDuration(value);
  if (value.isLuxonDateTime) {
    if (value.year === 1900 && value.ordinal === 1) return isoTime(value, false);
    const date = value.zone.type === 'fixed' && value.offset === 0 && +value.startOf('day') === +value;
    return date ? value.toISODate() : isoTime(value, true);
  }
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([ key, each ]) => [ key, plain(each) ]));
  return value;
}

// the server counts in decimals, the browser in binary
function close(actual, expected) {
  if (typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected));
  }
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((each, i) => close(actual[i], each));
  }
  if (expected && typeof expected === 'object') {
    return !!actual && typeof actual === 'object' && !Array.isArray(actual)
      && Object.keys(actual).length === Object.keys(expected).length
      && Object.entries(expected).every(([ key, each ]) => key in actual && close(actual[key], each));
  }
  return actual === expected;
}

for (const [ number, { expr, context = {}, result, unary } ] of vectors.entries()) {
  test(`${number}: ${expr}${unary === undefined ? '' : ` ← ${JSON.stringify(unary)}`}`, () => {
    const actual = unary === undefined
      ? plain(evaluate(expr, context).value)
      : unaryTest(expr, { ...context, '?': unary }).value === true;
    assert.ok(close(actual, result), `${JSON.stringify(actual)} instead of ${JSON.stringify(result)}`);
  });
}

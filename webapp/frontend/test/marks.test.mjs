// Which steps of a picture are past, present and to come.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateOf } from '../diagrams/marks.js';

const picture = [
  { id: 'lane', type: 'bpmn:Lane' },
  { id: 'screen', type: 'bpmn:UserTask' },
  { id: 'handle', type: 'bpmn:UserTask' },
  { id: 'overdue', type: 'bpmn:BoundaryEvent', host: 'handle' },
  { id: 'review', type: 'bpmn:UserTask' },
  { id: 'review_label', type: 'bpmn:UserTask', labelOf: 'review' },
  { id: 'f1', type: 'bpmn:SequenceFlow', source: 'screen', target: 'handle' },
  { id: 'f2', type: 'bpmn:SequenceFlow', source: 'handle', target: 'review' },
];

test('past, present and future', () => {
  assert.deepEqual(Object.fromEntries(stateOf(picture, { past: ['screen'], current: ['handle'] })), {
    screen: 'past', handle: 'now', f1: 'past', review: 'future', f2: 'future', review_label: 'future',
  });
});

test('gateways between known steps are past, other branches are not; what encloses a step is open', () => {
  const states = stateOf([
    { id: 'begin', type: 'bpmn:StartEvent', parent: 'p' }, { id: 'screen', type: 'bpmn:UserTask', parent: 'p' }, { id: 'gate', type: 'bpmn:ExclusiveGateway', parent: 'p' },
    { id: 'reject', type: 'bpmn:EndEvent', parent: 'p' }, { id: 'work', type: 'bpmn:SubProcess', parent: 'p' }, { id: 'inner', type: 'bpmn:StartEvent', parent: 'work' },
    { id: 'handle', type: 'bpmn:UserTask', parent: 'work' }, { id: 'later', type: 'bpmn:UserTask', parent: 'work' },
    { id: 'a', source: 'begin', target: 'screen' }, { id: 'b', source: 'screen', target: 'gate' }, { id: 'c', source: 'gate', target: 'work' }, { id: 'd', source: 'gate', target: 'reject' },
    { id: 'e', source: 'inner', target: 'handle' }, { id: 'f', source: 'handle', target: 'later' },
  ], { past: ['screen'], current: ['handle'] });
  assert.deepEqual([...states].filter(([, state]) => state === 'past').map(([id]) => id).sort(), ['a', 'b', 'begin', 'c', 'e', 'gate', 'inner', 'screen']);
  assert.deepEqual([...states].filter(([, state]) => state === 'future').map(([id]) => id).sort(), ['d', 'f', 'later', 'reject']);
  assert.equal(states.has('work'), false);
});

test('a missed step is marked as such', () => {
  assert.equal(stateOf(picture, { current: ['handle'], missed: ['handle'] }).get('handle'), 'bad');
});

test('without a case it is just a picture', () => {
  assert.equal(stateOf(picture, {}).size, 0);
});

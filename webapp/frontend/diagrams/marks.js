// Which elements of a diagram are past, present and future, from the steps that the page knows; and the marks that show it.

export const FRAMES = ['bpmn:Participant', 'bpmn:Lane', 'bpmn:Collaboration', 'bpmn:Process'];
const SILENT = /Gateway|StartEvent|IntermediateThrowEvent/; // passed without anybody doing anything, so no page knows of them

/**
 * @typedef {{id: string, type?: string, parent?: string, source?: string, target?: string, host?: string, labelOf?: string}} Element
 * @param {Element[]} elements of the picture
 * @param {Map<string, string>} known states by id
 * @returns {Set<string>} what encloses a known element
 */
function enclosing(elements, known) {
  const parents = new Map(elements.map(({ id, parent }) => [id, parent?.replace(/_plane$/, '')]));
  const found = new Set();
  for (const id of known.keys()) for (let each = parents.get(id); each && !found.has(each); each = parents.get(each)) found.add(each);
  return found;
}

/** Flows and silent nodes that lie on a way from a past step to a known one. */
function passed(elements, known, open) {
  const nodes = new Map(elements.filter(({ source, labelOf }) => !source && !labelOf).map((each) => [each.id, each]));
  const reached = (id) => known.has(id) || open.has(id);
  const found = new Set();
  const leads = (id, way) => {
    if (reached(id)) return true;
    if (way.has(id) || !SILENT.test(nodes.get(id)?.type ?? '')) return false;
    return follow(id, new Set(way).add(id)) && Boolean(found.add(id));
  };
  const follow = (from, way) => elements.filter(({ source, target }) => source === from && target && leads(target, way)).map(({ id }) => found.add(id)).length > 0;
  for (const { id, type } of nodes.values()) {
    if (known.get(id) === 'past') follow(id, new Set());
    else if (type === 'bpmn:StartEvent' && follow(id, new Set([id]))) found.add(id);
  }
  return found;
}

/**
 * @param {Element[]} elements
 * @param {{past?: string[], current?: string[], missed?: string[]}} steps ids that are done, wait, or wait with a missed deadline
 * @returns {Map<string, 'past'|'now'|'bad'|'future'>} nothing where no step is known: then it is just a picture
 */
export function stateOf(elements, { past = [], current = [], missed = [] }) {
  const known = new Map([...past.map((id) => [id, 'past']), ...current.map((id) => [id, 'now']), ...missed.map((id) => [id, 'bad'])]);
  const states = new Map();
  if (!known.size) return states;
  const open = enclosing(elements, known);
  const gone = passed(elements, known, open);
  for (const { id, type, host, labelOf } of elements) {
    if (labelOf || FRAMES.includes(type)) continue;
    if (known.has(id)) states.set(id, known.get(id));
    else if (gone.has(id)) states.set(id, 'past');
    else if (!open.has(id) && !['now', 'bad'].includes(known.get(host)) && !open.has(host)) states.set(id, 'future'); // what may yet happen at a present step is not pale
  }
  for (const { id, labelOf } of elements) if (labelOf && states.get(labelOf) === 'future') states.set(id, 'future');
  return states;
}

/** Whether an element is a part drawn open: it is a frame, and the lanes show through it. */
export const isOpenPart = ({ type, collapsed, children, labelTarget }) => type === 'bpmn:SubProcess' && !collapsed && !labelTarget && children?.length > 0;

/** What stateOf needs to know of a viewer's elements. */
export const pictured = (registry) =>
  registry.getAll().filter((element) => element.parent).map((element) => ({
    id: element.id, type: element.type, parent: element.parent.id, source: element.source?.id, target: element.target?.id, host: element.host?.id, labelOf: element.labelTarget?.id,
  }));

/** Marks the picture of a viewer: classes on elements, ticks on past steps. */
export function mark(viewer, steps) {
  const registry = viewer.get('elementRegistry');
  const canvas = viewer.get('canvas');
  const overlays = viewer.get('overlays', false);
  const elements = pictured(registry);
  for (const { id, type } of elements) if (FRAMES.includes(type)) canvas.addMarker(id, 'is-lane');
  for (const { id } of registry.filter(isOpenPart)) canvas.addMarker(id, 'is-open-part');
  for (const [id, state] of stateOf(elements, steps)) {
    canvas.addMarker(id, `step-${state}`);
    const { width = 0, type } = registry.get(id);
    if (overlays && state === 'past' && width >= 60 && /Task|Activity|SubProcess/.test(type)) {
      const tick = document.createElement('div');
      tick.className = 'step-tick';
      overlays.add(id, { position: { top: -9, right: 9 }, html: tick, show: { minZoom: 0.1 } });
    }
  }
}

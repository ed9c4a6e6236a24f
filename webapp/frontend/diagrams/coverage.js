// How often each flow and boundary event of a picture was passed by scenarios: a number on those that were, a word on those that were not.
import { say } from '../page/language.js';

/** The middle of a line through points, by length; `flat` where the line runs sideways there. */
export function middle(points) {
  const lengths = points.slice(1).map((point, index) => Math.hypot(point.x - points[index].x, point.y - points[index].y));
  let left = lengths.reduce((sum, each) => sum + each, 0) / 2;
  for (const [index, length] of lengths.entries()) {
    if (left <= length && length > 0) {
      const [from, to] = [points[index], points[index + 1]];
      return { x: from.x + ((to.x - from.x) * left) / length, y: from.y + ((to.y - from.y) * left) / length, flat: Math.abs(to.x - from.x) >= Math.abs(to.y - from.y) };
    }
    left -= length;
  }
  return { ...points[0], flat: true };
}

/** Marks a viewer's picture by `counts` (id -> times). Returns the ids that were never passed. */
export function markCoverage(viewer, counts) {
  const [registry, canvas, overlays] = ['elementRegistry', 'canvas', 'overlays'].map((name) => viewer.get(name));
  for (const [id, count] of Object.entries(counts)) {
    const element = registry.get(id);
    if (!element) continue;
    canvas.addMarker(id, count ? 'was-passed' : 'not-passed');
    const note = Object.assign(document.createElement('span'), { className: `passed-note ${count ? '' : 'is-not'}`, textContent: count || say('未走到', 'never') });
    const { x, y, flat } = element.waypoints ? middle(element.waypoints) : { x: element.x + element.width, y: element.y + element.height, flat: true };
    note.classList.add(flat ? 'below' : 'beside'); // names of flows stand above them, or to their right
    const box = element.waypoints ? { x: Math.min(...element.waypoints.map((each) => each.x)), y: Math.min(...element.waypoints.map((each) => each.y)) } : element;
    overlays.add(id, { position: { left: x - box.x, top: y - box.y }, html: note, show: { minZoom: 0.3 } });
  }
  return Object.keys(counts).filter((id) => !counts[id]);
}

export const LEGEND = [['passed', say('有情景走到', 'passed')], ['not', say('没有情景走到', 'never passed')]];

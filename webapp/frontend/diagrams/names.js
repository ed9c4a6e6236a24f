// The English names of a diagram stand in its elements' property `en`; this puts them in the place of the Chinese ones before drawing,
// and gives labels, in either language, the room that their words need.
import { lang } from '../page/language.js';

const LABEL_WIDTH = 96;
const widthOf = (text) => [...text].reduce((sum, each) => sum + (each.codePointAt(0) > 0x2e80 ? 12.6 : 6.6), 4);

function english(element) {
  for (const extension of element.extensionElements?.values ?? []) {
    if (extension.$type?.toLowerCase() !== 'spiffworkflow:properties') continue;
    for (const property of extension.$children ?? extension.properties ?? []) {
      if (property.name === 'en') return property.value;
    }
  }
  return element.processRef ? english(element.processRef) : null;
}

function* elements(container) {
  for (const element of container.flowElements ?? []) {
    yield element;
    yield* elements(element);
  }
  for (const set of container.laneSets ?? []) yield* set.lanes ?? [];
}

/** Gives a label the width its words need, up to a limit; away from its shape where it stands beside it. */
function widenLabel({ label, bounds: shape, bpmnElement }) {
  const bounds = label?.bounds;
  const needed = Math.min(LABEL_WIDTH, widthOf(bpmnElement?.name ?? ''));
  if (!bounds || bounds.width >= needed) return;
  const more = needed - bounds.width;
  const right = shape && bounds.x >= shape.x + shape.width - 4;
  const left = shape && bounds.x + bounds.width <= shape.x + 4;
  if (!right) bounds.x -= left ? more : more / 2;
  bounds.width = needed;
}

/** Renames what the definitions hold; elements without an English name keep theirs. */
export function toEnglish(definitions) {
  for (const root of definitions.rootElements ?? []) {
    for (const element of [root, ...(root.participants ?? []), ...elements(root)]) {
      const name = english(element);
      if (name) element.name = name;
    }
  }
}

/** At each import: the names of the page's language, in labels wide enough. */
export function nameListener(viewer, language = lang) {
  viewer.on('import.parse.complete', ({ definitions }) => {
    if (!definitions) return;
    if (language === 'en') toEnglish(definitions);
    for (const diagram of definitions.diagrams ?? []) diagram.plane?.planeElement?.forEach(widenLabel);
  });
}

// Draws a procedure on <div data-diagram …>:
//   data-src      address of the BPMN XML, or
//   data-xml      id of a <script type="application/xml"> or <script type="application/json"> (a JSON string) block that holds it
//   data-current  JSON list of element ids that wait now      data-past    ids that are done
//   data-missed   ids among them whose deadline is missed     data-label   what the picture is, for those who cannot see it
//   data-counts   instead of these: JSON {element id: how often scenarios passed it}
// A click on an element is told as the event `diagram:element` ({id, type, name}) of the host.
import Viewer from 'bpmn-js/lib/Viewer';
import { say } from '../page/language.js';
import { LEGEND, markCoverage } from './coverage.js';
import { mark } from './marks.js';
import { nameListener } from './names.js';
import { Paper, STEPS } from './paper.js';

const ids = (text) => (text ? JSON.parse(text) : []);

async function xmlOf(host) {
  if (host.dataset.src) {
    const response = await fetch(host.dataset.src, { credentials: 'same-origin' });
    if (!response.ok) throw new Error(`${host.dataset.src}: ${response.status}`);
    return response.text();
  }
  const block = document.getElementById(host.dataset.xml);
  return block.type === 'application/json' ? JSON.parse(block.textContent) : block.textContent.trim();
}

/** @param {HTMLElement} host @returns {Promise<Viewer>} */
export async function mount(host) {
  const xml = await xmlOf(host);
  const scroll = Object.assign(document.createElement('div'), { className: 'diagram-scroll', tabIndex: 0 });
  scroll.setAttribute('role', 'group');
  scroll.setAttribute('aria-label', host.dataset.label || say('流程图', 'Diagram of the procedure'));
  const paper = Object.assign(document.createElement('div'), { className: 'diagram-paper' });
  scroll.append(paper);
  host.replaceChildren(scroll);

  const viewer = new Viewer({
    container: paper,
    bpmnRenderer: { defaultStrokeColor: '#3a4654', defaultFillColor: '#fff', defaultLabelColor: '#1b2430' },
    textRenderer: { defaultStyle: { fontFamily: getComputedStyle(host).fontFamily, fontSize: 13 }, externalStyle: { fontSize: 12 } },
  });
  nameListener(viewer);
  const known = { past: ids(host.dataset.past), current: ids(host.dataset.current), missed: ids(host.dataset.missed) };
  await viewer.importXML(xml);
  const counts = host.dataset.counts ? JSON.parse(host.dataset.counts) : null;
  const present = counts ? markCoverage(viewer, counts) : [...known.current, ...known.missed];
  mark(viewer, known);
  const sheet = new Paper(host, scroll, paper, viewer);
  sheet.present = present;
  if (counts) sheet.tools(LEGEND, present.length ? say('未走到', 'Never passed') : '');
  else sheet.tools(present.length > 0 || known.past.length > 0 ? STEPS : [], say('当前', 'Now'));
  sheet.fit(present);
  viewer.on('element.click', ({ element }) => {
    host.dispatchEvent(new CustomEvent('diagram:element', { bubbles: true, detail: { id: element.id, type: element.type, name: element.businessObject?.name ?? '' } }));
  });
  paper.querySelector('svg[tabindex]')?.removeAttribute('tabindex'); // the sheet around it is what is scrolled by keys
  for (const into of paper.querySelectorAll('.bjs-drilldown')) into.setAttribute('aria-label', say('打开这一部分', 'Open this part'));
  host.dataset.ready = 'yes';
  return viewer;
}

/** Draws every diagram of a document; one that fails says so in its place. */
export function mountAll(root) {
  for (const host of root.querySelectorAll('[data-diagram]')) {
    mount(host).catch((error) => {
      console.error(error);
      host.replaceChildren(Object.assign(document.createElement('p'), { className: 'empty', textContent: say('流程图无法显示。', 'The diagram cannot be shown.') }));
    });
  }
}

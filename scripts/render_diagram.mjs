#!/usr/bin/env node
// Draws a BPMN file as SVG, for documents and for looking at:  node scripts/render_diagram.mjs in.bpmn out.svg [--lang en] [--current a,b --past c,d]
// bpmn-js draws; jsdom stands in for the browser, so what it cannot measure (texts, boxes of SVG) is reckoned here.
// A PNG with Chinese, by any browser:
//   python -c "import shutil, sys; from playwright.sync_api import sync_playwright as s; p=s().start(); b=p.chromium.launch(executable_path=shutil.which('chromium'), args=['--no-sandbox']); g=b.new_page(device_scale_factor=2); g.goto('file://'+sys.argv[1]); g.locator('svg').screenshot(path=sys.argv[2]); b.close(); p.stop()" "$PWD/out.svg" out.png
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { JSDOM } from 'jsdom';

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const COLOURS = { past: ['#1f8a4c', '#f1f9f4'], now: ['#1f5fbf', '#eaf1fb'], bad: ['#c53030', '#fdecec'] };

/** Width of a text in pixels: a Chinese character is as wide as it is high. */
const textWidth = (text, size) => [...text].reduce((sum, each) => sum + (each.codePointAt(0) > 0x2e80 ? 1 : /[A-Z0-9]/.test(each) ? 0.62 : 0.54), 0) * size;

/** A window in which bpmn-js can draw, its globals set. */
function browser() {
  const { window } = new JSDOM('<!doctype html><html lang="zh-CN"><body><div id="paper"></div></body></html>', { pretendToBeVisual: true });
  const size = (element) => parseFloat(element.style?.fontSize || element.parentNode?.style?.fontSize) || 12;
  window.SVGElement.prototype.getBBox = function box() {
    if (['text', 'tspan'].includes(this.tagName)) {
      const high = size(this);
      return { x: 0, y: 0, width: textWidth(this.textContent, high), height: high * 1.2 };
    }
    const number = (name) => parseFloat(this.getAttribute(name)) || 0;
    if (this.tagName === 'circle') return { x: number('cx') - number('r'), y: number('cy') - number('r'), width: 2 * number('r'), height: 2 * number('r') };
    return { x: number('x'), y: number('y'), width: number('width'), height: number('height') };
  };
  const identity = () => ({ a: 1, b: 0, c: 0, d: 1, e: 0, f: 0, inverse: identity, multiply: identity, translate: identity, scale: identity });
  function transform() {
    return {
      matrix: identity(),
      setMatrix(matrix) { this.matrix = matrix; },
      setTranslate(e, f) { Object.assign(this.matrix, { e, f }); },
      setScale(a, d) { Object.assign(this.matrix, { a, d }); },
      setRotate(angle) { const [sin, cos] = [Math.sin(angle * Math.PI / 180), Math.cos(angle * Math.PI / 180)]; Object.assign(this.matrix, { a: cos, b: sin, c: -sin, d: cos }); },
    };
  }
  // Transforms are kept as the attribute that saveSVG writes.
  const written = ({ a, b, c, d, e, f }) => `matrix(${[a, b, c, d, e, f].join(' ')})`;
  const listOf = (element) => ({
    numberOfItems: 0,
    clear() { element.removeAttribute('transform'); },
    appendItem(item) { element.setAttribute('transform', `${element.getAttribute('transform') ?? ''} ${written(item.matrix)}`.trim()); },
    getItem: transform,
    consolidate: transform,
    createSVGTransformFromMatrix: (matrix) => ({ matrix }),
  });
  const drawing = window.SVGElement.prototype;
  Object.defineProperty(drawing, 'transform', { get() { return { baseVal: listOf(this) }; } });
  window.SVGMatrix = function SVGMatrix() {}; // nothing is one: tiny-svg then takes what it is given for a transform
  Object.assign(drawing, { getScreenCTM: identity, getCTM: identity, createSVGMatrix: identity, createSVGTransform: transform, createSVGTransformFromMatrix: (matrix) => ({ matrix }), createSVGPoint: () => ({ x: 0, y: 0, matrixTransform() { return this; } }) });
  window.HTMLCanvasElement.prototype.getContext = () => ({
    font: '12px',
    measureText(text) { return { width: textWidth(text, parseFloat(/([\d.]+)px/.exec(this.font)?.[1] ?? 12)) }; },
  });
  window.CSS = { escape: (text) => String(text).replace(/[^\w-]/g, (each) => `\\${each}`) };
  for (const name of ['window', 'document', 'Element', 'HTMLElement', 'SVGElement', 'SVGMatrix', 'Node', 'DOMParser', 'XMLSerializer', 'CSS', 'MutationObserver', 'getComputedStyle']) globalThis[name] ??= name === 'window' ? window : window[name];
  return window;
}

/** Rectangle round everything drawn, from the shapes themselves, since jsdom lays nothing out. */
function frame(elements, margin = 12) {
  const points = elements.flatMap((each) => (each.waypoints ? each.waypoints : [{ x: each.x, y: each.y }, { x: each.x + each.width, y: each.y + each.height }]));
  const [left, top] = ['x', 'y'].map((axis) => Math.min(...points.map((point) => point[axis])) - margin);
  const [right, bottom] = ['x', 'y'].map((axis) => Math.max(...points.map((point) => point[axis])) + margin);
  return { left, top, width: right - left, height: bottom - top };
}

function colour(registry, states) {
  for (const [id, state] of states) {
    const visual = registry.getGraphics(id).querySelector('.djs-visual');
    if (state === 'future') visual.style.opacity = '0.4';
    if (state === 'past' && registry.get(id).waypoints) visual.querySelector(':scope > path').style.stroke = COLOURS.past[0];
    const outline = COLOURS[state] && visual.querySelector('rect, circle, polygon');
    if (!outline) continue;
    outline.style.stroke = COLOURS[state][0];
    outline.style.fill = COLOURS[state][1];
    if (state !== 'past') outline.style.strokeWidth = '3.5px';
  }
}

/**
 * @param {string} xml BPMN 2.0 with diagram interchange
 * @param {{lang?: 'zh'|'en', current?: string[], past?: string[], missed?: string[]}} [options]
 * @returns {Promise<string>} SVG
 */
export async function render(xml, { lang = 'zh', ...known } = {}) {
  const window = browser();
  const { default: Viewer } = await import('bpmn-js/dist/bpmn-viewer.production.min.js');
  const { nameListener } = await import('../webapp/frontend/diagrams/names.js');
  const { stateOf, pictured, isOpenPart, FRAMES } = await import('../webapp/frontend/diagrams/marks.js');
  const viewer = new Viewer({
    container: window.document.getElementById('paper'),
    bpmnRenderer: { defaultStrokeColor: '#3a4654', defaultFillColor: '#fff', defaultLabelColor: '#1b2430' },
    textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 13 }, externalStyle: { fontSize: 12 } },
  });
  nameListener(viewer, lang);
  const { warnings } = await viewer.importXML(xml);
  for (const warning of warnings) console.error(warning.message);
  const registry = viewer.get('elementRegistry');
  const shown = registry.getAll().filter((element) => element.parent);
  colour(registry, stateOf(pictured(registry), known));
  for (const { id, type } of shown) if (FRAMES.includes(type)) for (const line of registry.getGraphics(id).querySelectorAll('.djs-visual rect, .djs-visual path')) line.style.stroke = '#c9d0d8';
  for (const { id } of shown.filter(isOpenPart)) registry.getGraphics(id).querySelector('.djs-visual rect').style.fillOpacity = '0';
  const { svg } = await viewer.saveSVG();
  const { left, top, width, height } = frame(shown);
  return svg.replace(/<svg([^>]*)>/, (whole, attributes) => `<svg${attributes.replace(/ (width|height|viewBox)="[^"]*"/g, '')} width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">`);
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop())) {
  const { values, positionals: [source, target] } = parseArgs({ allowPositionals: true, options: { lang: { type: 'string' }, current: { type: 'string' }, past: { type: 'string' }, missed: { type: 'string' } } });
  if (!source || !target) {
    console.error('usage: node scripts/render_diagram.mjs in.bpmn out.svg [--lang en] [--current a,b] [--past c,d] [--missed e]');
    process.exit(2);
  }
  const list = (text) => text?.split(',').filter(Boolean) ?? [];
  await writeFile(target, await render(await readFile(source, 'utf8'), { lang: values.lang, current: list(values.current), past: list(values.past), missed: list(values.missed) }));
}

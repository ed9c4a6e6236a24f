// A drawn diagram on a sheet that scrolls: fits the width where it stays readable, else scrolls to the present step; zoom by buttons and
// Ctrl+wheel, pan by dragging, fingers or arrow keys. The page's own scrolling is never caught.
import { say } from '../page/language.js';

const MARGIN = 16;
const CRUMBS = 56; // room for the way back out of a part that was opened
const READABLE = 0.85;
const LIMITS = [0.15, 2.5];

export const STEPS = [['past', say('已办', 'done')], ['now', say('正在办', 'now')], ['future', say('未到', 'to come')]];

/** The box around a shape, or around the points of a flow. */
function boxOf(element) {
  if (!element?.waypoints) return element;
  const [xs, ys] = [element.waypoints.map((each) => each.x), element.waypoints.map((each) => each.y)];
  return { x: Math.min(...xs), y: Math.min(...ys), width: Math.max(...xs) - Math.min(...xs) || 1, height: Math.max(...ys) - Math.min(...ys) || 1 };
}

export class Paper {
  constructor(host, scroll, paper, viewer) {
    Object.assign(this, { host, scroll, paper, viewer, zoom: 1 });
    viewer.on('root.set', () => requestAnimationFrame(() => this.fit()));
    this.pan();
    scroll.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.scale(this.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1), event);
    }, { passive: false });
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.abs(contentRect.width - (this.width ?? 0)) > 2) this.fit(this.focused);
      this.width = contentRect.width;
    }).observe(host);
  }

  /** Bounds of what is drawn, in the diagram's own pixels. */
  get bounds() {
    const { inner } = this.viewer.get('canvas').viewbox();
    const top = MARGIN + (this.paper.querySelector('.bjs-breadcrumbs-shown') ? CRUMBS : 0);
    return { x: inner.x - MARGIN, y: inner.y - top, width: inner.width + 2 * MARGIN, height: inner.height + MARGIN + top };
  }

  /** Fits the width; never smaller than can be read, unless `whole`. */
  fit(focusIds = [], whole = false) {
    this.focused = focusIds;
    const { width, height } = this.bounds;
    const free = this.scroll.clientWidth || this.host.clientWidth;
    const tight = Math.min(free / width, 1);
    const zoom = whole ? Math.min(tight, this.scrollHeightLimit() / height) : Math.max(tight, Math.min(READABLE, 1));
    this.apply(zoom);
    this.reveal(focusIds);
  }

  scrollHeightLimit() {
    return parseFloat(getComputedStyle(this.scroll).maxHeight) || window.innerHeight * 0.7;
  }

  apply(zoom) {
    this.zoom = Math.min(LIMITS[1], Math.max(LIMITS[0], zoom));
    const bounds = this.bounds;
    this.paper.style.width = `${Math.ceil(bounds.width * this.zoom)}px`;
    this.paper.style.height = `${Math.ceil(bounds.height * this.zoom)}px`;
    const canvas = this.viewer.get('canvas');
    canvas.resized();
    canvas.viewbox(bounds);
    this.scroll.classList.toggle('can-pan', this.scroll.scrollWidth > this.scroll.clientWidth || this.scroll.scrollHeight > this.scroll.clientHeight);
  }

  /** Zooms about a point of the window, by default the middle of what is seen. */
  scale(zoom, point) {
    const box = this.scroll.getBoundingClientRect();
    const x = point ? point.clientX - box.left : box.width / 2;
    const y = point ? point.clientY - box.top : box.height / 2;
    const before = this.zoom;
    const [left, top] = [this.scroll.scrollLeft + x, this.scroll.scrollTop + y];
    this.apply(zoom);
    this.scroll.scrollTo(left * (this.zoom / before) - x, top * (this.zoom / before) - y);
  }

  /** Brings elements into the middle of what is seen. */
  reveal(ids) {
    const registry = this.viewer.get('elementRegistry');
    const shapes = ids.map((id) => boxOf(registry.get(id))).filter((shape) => shape?.width);
    if (!shapes.length) return this.scroll.scrollTo(0, 0);
    const { x, y } = this.bounds;
    const left = Math.min(...shapes.map((shape) => shape.x)), right = Math.max(...shapes.map((shape) => shape.x + shape.width));
    const top = Math.min(...shapes.map((shape) => shape.y)), bottom = Math.max(...shapes.map((shape) => shape.y + shape.height));
    this.scroll.scrollTo(((left + right) / 2 - x) * this.zoom - this.scroll.clientWidth / 2, ((top + bottom) / 2 - y) * this.zoom - this.scroll.clientHeight / 2);
  }

  pan() {
    let from = null;
    this.scroll.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'mouse' || event.button) return; // fingers scroll by themselves
      from = { x: event.clientX, y: event.clientY, left: this.scroll.scrollLeft, top: this.scroll.scrollTop };
    });
    window.addEventListener('pointermove', (event) => {
      if (!from) return;
      this.scroll.classList.add('is-panning');
      this.scroll.scrollTo(from.left - event.clientX + from.x, from.top - event.clientY + from.y);
    });
    window.addEventListener('pointerup', () => { from = null; this.scroll.classList.remove('is-panning'); });
  }

  /** Buttons, and a legend of [kind, word] where there is one; `focus` names the button that goes to what matters. */
  tools(legend, focus) {
    const bar = document.createElement('div');
    bar.className = 'diagram-tools no-print';
    const button = (text, label, act) => {
      const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text, title: label });
      if (text.length === 1) made.setAttribute('aria-label', label); // a sign is not a word
      made.addEventListener('click', act);
      bar.append(made);
    };
    button('+', say('放大', 'Zoom in'), () => this.scale(this.zoom * 1.25));
    button('−', say('缩小', 'Zoom out'), () => this.scale(this.zoom / 1.25));
    button(say('全图', 'Whole'), say('显示全图', 'Show the whole picture'), () => this.fit([], true));
    button(say('全屏', 'Full screen'), say('全屏查看', 'See it on the full screen'), () => (document.fullscreenElement ? document.exitFullscreen() : this.host.requestFullscreen?.()));
    if (legend.length) {
      if (focus) button(focus, say('到标出的地方', 'Go to what is marked'), () => this.fit(this.present));
      const list = Object.assign(document.createElement('div'), { className: 'diagram-legend' });
      for (const [name, word] of legend) list.append(Object.assign(document.createElement('span'), { className: `is-${name}`, textContent: word }));
      bar.append(list);
    }
    this.host.append(bar);
  }
}

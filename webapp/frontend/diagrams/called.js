// A click on a call activity opens the picture of what it calls: data-calls of the host names, by element, the <details> that holds it.

/** @param {Document} document */
export function openCalled(document) {
  document.addEventListener('diagram:element', ({ target, detail }) => {
    const box = document.getElementById(JSON.parse(target.dataset.calls ?? '{}')[detail.id] ?? '');
    if (!box) return;
    box.open = true;
    box.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  });
}

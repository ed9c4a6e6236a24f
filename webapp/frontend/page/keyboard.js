// The desk by keyboard: j/k move over the rows, Enter opens, c claims, f goes to the form of a case, n on to the next, / searches, ? shows the keys, u goes back to the list.
const rows = () => [...document.querySelectorAll('[data-rows] [data-row]')];
const rowLink = (row) => row.querySelector('[data-row-link]') ?? row.querySelector('a[href]');
const typing = (target) => target.closest('input, textarea, select, [contenteditable=""], [contenteditable=true], dialog[open], .djs-container');

function move(step) {
  const all = rows();
  if (!all.length) return false;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
  const link = rowLink(all[next]);
  link?.focus({ preventScroll: true });
  all[next].scrollIntoView({ block: 'nearest' });
  return Boolean(link);
}

function claim() {
  const row = document.activeElement?.closest('[data-row]');
  const form = row ? row.querySelector('form[data-claim]') : document.querySelector('main form[data-claim]');
  form?.requestSubmit();
  return Boolean(form);
}

function search() {
  const field = document.querySelector('input[data-search]') ?? document.querySelector('a[data-search]');
  if (!field) return false;
  if (field.matches('a')) field.click();
  else { field.focus(); field.select(); }
  return true;
}

function help() {
  const dialog = document.querySelector('dialog[data-keys]');
  dialog?.showModal();
  return Boolean(dialog);
}

function back() {
  const link = document.querySelector('[data-up]');
  link?.click();
  return Boolean(link);
}

function form() {
  const field = document.querySelector('.act :is(input:not([type=hidden], [type=file]), textarea, select):not([disabled])');
  field?.focus();
  return Boolean(field);
}

function next() {
  const link = document.querySelector('[data-next]');
  link?.click();
  return Boolean(link);
}

const keys = { j: () => move(1), k: () => move(-1), c: claim, '/': search, '?': help, u: back, f: form, n: next };

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === 'Escape' && event.target.matches('[data-search]')) event.target.blur();
    return;
  }
  if (keys[event.key]?.()) event.preventDefault();
});

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-show-keys]')) help();
  if (event.target.closest('[data-print]')) window.print();
  if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
});

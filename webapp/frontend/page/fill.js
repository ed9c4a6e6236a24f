// A button with data-fill="KEY" data-value="…" puts its value into that field of the page's form (see forms/mount.js).
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-fill]');
  if (!button) return;
  document.querySelector('[data-form]')?.dispatchEvent(new CustomEvent('form:fill', { detail: JSON.parse(button.dataset.fill) }));
});

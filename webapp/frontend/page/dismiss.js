// A button with data-dismiss takes away the nearest data-dismissible; focus goes to the main part, not into the void.
document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-dismiss]');
  const box = button?.closest('[data-dismissible]');
  if (!box) return;
  box.remove();
  document.querySelector('main')?.focus({ preventScroll: true });
});

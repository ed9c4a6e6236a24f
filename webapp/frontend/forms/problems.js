// What is wrong, said twice: a summary on top that links to the fields, and the words beside each field.
import { say } from '../page/language.js';

/** The input of a field in the page, whatever it is made of. */
export function inputOf(form, id) {
  const prefix = `fjs-form-${form._id}-${id}`;
  const exact = document.getElementById(prefix);
  if (exact?.matches('input, textarea, select, button, [tabindex]')) return exact;
  const holder = exact?.closest('.fjs-form-field') ?? document.querySelector(`[id^="${prefix}"]`)?.closest('.fjs-form-field');
  return holder?.querySelector('input:not([type=hidden]), textarea, select, button, [tabindex]') ?? exact;
}

/** Problems that the browser found itself (form-js's errors by field id). */
export function ownProblems(errors, fields) {
  const byId = new Map([...fields].map(([key, field]) => [field.id, key]));
  return Object.entries(errors).map(([id, found]) => ({ field: byId.get(id) ?? null, text: [found].flat(9).filter((text) => typeof text === 'string')[0] ?? '' }));
}

/** Shows the server's words beside the fields, as form-js shows its own. */
export function markFields(form, problems, fields) {
  const errors = {};
  for (const { field, text } of problems) {
    const known = fields.get(field);
    if (known) (errors[known.id] ??= []).push(text);
  }
  form._setState({ errors });
}

function line(form, { field, text }, fields) {
  const item = document.createElement('li');
  const known = fields.get(field);
  if (!known) {
    item.textContent = text;
    return item;
  }
  const link = document.createElement('a');
  link.href = `#fjs-form-${form._id}-${known.id}`;
  link.textContent = text.includes(known.label) ? text : `${known.label}${say('：', ': ')}${text}`;
  link.addEventListener('click', (event) => {
    const input = inputOf(form, known.id);
    if (!input) return;
    event.preventDefault();
    input.closest('.fjs-form-field')?.scrollIntoView({ block: 'center' });
    input.focus({ preventScroll: true });
  });
  item.append(link);
  return item;
}

/**
 * Puts the summary in its place and the focus on it; with nothing to say it goes away.
 * @param {HTMLElement} place
 * @param {{field: string|null, text: string}[]} problems
 * @param {string} [message] said above the list
 */
export function showSummary(place, form, problems, fields, message = '') {
  place.replaceChildren();
  place.hidden = !problems.length && !message;
  if (place.hidden) return;
  const head = document.createElement('h2');
  head.textContent = problems.length ? say('还不能提交，请先改正：', 'Not submitted yet. Please put this right first:') : message;
  place.append(head);
  if (problems.length) {
    const list = document.createElement('ul');
    list.append(...problems.map((problem) => line(form, problem, fields)));
    place.append(list);
  }
  const kept = document.createElement('p');
  kept.textContent = problems.length && message ? message : say('您填写的内容都还在本页。', 'What you wrote is still on this page.');
  place.append(kept);
  place.focus();
}

// Mounts a form-js form on <div data-form data-schema="ID" [data-values="ID"] data-action="URL" …>.
//   data-schema, data-values  ids of <script type="application/json"> blocks; values also hold the lists of `valuesKey`
//   data-context              id of a block that expressions may read besides the form's own fields (never submitted)
//   data-button, data-after   the button's words, and what happens then
//   data-upload               where chosen files are sent
//   data-files                id of a block {file id: {name, size}}: the files that the values name already
//   data-readonly             shows, cannot be changed
//   data-focus                the first field that is still empty has the focus
// The event `form:fill` ({key: value}) puts values into fields.
// Submits {"values": {…}} as JSON; goes where the answer's `next` says, or shows the problem document's `fields`.
import { Form } from '@bpmn-io/form-js-viewer';
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';
import { lang, say } from '../page/language.js';
import { filesModule } from './files.js';
import { labels, prepare, withIds } from './prepare.js';
import { inputOf, markFields, ownProblems, showSummary } from './problems.js';
import { requiredWhenModule } from './required-when.js';
import { sendJson } from './send.js';
import { translateLiterals, translator } from './words.js';

if (lang === 'zh') flatpickr.localize(Mandarin);

const block = (id) => (id ? JSON.parse(document.getElementById(id)?.textContent || '{}') : {});

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function submitBar(host) {
  const button = element('button', { type: 'button', className: 'btn btn-primary', textContent: host.dataset.button || say('提交', 'Submit') });
  const bar = element('div', { className: 'actions' }, button);
  if (host.dataset.after) bar.append(element('p', { className: 'after', textContent: host.dataset.after }));
  return { bar, button };
}

/** @param {HTMLElement} host @returns {Promise<Form>} */
export async function mount(host) {
  const translate = translator(lang);
  const schema = withIds(prepare(block(host.dataset.schema)));
  const fields = labels(schema);
  const readOnly = 'readonly' in host.dataset;

  const summary = element('div', { className: 'error-summary', tabIndex: -1, hidden: true });
  summary.setAttribute('role', 'alert');
  const body = element('div', { className: 'form-body' });
  host.replaceChildren(summary, body);

  const form = new Form({
    container: body,
    properties: { readOnly },
    additionalModules: [{ translate: ['value', translate] }, filesModule(host.dataset.upload ?? '', block(host.dataset.files)), requiredWhenModule],
  });
  await form.importSchema(schema, { ...block(host.dataset.context), ...block(host.dataset.values) });
  translateLiterals(body, translate);
  body.addEventListener('focusin', ({ target }) => { // room for the calendar or the list that opens below
    if (target.matches('.fjs-datepicker input, .fjs-timepicker input, .fjs-form-field-select input, .fjs-taglist-input')) setTimeout(() => target.scrollIntoView({ block: 'center' }), 60);
  });
  host.dataset.ready = 'yes';
  if (readOnly || !host.dataset.action) return form;

  let changed = false;
  form.on('field.updated', () => { changed = true; });
  host.addEventListener('form:fill', ({ detail }) => { // values by key, as if they had been entered
    form._setState({ data: { ...form._getState().data, ...detail } });
    changed = true;
  });
  window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });

  const { bar, button } = submitBar(host);
  host.append(bar);
  if ('focus' in host.dataset) {
    const values = form._getState().data;
    const first = [...fields].find(([key]) => values[key] == null || values[key] === '');
    if (first) inputOf(form, first[1].id)?.focus({ preventScroll: true });
  }
  const submit = async () => {
    if (button.disabled) return;
    if (body.contains(document.activeElement)) { // form-js takes over what was typed last a moment later, or when the field is left
      document.activeElement.blur();
      await new Promise((done) => { setTimeout(done); });
      if (button.disabled) return;
    }
    const data = form._getSubmitData();
    const own = ownProblems(form.validate(), fields);
    if (own.length) return showSummary(summary, form, own, fields);
    button.disabled = true;
    host.setAttribute('aria-busy', 'true');
    const answer = await sendJson(host.dataset.action, { values: data });
    host.removeAttribute('aria-busy');
    if (answer.ok) {
      changed = false;
      window.location.assign(answer.location ?? window.location.href);
      return;
    }
    button.disabled = false;
    markFields(form, answer.problems, fields);
    showSummary(summary, form, answer.problems, fields, answer.message);
  };
  button.addEventListener('click', submit);
  form.on('submit', submit); // Enter in a one-line field
  host.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(); });
  return form;
}

/** Mounts every form of a document; one that fails says so in its place. */
export function mountAll(root) {
  for (const host of root.querySelectorAll('[data-form]')) {
    mount(host).catch((error) => {
      console.error(error);
      host.replaceChildren(element('p', { className: 'notice notice-bad', textContent: say('表单无法显示，请告知管理人员。', 'The form cannot be shown. Please tell the administrator.') }));
    });
  }
}

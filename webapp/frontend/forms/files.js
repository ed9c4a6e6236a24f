// The file picker: each file is uploaded when it is chosen; the field's value is the list of the ids that the server answered.
// Without an upload address (data-upload) it cannot be used and says so.
import { Description, Errors, FilePicker, FormContext, Label } from '@bpmn-io/form-js-viewer';
import { h } from 'preact';
import { useContext, useRef, useState } from 'preact/hooks';
import { say } from '../page/language.js';
import { sendFile } from './send.js';

const sizeOf = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} KB`);

function Files({ field, domId, value, onChange, disabled, readonly, errors = [] }) {
  const { url, known } = useContext(FormContext).getService('uploads');
  const [busy, setBusy] = useState('');
  const [wrong, setWrong] = useState('');
  const kept = useRef([]);
  kept.current = Array.isArray(value) ? value : [];
  const off = disabled || readonly || !url;

  const choose = async (event) => {
    const input = event.target;
    setWrong('');
    for (const file of input.files) {
      setBusy(file.name);
      try {
        const stored = await sendFile(url, file);
        known.set(stored.id, { name: file.name, size: file.size, ...stored });
        kept.current = [...(field.multiple ? kept.current : []), stored.id];
        onChange({ value: kept.current });
      } catch (error) {
        setWrong(`${file.name}${say(':', ': ')}${error.message}`);
      }
    }
    setBusy('');
    input.value = '';
  };
  const remove = (index) => onChange({ value: kept.current.filter((_, at) => at !== index) });

  return h('div', { class: `fjs-form-field fjs-form-field-filepicker${errors.length ? ' fjs-has-errors' : ''}` }, [
    h(Label, { htmlFor: domId, label: field.label, required: field.validate?.required }),
    kept.current.length > 0 && h('ul', { class: 'files' }, kept.current.map((id) => known.get(id) ?? { id, name: id }).map((file, index) => h('li', { key: file.id }, [
      h('span', { class: 'name' }, file.name), file.size ? h('span', { class: 'quiet' }, sizeOf(file.size)) : null,
      !off && h('button', { type: 'button', class: 'btn btn-link btn-small', 'aria-label': say(`去掉 ${file.name}`, `Remove ${file.name}`), onClick: () => remove(index) }, say('去掉', 'Remove')),
    ]))),
    h('input', { type: 'file', class: 'visually-hidden', id: domId, disabled: off || Boolean(busy), multiple: Boolean(field.multiple), accept: field.accept || undefined, onChange: choose }),
    h('label', { class: `btn btn-plain btn-small file-button${off || busy ? ' disabled' : ''}`, for: domId }, busy ? say(`正在上传 ${busy}`, `Uploading ${busy}`) : say('选择文件', 'Choose files')),
    !url && !readonly && h('span', { class: 'quiet small' }, say(' 此处暂不能上传文件', ' Files cannot be uploaded here')),
    h(Description, { id: `${domId}-description`, description: field.description }),
    h(Errors, { id: `${domId}-error-message`, errors: wrong ? [wrong, ...errors] : errors }),
  ]);
}
Files.config = { ...FilePicker.config, emptyValue: [] };

function register(formFields) {
  formFields.register('filepicker', Files);
}
register.$inject = ['formFields'];

/** form-js module; `url` is where files are sent, or empty; `files` are those sent before, {id: {name, size}}. */
export const filesModule = (url, files = {}) => ({
  __init__: ['uploadedFiles'],
  uploadedFiles: ['type', register],
  uploads: ['value', { url, known: new Map(Object.entries(files).map(([id, file]) => [id, { id, ...file }])) }],
});

// Mounts form-js on every <div data-form>; see forms/mount.js for its attributes.
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '../css/form.css';
import { mountAll } from '../forms/mount.js';

mountAll(document);

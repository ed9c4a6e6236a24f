// Draws a procedure on every <div data-diagram>; see diagrams/mount.js for its attributes.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import '../css/diagram.css';
import { openCalled } from '../diagrams/called.js';
import { mountAll } from '../diagrams/mount.js';

openCalled(document);
mountAll(document);

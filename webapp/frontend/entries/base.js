// On every page: Bootstrap, the tokens, the shared parts, and the little that helps a keyboard.
import '../css/bootstrap.css';
import '../css/tokens.css';
import '../css/base.css';
import '../css/deadline.css';
import '../css/timeline.css';
import '../page/dismiss.js';
import '../page/menus.js';
import '../page/submits.js';

document.documentElement.classList.add('js');

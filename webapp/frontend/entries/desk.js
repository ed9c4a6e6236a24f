// The desk's look and its keys.
import '../css/desk.css';
import '../css/desk-pages.css';
import '../css/calendar.css';
import '../page/fill.js';
import '../page/keyboard.js';

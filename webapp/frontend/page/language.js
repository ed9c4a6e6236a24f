// Which of the two languages the page speaks, and a chooser between two texts.
export const lang = globalThis.document?.documentElement.lang.toLowerCase().startsWith('en') ? 'en' : 'zh';

/** @param {string} zh @param {string} en */
export const say = (zh, en) => (lang === 'en' ? en : zh);

// Speaks with the server: JSON with the CSRF token, and one shape of answer whatever happened.
import { lang, say } from '../page/language.js';

export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

const textOf = (problem) => problem.text ?? problem.message ?? problem.title ?? problem[lang] ?? problem.zh ?? problem.code ?? '';

async function answerOf(response) {
  const body = (response.headers.get('content-type') ?? '').includes('json') ? await response.json() : {};
  if (response.redirected && !response.url.includes('/login')) return { ok: true, location: response.url };
  if (response.ok && !response.redirected) return { ok: true, location: body.next ?? body.location ?? response.headers.get('location') ?? null };
  const found = body.fields ?? body.problems ?? []; // RFC 9457 problem documents carry `fields`
  const message = response.redirected || response.status === 401
    ? say('您的登录已过期。请在新窗口登录后，回到本页再提交。', 'You have been signed out. Sign in in another window, then submit here again.')
    : (found.length ? '' : textOf(body)) || (found.length ? '' : say(`没有提交成功（代码 ${response.status}）。请稍后再试。`, `It was not submitted (code ${response.status}). Please try again later.`));
  return { ok: false, message, problems: found.map((problem) => ({ field: problem.field || null, code: problem.code, text: textOf(problem) })) };
}

async function post(url, init) {
  try {
    return await answerOf(await fetch(url, { method: 'POST', credentials: 'same-origin', ...init, headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken(), ...init.headers } }));
  } catch {
    return { ok: false, problems: [], message: say('连接不上服务器，没有提交。请检查网络后再试。', 'The server cannot be reached, nothing was submitted. Check the connection and try again.') };
  }
}

/**
 * @param {string} url
 * @param {object} body sent as JSON
 * @returns {Promise<{ok: boolean, location?: string|null, message?: string, problems?: {field: string|null, code?: string, text: string}[]}>}
 */
export const sendJson = (url, body) => post(url, { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

/**
 * Uploads one file as multipart `file`; the server answers 201 with `{id, name, size}`.
 * @returns {Promise<object>} what the server said; rejects with a text to show
 */
export async function sendFile(url, file) {
  const body = new FormData();
  body.append('file', file);
  let response;
  try {
    response = await fetch(url, { method: 'POST', credentials: 'same-origin', body, headers: { Accept: 'application/json', 'X-CSRFToken': csrfToken() } });
  } catch {
    throw new Error(say('连接不上服务器，文件没有上传。', 'The server cannot be reached, the file was not uploaded.'));
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(textOf(answer) || say('文件没有上传成功。', 'The file was not uploaded.'));
  return answer;
}

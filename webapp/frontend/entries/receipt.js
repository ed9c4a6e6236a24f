// The receipt as a picture to keep: drawn here, nothing leaves the page. It is shown too, for browsers that save a picture only by a long press on it.
import { say } from '../page/language.js';

const WIDE = 720;
const EDGE = 36;
const QR = 264;

/** A text in lines that fit. */
function wrapped(paper, text, width) {
  const lines = [''];
  for (const letter of text) {
    if (paper.measureText(lines.at(-1) + letter).width > width) lines.push('');
    lines[lines.length - 1] += letter;
  }
  return lines;
}

async function pictureOf(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  return image;
}

/** @param {HTMLElement} receipt @returns {Promise<string>} PNG as a data address */
async function draw(receipt) {
  const font = getComputedStyle(receipt).fontFamily;
  const text = (selector) => receipt.querySelector(selector).textContent.trim().replace(/\s+/g, ' ');
  const parts = [[text('p'), 22, '#5b6675']];
  for (const label of receipt.querySelectorAll('dt')) parts.push([label.textContent, 22, '#5b6675'], [label.nextElementSibling.textContent, 40, '#1b2430']);
  const small = [[text('.link'), 20, '#5b6675'], [text('.hash'), 18, '#5b6675']];

  const sheet = document.createElement('canvas');
  const paper = sheet.getContext('2d');
  const laid = (rows, from) => rows.reduce((y, [words, size, colour]) => {
    paper.font = `${size > 30 ? 600 : 400} ${size}px ${font}`;
    paper.fillStyle = colour;
    for (const line of wrapped(paper, words, WIDE - 2 * EDGE)) { y += size * 1.5; paper.fillText(line, EDGE, y - size * 0.35); }
    return y + 6;
  }, from);
  const all = () => { const below = laid(parts, EDGE) + 16; return [below, laid(small, below + QR + 8) + EDGE - 12]; };
  sheet.width = WIDE;
  const [below, height] = all(); // once to see how high it is
  sheet.height = height;
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, WIDE, height);
  paper.strokeStyle = '#1b2430';
  paper.lineWidth = 4;
  paper.strokeRect(6, 6, WIDE - 12, height - 12);
  all();
  paper.imageSmoothingEnabled = false;
  paper.drawImage(await pictureOf(receipt.querySelector('svg')), EDGE - 8, below, QR, QR);
  return sheet.toDataURL('image/png');
}

const button = document.querySelector('[data-receipt-picture]');
if (button) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const receipt = document.querySelector('.receipt');
    const picture = document.querySelector('[data-picture-place]');
    const image = picture.querySelector('img');
    image.src = await draw(receipt);
    await image.decode();
    picture.hidden = false;
    Object.assign(document.createElement('a'), { href: image.src, download: `${receipt.querySelector('[data-number]').textContent.trim()}.png` }).click();
    picture.querySelector('[role=status]').textContent = say('图片已生成。没有自动保存的，长按图片保存。', 'The picture is made. If it was not saved by itself, press it long to save it.');
    picture.scrollIntoView({ block: 'nearest' });
  });
}

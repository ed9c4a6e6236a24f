#!/usr/bin/env node
// Draws every procedure's diagrams anew for docs/procedures.md:  node scripts/draw_diagrams.mjs   (make pictures)
// Each picture carries the SHA-256 of the diagram that it shows; tests/architecture/test_pictures.py says when one is out of date.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = join(ROOT, 'docs', 'pictures', 'diagrams');
const hashOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

const wanted = new Map();
for (const folder of readdirSync(join(ROOT, 'processes'))) {
  const inside = join(ROOT, 'processes', folder);
  if (!statSync(inside).isDirectory()) continue;
  for (const name of readdirSync(inside).filter((each) => each.endsWith('.bpmn'))) wanted.set(`${folder}-${name.slice(0, -5)}.svg`, join(inside, name));
}

mkdirSync(TARGET, { recursive: true });
for (const old of readdirSync(TARGET)) if (!wanted.has(old)) rmSync(join(TARGET, old));
for (const [name, diagram] of wanted) {
  const picture = join(TARGET, name);
  const mark = `data-diagram="${hashOf(diagram)}"`;
  try {
    if (readFileSync(picture, 'utf8').includes(mark)) continue;
  } catch { /* not drawn yet */ }
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'render_diagram.mjs'), diagram, picture], { stdio: 'inherit' }); // a process each: the drawing has globals
  writeFileSync(picture, readFileSync(picture, 'utf8').replace('<svg', `<svg ${mark}`));
  console.log(name);
}

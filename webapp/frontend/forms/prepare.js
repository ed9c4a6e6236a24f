// What a schema needs before it is shown: searchable pickers for units, and no buttons of its own.
// Its words are already in the reader's language (the server sees to that).

/** Every component of a schema, groups' and lists' children included. */
export function* components(schema) {
  for (const component of schema.components ?? []) {
    yield component;
    yield* components(component);
  }
}

/**
 * @param {object} schema form-js schema
 * @returns {object} a new schema; the given one is not touched
 */
export function prepare(schema) {
  const ready = (given) => {
    const next = given.components ? prepare(given) : { ...given };
    if (next.type === 'select' && next.properties?.entity) next.searchable = true;
    return next;
  };
  return { ...schema, components: (schema.components ?? []).filter(({ type }) => type !== 'button').map(ready) };
}

/** Id and label of each field by its key, for summaries. */
export function labels(schema) {
  const found = new Map();
  for (const { key, path, id, label, dateLabel, timeLabel } of components(schema)) {
    if (key ?? path) found.set(key ?? path, { id, label: label ?? dateLabel ?? timeLabel ?? key ?? path });
  }
  return found;
}

/** Gives an id to every component without one (form-js would make one up that we do not know). */
export function withIds(schema) {
  let n = 0;
  const walk = (node) => ({ ...node, components: node.components.map((each) => ({ ...(each.components ? walk(each) : each), id: each.id ?? `c${(n += 1)}` })) });
  return walk(schema);
}

// Does to the page what site/vecty has written down: a list of operations with their operands, numbers,
// and one text, of which each text operand is the next so many units. Nodes have the numbers that
// vecty gives them; a number that is freed names nothing, until it is given again.
"use strict";

globalThis.vectyDOM = (() => {
  const nodes = [null];
  const heard = []; // by node: its listeners, by slot
  let buffer = new Uint8Array(1 << 16);
  let hear = () => {};
  let event = null; // that is being heard

  const listener = (id, slot, prevent) => {
    const node = nodes[id];
    return (e) => {
      if (nodes[id] !== node) return; // on its way out
      if (prevent) e.preventDefault();
      const outer = event;
      event = e;
      try {
        hear(id, slot);
      } finally {
        event = outer;
      }
    };
  };

  const apply = (length, text) => {
    const ops = new Uint32Array(buffer.buffer, 0, length);
    let at = 0, from = 0;
    const number = () => ops[at++];
    const word = () => text.slice(from, (from += ops[at++]));
    const free = (id) => {
      const node = nodes[id];
      nodes[id] = heard[id] = undefined;
      return node;
    };
    const operations = [
      (id) => {
        const space = word(), tag = word();
        nodes[id] = space ? document.createElementNS(space, tag) : document.createElement(tag);
      },
      (id) => (nodes[id] = document.createTextNode(word())),
      (id) => (nodes[id].nodeValue = word()),
      (id) => nodes[id].setAttribute(word(), word()),
      (id) => nodes[id].removeAttribute(word()),
      (id) => {
        const name = word(), value = word();
        if (nodes[id][name] !== value) nodes[id][name] = value;
      },
      (id) => {
        const name = word(), on = number() === 1;
        if (nodes[id][name] !== on) nodes[id][name] = on;
      },
      (id) => {
        const slot = number(), prevent = number() === 1, name = word();
        const listen = listener(id, slot, prevent);
        nodes[id].addEventListener(name, listen);
        (heard[id] ??= [])[slot] = { name, listen };
      },
      (id) => {
        const { name, listen } = heard[id][number()];
        nodes[id].removeEventListener(name, listen);
      },
      (id) => {
        const parent = nodes[number()], after = nodes[number()];
        parent.insertBefore(nodes[id], after ? after.nextSibling : parent.firstChild);
      },
      (id) => free(number()).replaceWith(nodes[id]),
      (id) => free(id).remove(),
      free,
    ];
    while (at < length) operations[number()](number());
  };

  return {
    // What numbers of so many bytes are put into.
    room: (bytes) => {
      if (buffer.length < bytes) buffer = new Uint8Array(2 * bytes);
      return buffer;
    },
    apply,
    into: (selector, id) => {
      const old = document.querySelector(selector);
      old?.replaceWith(nodes[id]);
      return !!old;
    },
    listen: (f) => (hear = f),
    node: (id) => nodes[id],
    // How many nodes have a number.
    count: () => nodes.reduce((n, node) => n + (node ? 1 : 0), 0),
    target: () => event.target,
    value: () => event.target.value,
    checked: () => event.target.checked,
    get: (name) => event[name],
    prevent: () => event.preventDefault(),
  };
})();

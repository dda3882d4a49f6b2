'use strict';
// Sorting and filtering of the host list. The page is complete without it.
(() => {
  const tools = document.getElementById('tools');
  const find = document.getElementById('find');
  const shown = document.getElementById('shown');
  const pages = [...document.querySelectorAll('#host-pages > .page')];
  const lists = pages.map((page) => page.querySelector('ol'));
  if (!tools || !find || !shown || lists.length === 0) return;

  const SIZE = 100;
  const collator = new Intl.Collator('en', {numeric: true});
  const text = (item, part) => item.querySelector(`summary > ${part}`)?.textContent ?? '';
  const value = (item, part) => {
    const words = text(item, part).trim().split(' ').pop() ?? '';
    const number = Number(words);
    // Numbers first, then absent, then unreadable.
    return Number.isNaN(number) ? (words === 'absent' ? 1e9 : 2e9) : number;
  };
  const hosts = lists.flatMap((list) => [...list.children].map((item, index) => ({item, index})));
  hosts.forEach((host, order) => {
    const {item} = host;
    host.order = order;
    host.name = text(item, '.name');
    host.posture = item.dataset.posture;
    host.rank = Number(item.dataset.rank);
    host.running = value(item, '.running');
    host.boot = value(item, '.boot');
    host.words =
      `${host.name} ${host.posture} ${item.dataset.keys} ${text(item, '.worst')}`.toLowerCase();
  });

  const orders = {
    rank: (a, b) => a.rank - b.rank || a.order - b.order,
    name: (a, b) => collator.compare(a.name, b.name) || a.order - b.order,
    running: (a, b) => a.running - b.running || a.order - b.order,
    boot: (a, b) => a.boot - b.boot || a.order - b.order,
  };
  let order = 'rank';

  const boxes = () => [...tools.querySelectorAll('input[name=posture]')];

  // Which hosts belong on which page. A folded page gets them when it is opened: moving ten
  // thousand takes seconds.
  let parts = lists.map((list) => [...list.children]);

  function fill(page, i) {
    const folded = page instanceof HTMLDetailsElement && !page.open;
    lists[i].replaceChildren(...(folded ? [] : parts[i]));
  }

  pages.forEach((page, i) =>
    page.addEventListener('toggle', () => {
      if (page.open && lists[i].childElementCount === 0) fill(page, i);
    }),
  );

  function show() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(
      boxes()
        .filter((box) => box.checked)
        .map((box) => box.value),
    );
    const matching = hosts
      .filter(
        (host) => wanted.has(host.posture) && words.every((word) => host.words.includes(word)),
      )
      .sort(orders[order]);
    parts = pages.map((_, i) => matching.slice(i * SIZE, (i + 1) * SIZE).map((host) => host.item));
    pages.forEach((page, i) => {
      page.hidden = parts[i].length === 0;
      const label = page.querySelector(':scope > summary');
      if (label) label.textContent = `Hosts ${i * SIZE + 1} to ${i * SIZE + parts[i].length}`;
      fill(page, i);
    });
    shown.textContent = `${matching.length} of ${hosts.length} hosts shown`;
  }

  let timer = 0;
  find.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, 120);
  });
  tools.addEventListener('submit', (event) => event.preventDefault());
  tools.addEventListener('change', show);
  tools.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-sort]');
    if (!button) return;
    order = button.dataset.sort;
    tools
      .querySelectorAll('button[data-sort]')
      .forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
    show();
  });
  document.querySelectorAll('.tile a[data-posture]').forEach((tile) =>
    tile.addEventListener('click', () => {
      boxes().forEach((box) => (box.checked = box.value === tile.dataset.posture));
      show();
    }),
  );

  // A link to a host opens what is folded around it, in browsers that do not do so themselves.
  function reveal() {
    const id = location.hash.slice(1);
    const at = parts.findIndex((part) => part.some((item) => item.id === id));
    if (at >= 0 && lists[at].childElementCount === 0) lists[at].replaceChildren(...parts[at]);
    const target = id === '' ? null : document.getElementById(id);
    if (!target) return;
    for (let fold = target; fold; fold = fold.parentElement?.closest('details'))
      if (fold instanceof HTMLDetailsElement) fold.open = true;
    const own = target.querySelector(':scope > details');
    if (own) own.open = true;
    target.scrollIntoView();
  }
  addEventListener('hashchange', reveal);
  reveal();

  // What print styles can not unfold everywhere.
  const folded = () =>
    document.querySelectorAll('details.rule, details.notable, .print-all > details.page');
  let opened = [];
  addEventListener('beforeprint', () => {
    lists.forEach((list, i) => list.childElementCount === 0 && list.replaceChildren(...parts[i]));
    opened = [...folded()].filter((details) => !details.open);
    opened.forEach((details) => (details.open = true));
  });
  addEventListener('afterprint', () => {
    opened.forEach((details) => (details.open = false));
    opened = [];
  });

  tools.hidden = false;
  shown.textContent = `${hosts.length} of ${hosts.length} hosts shown`;
})();

"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const find = byId("find");
  const said = byId("said");
  const panel = byId("panel");
  const map = byId("nodes-map");
  const { names, spaces, of, groups, on, reasons, kept } = JSON.parse(byId("pods").textContent);
  const rows = [...document.querySelectorAll("#nodes tbody tr")];
  const marks = [...document.querySelectorAll(".sq")];
  document.documentElement.classList.add("on");

  const heads = [...document.querySelectorAll("#nodes thead th")].map((head) => head.textContent);
  const cells = (number) => [...rows[number].children].map((cell) => cell.textContent);

  const element = (tag, words) => {
    const made = document.createElement(tag);
    made.textContent = words;
    return made;
  };
  let picked = null;
  let pinned = false;
  const show = (number) => {
    const [name, ...rest] = cells(number);
    const close = element("button", "Close");
    close.type = "button";
    close.hidden = !pinned;
    close.addEventListener("click", () => drop(true));
    const link = element("a", name);
    link.href = `#${encodeURIComponent(rows[number].id)}`;
    const head = document.createElement("h2");
    head.append(link);
    const list = document.createElement("dl");
    const facts = rest.map((value, column) => [heads[column + 1], value]);
    facts.push(["Kept by", reasons[kept[number]]]);
    facts.forEach(([what, value]) => {
      if (!value) return;
      const pair = document.createElement("div");
      pair.append(element("dt", what), element("dd", value));
      list.append(pair);
    });
    const pods = document.createElement("ul");
    on[number].forEach(([pod, count]) => {
      pods.append(element("li", count ? `${names[pod]} \u00d7${count}` : `${names[pod]} (daemon)`));
    });
    panel.replaceChildren(close, head, list, pods);
    panel.hidden = false;
  };
  const pick = (mark, keep) => {
    if (picked) picked.classList.remove("picked");
    picked = mark;
    pinned = keep;
    panel.hidden = !mark;
    if (!mark) return;
    mark.classList.add("picked");
    panel.classList.toggle("left", mark.getBoundingClientRect().left > window.innerWidth / 2);
    show(Number(mark.dataset.n));
  };
  const drop = (isFocused) => {
    const last = picked;
    pick(null, false);
    if (last && isFocused) last.focus();
  };
  const link = (mark) => history.replaceState(null, "", `#${encodeURIComponent(rows[Number(mark.dataset.n)].id)}`);

  marks.forEach((mark, number) => {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-label", cells(Number(mark.dataset.n)).filter(Boolean).join(", "));
    mark.setAttribute("tabindex", number ? "-1" : "0");
  });
  const stepped = (key, here) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[key];
    if (key === "Home") return 0;
    if (key === "End") return marks.length - 1;
    return step && marks[here + step] ? here + step : -1;
  };
  if (map) {
    const markOf = (event) => (event.target.classList.contains("sq") ? event.target : null);
    map.addEventListener("click", (event) => {
      if (!markOf(event)) return;
      pick(markOf(event), true);
      link(markOf(event));
    });
    map.addEventListener("pointerover", (event) => {
      if (markOf(event) && !pinned) pick(markOf(event), false);
    });
    map.addEventListener("pointerleave", () => {
      if (!pinned) pick(null, false);
    });
    map.addEventListener("focusin", (event) => {
      if (markOf(event) && !pinned && event.target.matches(":focus-visible")) pick(markOf(event), false);
    });
    map.addEventListener("focusout", () => {
      if (!pinned) pick(null, false);
    });
    map.addEventListener("keydown", (event) => {
      const here = marks.indexOf(event.target);
      if (here < 0) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(event.target, true);
        link(event.target);
        return;
      }
      const next = stepped(event.key, here);
      if (next < 0) return;
      event.preventDefault();
      marks[here].setAttribute("tabindex", "-1");
      marks[next].setAttribute("tabindex", "0");
      if (pinned) pick(marks[next], false);
      marks[next].focus();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && picked) drop(pinned);
  });

  const amount = (words) => {
    const number = parseFloat(words.replace(/[,<\s]/g, ""));
    return Number.isNaN(number) ? -Infinity : number;
  };
  const sort = (head, column, body, isNumber) => {
    const down = head.getAttribute("aria-sort") === "ascending" || (isNumber && !head.hasAttribute("aria-sort"));
    head.parentNode.querySelectorAll("th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const of = (row) => row.children[column].textContent;
    const compare = isNumber ? (a, b) => amount(of(a)) - amount(of(b)) : (a, b) => of(a).localeCompare(of(b), "en", { numeric: true });
    body.append(...[...body.children].sort((a, b) => (down ? compare(b, a) : compare(a, b))));
  };
  document.querySelectorAll("table").forEach((table) => {
    table.querySelectorAll("thead th").forEach((head, column) => {
      const button = element("button", head.textContent);
      button.type = "button";
      head.replaceChildren(button);
      button.addEventListener("click", () => sort(head, column, table.tBodies[0], head.classList.contains("n")));
    });
  });

  const cards = [...document.querySelectorAll(".card")];
  const ringed = [...document.querySelectorAll("[data-ring]:not(.card)")];
  const lines = [...document.querySelectorAll("#charges-table tbody tr")];
  const grouped = [...document.querySelectorAll("[data-g]")];
  const choices = [...document.querySelectorAll("[data-by]")];
  const ringOf = (number) => rows[number].children[1].textContent;
  const inRing = new Map();
  groups.forEach((group) => inRing.set(group.ring, [...(inRing.get(group.ring) || []), group]));
  const groupsOn = rows.map((_, number) => {
    const some = new Set(on[number].map(([name]) => of[name]).filter((group) => group >= 0));
    return some.size ? [...some].map((group) => groups[group]) : inRing.get(ringOf(number)) || [];
  });
  const text = rows.map((_, number) => {
    const who = [...on[number].map(([name]) => names[name]), ...groupsOn[number].map((group) => group.name)];
    return [...cells(number), ...who].join(" ").toLowerCase();
  });
  const spacesOn = rows.map((_, number) => new Set(on[number].map(([name]) => spaces[name])));
  const isOf = (group, by) => (!by.level || group.level === by.level) && (!by.group || group.name === by.group);
  const isNode = (number, wanted, by) => {
    if (by.space && !spacesOn[number].has(by.space)) return false;
    if (by.pool && rows[number].children[4].textContent !== by.pool) return false;
    if ((by.level || by.group) && !groupsOn[number].some((group) => isOf(group, by))) return false;
    return text[number].includes(wanted);
  };
  const isGroup = (group, by) => isOf(group, by) && (!by.space || group.spaces.includes(by.space));
  const sieve = () => {
    const wanted = find.value.trim().toLowerCase();
    const by = Object.fromEntries(choices.map((choice) => [choice.dataset.by, choice.value]));
    const isSieved = wanted !== "" || Object.values(by).some(Boolean);
    const hits = rows.map((_, number) => isNode(number, wanted, by));
    const rings = new Set(rows.map((_, number) => ringOf(number)).filter((_, number) => hits[number]));
    cards.forEach((card) => {
      const mine = inRing.get(card.dataset.ring) || [];
      if (!by.pool && card.dataset.find.includes(wanted) && mine.some((group) => isGroup(group, by))) rings.add(card.dataset.ring);
    });
    rows.forEach((row, number) => {
      row.hidden = !hits[number];
    });
    marks.forEach((mark) => mark.classList.toggle("hit", hits[mark.dataset.n]));
    [...cards, ...ringed].forEach((part) => {
      part.hidden = isSieved && !rings.has(part.dataset.ring);
    });
    const named = lines.filter((row) => row.textContent.toLowerCase().includes(wanted));
    lines.forEach((row) => {
      const [space, , ring] = [...row.children].map((cell) => cell.textContent);
      const isThere = rings.has(ring) && (!by.space || space === by.space);
      row.hidden = isSieved && !(isThere && (named.length === 0 || named.includes(row)));
    });
    grouped.forEach((part) => {
      const group = groups.find((known) => known.name === part.dataset.g);
      const isThere = !isSieved || (group && rings.has(group.ring) && isGroup(group, by));
      part.classList.toggle("away", !isThere);
      if (part.tagName === "TR") part.hidden = !isThere;
    });
    if (map) map.classList.toggle("sieved", isSieved);
    said.textContent = isSieved ? `${hits.filter(Boolean).length} of ${rows.length} nodes` : "";
  };
  find.addEventListener("input", sieve);
  choices.forEach((choice) => choice.addEventListener("change", sieve));
  sieve();

  document.querySelectorAll(".scroll").forEach((part) => {
    const reach = () => {
      const isWide = part.scrollWidth > part.clientWidth;
      if (isWide) part.setAttribute("tabindex", "0");
      else part.removeAttribute("tabindex");
    };
    new ResizeObserver(reach).observe(part);
  });

  const follow = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.dataset.r !== undefined) {
      const mark = marks.find((other) => other.dataset.n === target.dataset.r);
      if (mark) pick(mark, true);
    }
    target.scrollIntoView();
  };
  window.addEventListener("hashchange", follow);
  follow();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")].filter((fold) => !fold.querySelector("#nodes"));
    opened.forEach((fold) => {
      fold.open = true;
    });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((fold) => {
      fold.open = false;
    });
  });
})();

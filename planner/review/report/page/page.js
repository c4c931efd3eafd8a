"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const find = byId("find");
  const said = byId("said");
  const panel = byId("panel");
  const map = byId("nodes-map");
  const { names, on } = JSON.parse(byId("pods").textContent);
  const rows = [...document.querySelectorAll("#nodes tbody tr")];
  const marks = [...document.querySelectorAll(".sq")].sort((a, b) => a.dataset.n - b.dataset.n);
  document.documentElement.classList.add("on");

  const heads = [...document.querySelectorAll("#nodes thead th")].map((head) => head.textContent);
  const cells = (number) => [...rows[number].children].map((cell) => cell.textContent);
  const ofNode = (number) => cells(number).join(" ") + " " + on[number].map(([name]) => names[name]).join(" ");
  const text = rows.map((_, number) => ofNode(number).toLowerCase());

  const element = (tag, words) => {
    const made = document.createElement(tag);
    made.textContent = words;
    return made;
  };
  let picked = null;
  const drop = () => {
    if (picked) picked.classList.remove("picked");
    picked = null;
    panel.hidden = true;
  };
  const show = (number) => {
    const [name, ...rest] = cells(number);
    const close = element("button", "close");
    close.addEventListener("click", drop);
    const list = document.createElement("dl");
    rest.forEach((value, column) => {
      if (!value) return;
      const pair = document.createElement("div");
      pair.append(element("dt", heads[column + 1]), element("dd", value));
      list.append(pair);
    });
    const pods = document.createElement("ul");
    on[number].forEach(([pod, count]) => {
      pods.append(element("li", count ? `${names[pod]} \u00d7${count}` : `${names[pod]} (daemon)`));
    });
    panel.replaceChildren(close, element("h2", name), list, pods);
    panel.hidden = false;
  };
  const pick = (mark, linking) => {
    if (picked) picked.classList.remove("picked");
    picked = mark;
    mark.classList.add("picked");
    const number = Number(mark.dataset.n);
    show(number);
    if (linking) history.replaceState(null, "", `#${encodeURIComponent(rows[number].id)}`);
  };

  marks.forEach((mark, number) => {
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-label", cells(Number(mark.dataset.n)).filter(Boolean).join(", "));
    mark.setAttribute("tabindex", number ? "-1" : "0");
  });
  if (map) {
    map.addEventListener("click", (event) => {
      if (event.target.classList.contains("sq")) pick(event.target, true);
    });
    map.addEventListener("keydown", (event) => {
      const here = marks.indexOf(event.target);
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (here < 0) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(event.target, true);
      } else if (step && marks[here + step]) {
        event.preventDefault();
        marks[here].setAttribute("tabindex", "-1");
        marks[here + step].setAttribute("tabindex", "0");
        marks[here + step].focus();
        pick(marks[here + step], false);
      }
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drop();
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

  const others = [...document.querySelectorAll("[data-find]")];
  const lines = [...document.querySelectorAll("#charges-table tbody tr")];
  const sieve = () => {
    const wanted = find.value.trim().toLowerCase();
    let hits = 0;
    rows.forEach((row) => {
      row.hidden = !text[row.dataset.r].includes(wanted);
      hits += row.hidden ? 0 : 1;
    });
    marks.forEach((mark) => mark.classList.toggle("hit", text[mark.dataset.n].includes(wanted)));
    const rings = new Set(rows.filter((row) => !row.hidden).map((row) => row.children[1].textContent.toLowerCase()));
    others.forEach((other) => {
      const name = other.dataset.find;
      other.hidden = wanted !== "" && !name.includes(wanted) && !rings.has(name.split(" ")[0]);
    });
    lines.forEach((row) => {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    if (map) map.classList.toggle("sieved", wanted !== "");
    said.textContent = wanted ? `${hits} of ${rows.length} nodes` : "";
  };
  find.addEventListener("input", sieve);
  sieve();

  const follow = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target.dataset.r !== undefined) {
      const mark = marks.find((other) => other.dataset.n === target.dataset.r);
      if (mark) pick(mark, false);
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

"use strict";
(() => {
  const find = document.getElementById("find");
  const said = document.getElementById("said");
  const panel = document.getElementById("panel");
  const picture = document.querySelector("figure svg");
  const heads = [...document.querySelectorAll("#nodes thead th")].map((cell) => cell.textContent);
  const rows = new Map([...document.querySelectorAll("#nodes tr[data-r]")].map((row) => [row.dataset.r, row]));
  const marks = [...picture.querySelectorAll("[data-n]")];
  const work = [...document.querySelectorAll("#workloads tbody tr")];
  const words = (row, cells) => [...row.cells].slice(0, cells).map((cell) => cell.textContent).join(" ").toLowerCase();
  const text = new Map([...[...rows.values()].map((row) => [row, words(row, 7)]), ...work.map((row) => [row, words(row, 3)])]);
  let pinned = null;

  document.documentElement.classList.add("on");
  picture.setAttribute("role", "group");
  marks.forEach((mark, at) => {
    mark.setAttribute("role", "button");
    mark.setAttribute("tabindex", at ? "-1" : "0");
  });

  const add = (parent, kind, words) => {
    const made = parent.appendChild(document.createElement(kind));
    made.textContent = words;
    return made;
  };

  const show = (mark) => {
    const row = mark && rows.get(mark.dataset.n);
    panel.hidden = !row;
    marks.forEach((other) => other.classList.toggle("picked", other === mark && Boolean(row)));
    if (!row) return;
    panel.classList.toggle("left", mark.getBoundingClientRect().left > window.innerWidth / 2);
    panel.replaceChildren();
    if (pinned) {
      const close = add(panel, "button", "Close");
      close.type = "button";
      close.addEventListener("click", () => drop());
    }
    add(panel, "h2", row.cells[0].textContent);
    const list = add(panel, "dl", "");
    [...row.cells].slice(1).forEach((cell, at) => {
      if (!cell.textContent) return;
      add(list, "dt", heads[at + 1]);
      add(list, "dd", cell.textContent);
    });
  };

  const drop = () => {
    const last = pinned;
    pinned = null;
    if (last) last.focus();
    show(null);
  };

  const pin = (mark) => {
    pinned = pinned === mark ? null : mark;
    show(pinned);
  };

  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  const go = (mark, key) => {
    const at = marks.indexOf(mark);
    const next = key === "Home" ? 0 : key === "End" ? marks.length - 1 : at + (step[key] || 0);
    const to = marks[Math.min(marks.length - 1, Math.max(0, next))];
    mark.setAttribute("tabindex", "-1");
    to.setAttribute("tabindex", "0");
    to.focus();
  };

  const markOf = (event) => event.target.closest("[data-n]");
  picture.addEventListener("pointerover", (event) => {
    const mark = markOf(event);
    if (mark && !pinned) show(mark);
  });
  picture.addEventListener("pointerleave", () => {
    if (!pinned) show(null);
  });
  picture.addEventListener("click", (event) => {
    const mark = markOf(event);
    if (mark) pin(mark);
  });
  picture.addEventListener("focusin", (event) => {
    if (markOf(event) && !pinned) show(markOf(event));
  });
  picture.addEventListener("focusout", () => {
    if (!pinned) show(null);
  });
  picture.addEventListener("keydown", (event) => {
    const mark = markOf(event);
    if (!mark) return;
    if (event.key === "Enter" || event.key === " ") pin(mark);
    else if (event.key in step || event.key === "Home" || event.key === "End") go(mark, event.key);
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") drop();
  });

  const sieve = () => {
    const wanted = find.value.trim().toLowerCase();
    const hits = (row) => !wanted || text.get(row).includes(wanted);
    let nodes = 0;
    let workloads = 0;
    marks.forEach((mark) => {
      const row = rows.get(mark.dataset.n);
      const hit = Boolean(row) && hits(row);
      mark.classList.toggle("hit", hit);
    });
    rows.forEach((row) => {
      row.hidden = !hits(row);
      nodes += row.hidden ? 0 : 1;
    });
    work.forEach((row) => {
      row.hidden = !hits(row);
      workloads += row.hidden ? 0 : 1;
    });
    picture.classList.toggle("sieved", wanted !== "");
    said.textContent = wanted ? `${nodes} of ${rows.size} nodes, ${workloads} of ${work.length} workloads` : "";
  };
  find.addEventListener("input", sieve);
  sieve();
})();

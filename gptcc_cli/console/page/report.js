"use strict";
// The table of problems: filtered, sorted and opened by buttons and fields alone, so that
// keyboards and screen readers need nothing special. Rows beyond a chunk wait for a button.
(() => {
  const problems = JSON.parse(document.getElementById("problems").textContent);
  const body = document.getElementById("rows");
  const status = document.getElementById("shown");
  const more = document.getElementById("more");
  const fields = ["search", "outcome", "verdict", "difficulty"].map((id) => document.getElementById(id));
  const CHUNK = 200;
  let chosen = problems;
  let sorting = { key: null, up: true };
  let drawn = 0;

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const outcome = (problem) =>
    problem.right === 0 ? "none" : problem.right === problem.n ? "all" : "some";

  const programs = (problem) => problem.programs.map((program) => {
    const times = program.times > 1 ? `, and ${program.times - 1} more such` : "";
    const place = element("section", {});
    const heading = element("h3", {},
      element("span", { className: `verdict verdict-${program.verdict}`, textContent: program.verdict }),
      ` program ${program.index}${times}`);
    place.append(heading);
    if (program.detail) place.append(element("p", { textContent: program.detail }));
    if (program.cleaning.length)
      place.append(element("p", { className: "soft", textContent: `cleaned: ${program.cleaning.join(", ")}` }));
    place.append(element("pre", { tabIndex: 0, textContent: program.source || "(no code)" }));
    if (program.diff.length) {
      const diff = element("pre", { tabIndex: 0 });
      diff.setAttribute("aria-label", "expected against actual output");
      for (const line of program.diff) {
        const name = line[0] === "-" ? "del" : line[0] === "+" ? "ins" : "span";
        diff.append(element(name, { textContent: line + (name === "span" ? "\n" : "") }));
      }
      place.append(element("p", { className: "soft", textContent: "expected (-) against actual (+) output:" }), diff);
    }
    return place;
  });

  const toggle = (row, button, problem) => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    if (open) { row.nextSibling.remove(); return; }
    const cell = element("td", { colSpan: 7 }, ...programs(problem));
    row.after(element("tr", { className: "details" }, cell));
  };

  const rowOf = (problem) => {
    const button = element("button", { type: "button", textContent: problem.id });
    button.setAttribute("aria-expanded", "false");
    const verdicts = problem.verdicts.map(([name, count]) => `${count} ${name}`).join(", ");
    const number = (text) => element("td", { className: "number", textContent: text });
    const row = element("tr", {},
      element("th", { scope: "row" }, button),
      element("td", { textContent: problem.difficulty || "" }),
      element("td", { textContent: problem.kind }),
      element("td", { textContent: problem.origin || "" }),
      number(`${problem.right} of ${problem.n}`),
      number(`${(100 * problem.share).toFixed(1)} %`),
      element("td", { textContent: verdicts }));
    button.addEventListener("click", () => toggle(row, button, problem));
    return row;
  };

  const draw = () => {
    const chunk = document.createDocumentFragment();
    for (const problem of chosen.slice(drawn, drawn + CHUNK)) chunk.append(rowOf(problem));
    body.append(chunk);
    drawn = Math.min(drawn + CHUNK, chosen.length);
    more.hidden = drawn === chosen.length;
    status.textContent = `${chosen.length} of ${problems.length} problems` +
      (drawn < chosen.length ? `, ${drawn} drawn` : "");
  };

  const update = () => {
    const [search, wanted, verdict, difficulty] = fields.map((field) => field ? field.value : "");
    const text = search.trim().toLowerCase();
    chosen = problems.filter((problem) =>
      (!text || problem.id.toLowerCase().includes(text) || problem.programs.some((one) =>
        one.source.toLowerCase().includes(text) || one.detail.toLowerCase().includes(text))) &&
      (!wanted || outcome(problem) === wanted) &&
      (!verdict || problem.verdicts.some(([name]) => name === verdict)) &&
      (!difficulty || problem.difficulty === difficulty));
    if (sorting.key !== null) {
      const value = { id: (p) => p.place, right: (p) => p.n ? p.right / p.n : 0, share: (p) => p.share }[sorting.key];
      const sign = sorting.up ? 1 : -1;
      chosen = [...chosen].sort((a, b) => sign * (value(a) - value(b)) || a.place - b.place);
    }
    body.replaceChildren();
    drawn = 0;
    draw();
  };

  for (const button of document.querySelectorAll("th button[data-key]")) {
    button.addEventListener("click", () => {
      const key = button.dataset.key;
      sorting = { key, up: sorting.key === key ? !sorting.up : key === "id" };
      for (const other of document.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
      button.closest("th").setAttribute("aria-sort", sorting.up ? "ascending" : "descending");
      update();
    });
  }
  problems.forEach((problem, place) => { problem.place = place; });
  for (const field of fields) if (field) field.addEventListener("input", update);
  document.getElementById("filters").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", draw);
  update();
  document.documentElement.dataset.readyMs = String(Math.round(performance.now()));
})();

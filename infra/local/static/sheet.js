// The sheets: the waitlist and the appointments as staff keep them in Google Sheets. Type as they would; Frontdesk answers in Status and Id.
import { api, fail, fill, h, toast } from "./dom.js";

export function sheetPanel(root) {
  const title = h("h2", {}, "Sheet");
  const tabs = h("div", { class: "s-tabs", role: "group", "aria-label": "Sheets" });
  const grid = h("div", { class: "sheet-grid", tabindex: "0", "aria-label": "Spreadsheet" });
  let data = null;
  let lane = "";
  let shape = "";
  let cells = [];
  root.append(h("div", { class: "col sheet" },
    h("header", { class: "bar" }, title, tabs),
    h("p", { class: "legend soft small" }, h("span", {}, "A Google Sheet that staff keep. Type a row, change one or delete one: Frontdesk reads it at once here, every three minutes on Google."), h("span", {}, h("span", { class: "key ours" }), " Written by Frontdesk")),
    grid));

  async function act(name, body) {
    try { await api(`sheet/${name}`, { lane: data.lane, ...body }); await refresh(); }
    catch (error) { fail(error); }
  }

  const kind = (text) => (/^(Please fix|Still missing)/.test(text) ? "bad" : /^(Waiting|Booked|Confirmed)/.test(text) ? "good" : "");

  function build() {
    cells = [];
    const head = h("tr", {}, h("th", { class: "nook" }), data.letters.map((letter, m) => h("th", { scope: "col", class: m + 1 === data.status ? "status" : "" }, letter)), h("th", { class: "tools" }));
    const rows = data.rows.map((row, n) => h("tr", { class: n + 1 === data.heading ? "heading" : "" },
      h("th", { scope: "row" }, String(n + 1)),
      row.map((text, m) => {
        const place = { row: n + 1, column: m + 1 };
        const name = `${data.rows[data.heading - 1]?.[m] || data.letters[m]}, row ${n + 1}`;
        const input = h("input", { "aria-label": name, value: text, autocomplete: "off", spellcheck: "false",
          onchange: () => { if (input.value !== input.dataset.known) act("edit", { ...place, text: input.value }); },
          onkeydown: (e) => {
            const to = e.key === "Enter" ? [n + 1, m] : e.key === "ArrowDown" ? [n + 1, m] : e.key === "ArrowUp" ? [n - 1, m] : null;
            if (e.key === "Escape") { input.value = input.dataset.known; input.blur(); }
            if (to) { e.preventDefault(); (cells[to[0]]?.[to[1]] ?? input).focus(); if (e.key === "Enter") input.dispatchEvent(new Event("change")); }
          } });
        input.dataset.known = text;
        (cells[n] ??= [])[m] = input;
        return h("td", { class: `${data.ours.includes(m + 1) ? "ours" : ""} ${m + 1 === data.status ? "status" : ""}` }, input);
      }),
      h("td", { class: "tools" }, row.some(Boolean) ? [
        h("button", { class: "plain small", title: `Insert a row above row ${n + 1}`, "aria-label": `Insert a row above row ${n + 1}`, onclick: () => act("insert", { row: n + 1 }) }, "+"),
        h("button", { class: "plain small", title: `Delete row ${n + 1}`, "aria-label": `Delete row ${n + 1}`, onclick: () => { act("remove", { row: n + 1 }); toast("Row deleted."); } }, "✕"),
      ] : null)));
    fill(grid, h("table", {}, h("thead", {}, head), h("tbody", {}, rows)));
  }

  function draw() {
    title.textContent = `${data.title} (Google Sheet)`;
    const now = JSON.stringify([data.letters, data.heading, data.ours, data.rows.map((row) => row.some(Boolean))]);
    const focused = cells.flatMap((row, n) => row.map((input, m) => [input, n, m])).find(([input]) => input === document.activeElement);
    if (now !== shape) {
      const typed = focused && focused[0].value !== focused[0].dataset.known ? focused[0].value : null;
      shape = now;
      build();
      if (focused) {
        const again = cells[focused[1]]?.[focused[2]];
        if (again) { again.focus(); if (typed !== null) again.value = typed; }
      }
    }
    for (const [n, row] of data.rows.entries()) for (const [m, text] of row.entries()) {
      const input = cells[n][m];
      const typing = input === document.activeElement && input.value !== input.dataset.known;
      if (!typing) input.value = text;
      input.dataset.known = text;
      if (m + 1 === data.status && n + 1 > data.heading) input.parentElement.className = `ours status ${kind(text)}`;
      input.title = text.length > 24 ? text : "";
    }
  }

  async function refresh() {
    const found = (await api("sheet")).sheets;
    data = found.find((sheet) => sheet.lane === lane) ?? found[0] ?? null;
    if (tabs.dataset.shown !== found.map((sheet) => sheet.lane).join()) {
      tabs.dataset.shown = found.map((sheet) => sheet.lane).join();
      fill(tabs, found.length < 2 ? null : found.map((sheet) => h("button", { data: { lane: sheet.lane },
        onclick: () => { lane = sheet.lane; shape = ""; refresh(); } }, sheet.title)));
    }
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.lane === data?.lane));
    if (!data) {
      shape = "";
      cells = [];
      fill(grid, h("p", { class: "empty" }, "The rules name no sheet. Add ", h("code", {}, "sheets: {waitlist: …}"), " with the link of a Google Sheet."));
      return;
    }
    draw();
  }

  return { refresh };
}

// The calendar: a day, one column per resource; other people's events can be added and taken away.
import { api, dialog, fail, h, toast } from "./dom.js";

const HOUR = 56; // pixels

export function calendarPanel(root) {
  const title = h("h2", {}, "Calendar");
  const grid = h("div", { class: "days", tabindex: "0", "aria-label": "Day view" });
  const jump = h("input", { type: "date", "aria-label": "Day", onchange: () => go(jump.value) });
  let day = "";
  let data = null;
  let said = "";
  let scrolled = false;
  const go = (to) => { day = to; refresh().catch(fail); };
  root.append(h("div", { class: "col calendar" },
    h("header", { class: "bar" }, title, h("div", { class: "row" },
      h("button", { class: "button", "aria-label": "Day before", onclick: () => go(data.before) }, "‹"),
      h("button", { class: "button", onclick: () => go("") }, "Today"),
      h("button", { class: "button", "aria-label": "Day after", onclick: () => go(data.after) }, "›"), jump,
      h("button", { class: "button primary", onclick: () => add() }, "Add event"))),
    h("p", { class: "legend soft small" }, h("span", {}, h("span", { class: "key ours" }), " Booked by Frontdesk"), h("span", {}, h("span", { class: "key" }), " Other people's events: they block")),
    grid));

  const clock = (m) => `${Math.floor(m / 60) % 12 || 12}${m % 60 ? ":" + String(m % 60).padStart(2, "0") : ""} ${m < 720 ? "am" : "pm"}`;

  // Events that overlap stand side by side: event -> [place, places].
  function placed(events) {
    const places = new Map();
    let group = [];
    let end = -1;
    const close = () => { for (const e of group) places.get(e)[1] = Math.max(...group.map((x) => places.get(x)[0])) + 1; group = []; };
    for (const e of events) {
      if (e.from >= end) close();
      const taken = group.filter((x) => x.to > e.from).map((x) => places.get(x)[0]);
      let place = 0;
      while (taken.includes(place)) place += 1;
      places.set(e, [place, 1]);
      group.push(e);
      end = Math.max(end, e.to);
    }
    close();
    return places;
  }

  function draw() {
    const columns = data.columns;
    const spans = columns.flatMap((c) => [...c.hours, ...c.events.map((e) => [e.from, e.to])]);
    const from = Math.max(0, Math.floor(Math.min(540, ...spans.map((s) => s[0])) / 60) - 1);
    const to = Math.min(24, Math.ceil(Math.max(1080, ...spans.map((s) => Math.min(s[1], 1440))) / 60) + 1);
    const y = (minutes) => `${((minutes - from * 60) / 60) * HOUR}px`;
    const box = (a, b) => ({ top: y(Math.max(a, from * 60)), height: `${((Math.min(b, to * 60) - Math.max(a, from * 60)) / 60) * HOUR}px` });
    title.textContent = data.said;
    jump.value = data.date;
    const hours = Array.from({ length: to - from }, (_, n) => from + n);
    grid.replaceChildren(h("div", { class: "grid", style: { "--columns": String(columns.length), "--height": `${(to - from) * HOUR}px`, "--hour": `${HOUR}px` } },
      h("div", { class: "corner" }), columns.map((c) => h("div", { class: "col-head" }, h("b", {}, c.name), h("button", { class: `plain small ${c.trouble ? "bad" : ""}`, title: "What happens when Google can't be read?", onclick: () => trouble(c) }, c.trouble ? "can't be read · repair" : "make unreadable"))),
      h("div", { class: "scale" }, hours.slice(1).map((n) => h("span", { style: { top: y(n * 60) } }, clock(n * 60)))),
      columns.map((c) => h("div", { class: `lane ${c.trouble ? "trouble" : ""}`, ondblclick: (e) => { if (e.target.closest(".event")) return; const m = from * 60 + Math.floor((e.offsetY / HOUR) * 4) * 15; add(c, m); } },
        c.hours.map(([a, b]) => h("div", { class: "open", style: box(a, b) })),
        c.breaks.map(([a, b]) => h("div", { class: "break", style: box(a, b), title: `Break ${clock(a)} to ${clock(b)}` })),
        [placed(c.events)].map((places) => c.events.map((e) => h("button", { class: `event ${e.ours ? "ours" : ""} ${e.to - e.from < 45 ? "short" : ""}`, style: { ...box(e.from, e.to), left: `calc(${(100 / places.get(e)[1]) * places.get(e)[0]}% + 3px)`, width: `calc(${100 / places.get(e)[1]}% - 6px)` }, onclick: () => show(c, e) }, h("b", {}, e.summary), h("span", {}, e.to - e.from < 45 ? e.when.split(" to ")[0] : e.when)))),
        data.now !== null ? h("div", { class: "now", style: { top: y(data.now) } }) : null))));
    if (!scrolled && data.now !== null) { grid.scrollTop = ((data.now - from * 60) / 60) * HOUR - 120; scrolled = true; }
  }

  async function trouble(column) {
    try {
      await api("calendar/trouble", { calendar: column.calendar, on: !column.trouble });
      toast(column.trouble ? "Readable again." : `${column.name}'s calendar can't be read now: nothing is offered there, and staff get a card.`);
      await refresh();
    } catch (error) { fail(error); }
  }

  function show(column, event) {
    return dialog(event.summary, (close) => h("div", {}, h("header", {}, h("h2", {}, event.summary), h("button", { class: "plain", "aria-label": "Close", onclick: () => close(null) }, "✕")),
      h("p", {}, `${column.name}, ${event.when}`), event.description ? h("p", { class: "pre" }, event.description) : null,
      h("p", { class: "soft" }, event.ours ? "Written by Frontdesk. Cancel it in Slack or by the customer's link; deleting it here is what a colleague might do by mistake." : "Somebody else's event."),
      h("footer", {}, h("button", { class: "button danger", onclick: async () => { try { await api("calendar/remove", { calendar: event.calendar, id: event.id }); close(true); await refresh(); } catch (error) { fail(error); } } }, "Delete event"), h("button", { class: "button", onclick: () => close(null) }, "Close"))));
  }

  function add(column = data.columns[0], minutes = Math.min(22 * 60, Math.ceil(((data.now ?? 600) + 60) / 30) * 30)) {
    const hhmm = (m) => `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
    return dialog("Add an event", (close) => {
      const form = h("form", { class: "write", novalidate: true }, h("header", {}, h("h2", {}, "Add an event"), h("button", { class: "plain", type: "button", "aria-label": "Close", onclick: () => close(null) }, "✕")),
        h("p", { class: "soft" }, "As a colleague would, in their own calendar."),
        h("label", { for: "e-cal" }, "Calendar"), h("select", { id: "e-cal", name: "calendar" }, data.columns.map((c) => h("option", { value: c.calendar, selected: c === column }, c.name))),
        h("label", { for: "e-sum" }, "Title"), h("input", { id: "e-sum", name: "summary", value: "Away" }),
        h("div", { class: "three" }, h("div", {}, h("label", { for: "e-date" }, "Date"), h("input", { id: "e-date", name: "date", type: "date", value: data.date })), h("div", {}, h("label", { for: "e-from" }, "From"), h("input", { id: "e-from", name: "from", type: "time", value: hhmm(minutes) })), h("div", {}, h("label", { for: "e-to" }, "To"), h("input", { id: "e-to", name: "to", type: "time", value: hhmm(minutes + 60) }))),
        h("p", { class: "error", role: "alert" }),
        h("footer", {}, h("button", { class: "button", type: "button", onclick: () => close(null) }, "Cancel"), h("button", { class: "button primary" }, "Add")));
      form.addEventListener("submit", async (e) => {
        e.preventDefault();
        try { await api("calendar/add", Object.fromEntries(new FormData(form))); close(true); await refresh(); }
        catch (error) { form.querySelector(".error").textContent = error.message; }
      });
      return form;
    });
  }

  async function refresh() {
    data = await api(`calendar?date=${day}`);
    const text = JSON.stringify(data);
    if (text !== said) { said = text; draw(); }
  }

  return { refresh };
}

// The phone: conversations by number, and texting the business.
import { api, avatar, fail, h, linkified, memory, toast } from "./dom.js";

export function phonePanel(root) {
  const list = h("ul", { class: "mails", "aria-label": "Conversations" });
  const thread = h("div", { class: "thread", role: "log", tabindex: "0", "aria-label": "Texts" });
  const from = h("input", { id: "p-from", type: "tel", value: memory.get("phone.from", "+65 8123 4567"), "aria-label": "From number" });
  const body = h("input", { id: "p-text", type: "text", autocomplete: "off", placeholder: "Text the business", "aria-label": "Text" });
  const title = h("h2", {}, "Phone");
  let data = null;
  let said = "";
  let chosen = "";
  const send = async (e) => {
    e.preventDefault();
    try {
      await api("phone", { sender: from.value, text: body.value });
      memory.set("phone.from", from.value);
      body.value = "";
      toast("Sent. Frontdesk is reading it; watch Slack.", "good");
      chosen = "";
    } catch (error) { fail(error); }
  };
  root.append(h("div", { class: "split phone" },
    h("section", { class: "col" }, h("header", { class: "bar" }, title), list),
    h("section", { class: "col handset" }, thread, h("form", { class: "texting", onsubmit: send }, h("label", { for: "p-from" }, "From"), from, body, h("button", { class: "button primary" }, "Send")))));

  function draw() {
    const current = data.threads.find((t) => t.number === chosen) ?? data.threads[0];
    list.replaceChildren(...data.threads.map((t) => h("li", {}, h("button", { class: "mail", "aria-current": t === current ? "true" : null, onclick: () => { chosen = t.number; from.value = t.number; draw(); } },
      avatar(t.number, t.number.slice(-1)), h("span", { class: "mail-line" }, h("b", {}, t.number), h("time", {}, t.texts.at(-1).when)), h("span", { class: "mail-subject" }, t.texts.at(-1).text)))));
    if (!current) {
      list.replaceChildren(h("li", { class: "empty" }, h("p", {}, "No texts yet. Reminders and confirmations for people without a mail address arrive here.")));
      thread.replaceChildren(h("div", { class: "empty" }, h("h3", {}, "Text the business"), h("p", {}, "Try: “Can I get a trim tomorrow at 3pm? Ana”")));
      return;
    }
    thread.replaceChildren(h("h3", {}, current.number), ...current.texts.map((t) => h("div", { class: `bubble ${t.mine ? "mine" : ""}` }, h("p", {}, linkified(t.text)), h("time", {}, t.when))));
    thread.scrollTop = thread.scrollHeight;
  }

  return {
    async refresh() {
      data = await api("phone");
      const text = JSON.stringify(data);
      if (text !== said) { said = text; draw(); }
    },
  };
}

// The mailbox: what customers received, with invitations; and writing to the business.
import { api, avatar, dialog, fail, fill, h, linkified, memory, toast } from "./dom.js";

const FIRST = {
  name: "Nadia Lim", sender: "nadia@mail.example", subject: "Appointment this week?",
  text: "Hi there,\n\nCould I come in tomorrow afternoon for a trim and a blow-dry? Mei did a lovely job last time.\n\nThanks,\nNadia",
};

export function mailPanel(root) {
  const list = h("ul", { class: "mails", "aria-label": "Mails" });
  const reader = h("article", { class: "reader" });
  const filter = h("select", { "aria-label": "Whose mailbox", onchange: () => draw() });
  root.append(h("div", { class: "split mailbox" },
    h("section", { class: "col" }, h("header", { class: "bar" }, h("h2", {}, "Mailbox"), h("button", { class: "button primary", onclick: () => write() }, "Write")),
      h("div", { class: "bar slim" }, filter), list), reader));
  let data = null;
  let said = "";
  let open = "";

  // Only the time for today's mails, only the day for the others.
  const short = (when) => { const [day, time] = when.split(", "); return day === data.today ? time : day; };

  function people() {
    const all = new Set(data.mails.map((m) => (m.outgoing ? "" : m.to)).filter(Boolean));
    return ["", ...all];
  }

  function draw() {
    const chosen = filter.value;
    filter.replaceChildren(...people().map((p) => h("option", { value: p, selected: p === chosen }, p === "" ? "Everybody's mail" : p === data.inbox ? `${p} (the business's inbox)` : p)));
    const mails = data.mails.filter((m) => !chosen || m.to === chosen || m.from.includes(chosen));
    const seen = new Set(memory.get("mail.seen").split(" "));
    list.replaceChildren(...mails.map((m) => h("li", {}, h("a", { class: `mail ${m.outgoing || seen.has(m.id) ? "" : "unread"}`, href: `#mail/${encodeURIComponent(m.id)}`, "aria-current": m.id === open ? "true" : null },
      avatar(m.outgoing ? m.from : m.to, m.outgoing ? "→" : m.to),
      h("span", { class: "mail-line" }, h("b", {}, m.outgoing ? `${m.from.replace(/<.*/, "").trim() || m.from} wrote` : m.to), h("time", { title: m.when }, short(m.when))),
      h("span", { class: "mail-subject" }, m.subject || "(no subject)")))));
    if (!mails.length) list.replaceChildren(h("li", { class: "empty" }, h("h3", {}, "No mail yet"), h("p", {}, "Write to the business as a customer would. Frontdesk reads it, and the answer arrives here."), h("button", { class: "button", onclick: () => write() }, "Write a first mail")));
    if (!open) reader.replaceChildren(h("div", { class: "empty" }, h("h3", {}, "Choose a mail"), h("p", {}, "Links in it work, and invitations can be downloaded.")));
  }

  async function read(id) {
    open = id;
    root.firstElementChild.classList.toggle("reading", Boolean(id));
    if (!id) { if (data) draw(); return; }
    const m = await api(`mail/${encodeURIComponent(id)}`);
    memory.set("mail.seen", [...new Set([...memory.get("mail.seen").split(" "), id])].slice(-500).join(" "));
    const base = `/workspace/api/mail/${encodeURIComponent(id)}`;
    const frame = m.has_html ? h("iframe", { title: `Mail: ${m.subject}`, src: `${base}/html`, sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox", class: "mail-html" }) : null;
    frame?.addEventListener("load", () => { frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 4}px`; });
    const i = m.invitation;
    fill(reader,
      h("a", { class: "back", href: "#mail" }, "← All mail"),
      h("h2", {}, m.subject || "(no subject)"),
      h("dl", { class: "who" }, [["From", m.from], ["To", m.to], m.reply_to && m.reply_to !== m.from ? ["Reply to", m.reply_to] : null, ["Date", m.date]].filter(Boolean).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])),
      i ? h("div", { class: `invitation ${i.method.toLowerCase()}` }, h("div", { class: "leaf", "aria-hidden": "true" }, h("span", {}, i.when.split(" ")[2]?.replace(",", "")), h("b", {}, i.when.split(" ")[1])),
        h("div", {}, h("b", {}, i.method === "CANCEL" ? `Cancelled: ${i.summary}` : i.summary), h("p", {}, `${i.when} to ${i.until}`), i.where ? h("p", { class: "soft" }, i.where) : null, i.sequence ? h("p", { class: "soft" }, `Update ${i.sequence}`) : null),
        h("a", { class: "button", href: `${base}/invitation.ics`, download: "invitation.ics" }, "Download .ics")) : null,
      frame ?? h("div", { class: "mail-text" }, linkified(m.text)),
      m.attachments.length && !i ? h("p", { class: "soft" }, `Attachments: ${m.attachments.join(", ")}`) : null,
      h("footer", { class: "row" }, h("button", { class: "button", onclick: () => write(m) }, "Answer as the customer"),
        h("details", {}, h("summary", {}, "Headers and source"), h("table", { class: "headers" }, m.headers.map(([k, v]) => h("tr", {}, h("th", {}, k), h("td", {}, v)))), h("a", { href: `${base}/raw`, target: "_blank" }, "Source"), frame ? h("details", {}, h("summary", {}, "Plain text part"), h("div", { class: "mail-text" }, linkified(m.text))) : null)));
    if (data) draw();
  }

  // A file as JSON can carry it.
  const packed = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done({ name: file.name, type: file.type, content: String(reader.result).replace(/^[^,]*,/, "") });
    reader.onerror = () => failed(new Error("That file could not be read."));
    reader.readAsDataURL(file);
  });

  // What staff would pass on: a booking site's confirmation.
  async function sample(form) {
    const files = new DataTransfer();
    files.items.add(new File([await (await fetch("/workspace/api/mail/sample.pdf")).blob()], "booking.pdf", { type: "application/pdf" }));
    form.querySelector("#w-files").files = files.files;
    const given = { name: "Mei", sender: "mei@home.example", to: data.confirmations || data.addresses.at(-1), subject: "Fwd: New booking", text: "See attached." };
    for (const [name, value] of Object.entries(given)) form.querySelector(`[name="${name}"]`).value = value;
  }

  async function write(answered) {
    data ??= await api("mail");
    const start = answered ? { name: "", sender: answered.to, to: (answered.reply_to || answered.from).replace(/^.*</, "").replace(/>.*$/, ""), subject: /^re:/i.test(answered.subject) ? answered.subject : `Re: ${answered.subject}`, text: "" }
      : { ...FIRST, to: data.addresses[0], ...(data.mails.some((m) => m.outgoing) ? { subject: "", text: "" } : {}) };
    const field = (name, label, props = {}) => [h("label", { for: `w-${name}` }, label), h("input", { id: `w-${name}`, name, value: start[name] ?? "", ...props }), h("p", { class: "error", data: { for: name } })];
    await dialog("Write to the business", (close) => {
      const form = h("form", { class: "write", novalidate: true }, h("header", {}, h("h2", {}, answered ? "Answer" : "Write to the business"), h("button", { class: "plain", type: "button", "aria-label": "Close", onclick: () => close(null) }, "✕")),
        h("div", { class: "two" }, h("div", {}, field("name", "Your name (as a customer)")), h("div", {}, field("sender", "From", { type: "email", list: "w-known" }))),
        h("datalist", { id: "w-known" }, [...people().filter((p) => p && p !== data.inbox), ...data.direct.map((d) => (d.startsWith("@") ? "someone" + d : d))].map((p) => h("option", { value: p }))),
        h("label", { for: "w-to" }, "To"), h("input", { id: "w-to", name: "to", type: "email", value: start.to, list: "w-ours" }), h("p", { class: "error", data: { for: "to" } }),
        h("datalist", { id: "w-ours" }, data.addresses.map((a) => h("option", { value: a }))),
        field("subject", "Subject"), h("label", { for: "w-text" }, "Message"), h("textarea", { id: "w-text", name: "text", rows: "8" }, start.text), h("p", { class: "error", data: { for: "text" } }),
        answered ? null : [h("label", { for: "w-files" }, "Attachments"), h("input", { id: "w-files", type: "file", multiple: true }), h("p", { class: "error", data: { for: "attachments" } }),
          h("p", { class: "hint" }, "A booking confirmation goes to the confirmations address. ", h("button", { class: "plain", type: "button", onclick: (e) => sample(e.target.form).catch(fail) }, "Fill in a sample with a PDF"))],
        h("label", { class: "s-choice" }, h("input", { type: "checkbox", name: "authentic", checked: true }), h("span", {}, "Passes DMARC", h("small", {}, "The sender's domain vouches for it. Without it, a direct-lane sender is not believed."))),
        h("footer", {}, h("button", { class: "button", type: "button", onclick: () => close(null) }, "Cancel"), h("button", { class: "button primary" }, "Send")));
      form.addEventListener("submit", async (e) => {
        e.preventDefault();
        for (const p of form.querySelectorAll(".error")) p.textContent = "";
        const values = Object.fromEntries(new FormData(form));
        try {
          const attachments = await Promise.all([...(form.querySelector("#w-files")?.files ?? [])].map(packed));
          await api("mail", { ...values, attachments, authentic: "authentic" in values, answers: answered?.id ?? "" });
          toast("Sent. Frontdesk is reading it; watch Slack.", "good");
          close(true);
        } catch (error) {
          const place = error.field && form.querySelector(`.error[data-for="${error.field}"]`);
          if (place) { place.textContent = error.message; form.querySelector(`[name="${error.field}"]`).focus(); } else fail(error);
        }
      });
      return form;
    });
  }

  return {
    show: (argument) => read(argument).catch(fail),
    async refresh() {
      const fresh = await api("mail");
      const text = JSON.stringify(fresh);
      data = fresh;
      if (text !== said) { said = text; draw(); }
    },
  };
}

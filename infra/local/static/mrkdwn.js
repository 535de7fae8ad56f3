// Slack's mrkdwn as DOM nodes. Nothing is ever put in as HTML.
import { h } from "./dom.js";

const EMOJI = {
  warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", eyes: "👀", raising_hand: "🙋", x: "❌", calendar: "📅",
  spiral_calendar_pad: "🗓️", date: "📅", tada: "🎉", hourglass_flowing_sand: "⏳", hourglass: "⌛", bell: "🔔", no_entry: "⛔",
  no_entry_sign: "🚫", wave: "👋", phone: "☎️", email: "📧", envelope: "✉️", speech_balloon: "💬", memo: "📝", pencil: "📝",
  pencil2: "✏️", wastebasket: "🗑️", lock: "🔒", rotating_light: "🚨", information_source: "ℹ️", clock1: "🕐", clock3: "🕒",
  alarm_clock: "⏰", bust_in_silhouette: "👤", busts_in_silhouette: "👥", scissors: "✂️", sparkles: "✨", thumbsup: "👍", "+1": "👍",
  ghost: "👻", arrows_counterclockwise: "🔄", repeat: "🔁", mag: "🔍", question: "❓", grey_question: "❔", exclamation: "❗",
  boom: "💥", wrench: "🔧", inbox_tray: "📥", outbox_tray: "📤", house: "🏠", large_green_circle: "🟢", large_yellow_circle: "🟡",
  red_circle: "🔴", white_circle: "⚪", black_circle: "⚫", large_blue_circle: "🔵", heavy_plus_sign: "➕", link: "🔗", moneybag: "💰",
  star: "⭐", sunny: "☀️", crescent_moon: "🌙", robot_face: "🤖", footprints: "👣", door: "🚪", walking: "🚶", seat: "💺",
  clipboard: "📋", file_folder: "📁", computer: "💻", zzz: "💤", point_right: "👉", slightly_smiling_face: "🙂", smile: "😄", pray: "🙏",
  heart: "❤️", fire: "🔥", hand: "✋", stop_sign: "🛑", octagonal_sign: "🛑", recycle: "♻️", stopwatch: "⏱️", clock9: "🕘", arrow_right: "➡️", arrow_down: "⬇️",
  leftwards_arrow_with_hook: "↩️", paperclip: "📎",
};
// Drawn as coloured text, so that they look the same where no emoji font is installed.
const MARKS = {
  white_check_mark: ["✔", "good"], heavy_check_mark: ["✔", "good"], x: ["✖", "bad"], no_entry_sign: ["⊘", "bad"], warning: ["⚠", "warn"],
  information_source: ["ℹ", "info"], eyes: ["◉", "info"], hourglass: ["◷", "warn"], hourglass_flowing_sand: ["◷", "warn"], raised_hand: ["☝", "warn"],
  raising_hand: ["☝", "warn"], rotating_light: ["⚠", "bad"], repeat: ["↻", "info"], arrows_counterclockwise: ["↻", "info"], checkered_flag: ["⚑", "good"],
  outbox_tray: ["✉", "info"], wastebasket: ["⌫", "soft"], ghost: ["◌", "bad"], ok_hand: ["✓", "good"], large_green_circle: ["●", "good"],
  red_circle: ["●", "bad"], large_yellow_circle: ["●", "warn"], tada: ["★", "good"], wave: ["☺", "info"], calendar: ["▦", "info"],
};
const mark = (name) => (MARKS[name] ? h("span", { class: `mark ${MARKS[name][1]}`, role: "img", "aria-label": name.replace(/_/g, " ") }, MARKS[name][0]) : EMOJI[name]);
const TOKEN = /<([^<>\n]+)>|```([\s\S]+?)```|`([^`\n]+)`|:([a-z0-9_+-]+):|(?<![\w*])\*(\S|\S[^\n]*?\S)\*(?![\w*])|(?<![\w_])_(\S|\S[^\n]*?\S)_(?![\w_])|(?<![\w~])~(\S|\S[^\n]*?\S)~(?![\w~])/g;

const plain = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
export const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);

// `names` has people (id -> name), channels (id -> name) and the business's `zone`.
export function mrkdwn(text, names) {
  const out = [];
  const lines = text.split("\n");
  for (let n = 0; n < lines.length; n += 1) {
    if (/^(&gt;|>) ?/.test(lines[n])) {
      const quoted = [];
      while (n < lines.length && /^(&gt;|>) ?/.test(lines[n])) quoted.push(lines[n++].replace(/^(&gt;|>) ?/, ""));
      n -= 1;
      out.push(h("blockquote", {}, inline(quoted.join("\n"), names)));
      continue;
    }
    const start = n;
    while (n + 1 < lines.length && !/^(&gt;|>) ?/.test(lines[n + 1])) n += 1;
    out.push(h("span", { class: "lines" }, inline(lines.slice(start, n + 1).join("\n"), names)));
  }
  return out;
}

function inline(text, names) {
  const nodes = [];
  let from = 0;
  for (const m of text.matchAll(TOKEN)) {
    nodes.push(plain(text.slice(from, m.index)));
    from = m.index + m[0].length;
    if (m[1] !== undefined) nodes.push(special(m[1], names));
    else if (m[2] !== undefined) nodes.push(h("pre", {}, plain(m[2].replace(/^\n/, ""))));
    else if (m[3] !== undefined) nodes.push(h("code", {}, plain(m[3])));
    else if (m[4] !== undefined) nodes.push(mark(m[4]) ?? m[0]);
    else if (m[5] !== undefined) nodes.push(h("strong", {}, inline(m[5], names)));
    else if (m[6] !== undefined) nodes.push(h("em", {}, inline(m[6], names)));
    else nodes.push(h("s", {}, inline(m[7], names)));
  }
  nodes.push(plain(text.slice(from)));
  return nodes;
}

function special(token, names) {
  const [target, label] = [token.split("|")[0], token.split("|").slice(1).join("|")];
  if (target.startsWith("@")) return h("span", { class: "mention" }, "@" + (names.people[target.slice(1)] ?? label ?? target.slice(1)));
  if (target.startsWith("#")) return h("span", { class: "mention" }, "#" + (names.channels[target.slice(1)] ?? label ?? target.slice(1)));
  if (target.startsWith("!date^")) {
    const [, stamp, format] = target.split("^");
    return h("time", { datetime: new Date(Number(stamp) * 1000).toISOString(), title: plain(label) }, dated(Number(stamp), format, names.zone));
  }
  if (target.startsWith("!")) return h("span", { class: "mention" }, "@" + (label || target.slice(1).split("^")[0]));
  return h("a", { href: plain(target), target: "_blank", rel: "noopener" }, plain(label || target.replace(/^mailto:/, "")));
}

function dated(stamp, format, zone) {
  const at = new Date(stamp * 1000);
  const say = (options) => at.toLocaleString("en-GB", { timeZone: zone, ...options });
  const days = Math.round((new Date(at.toDateString()) - new Date(new Date().toDateString())) / 86400000);
  const near = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
  const parts = {
    date_num: () => say({ year: "numeric", month: "2-digit", day: "2-digit" }).split("/").reverse().join("-"),
    date: () => say({ day: "numeric", month: "long", year: "numeric" }),
    date_short: () => say({ day: "numeric", month: "short", year: "numeric" }),
    date_long: () => say({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
    date_pretty: () => near ?? parts.date(),
    date_short_pretty: () => near ?? parts.date_short(),
    date_long_pretty: () => near ?? parts.date_long(),
    time: () => say({ hour: "numeric", minute: "2-digit", hour12: true }),
    time_secs: () => say({ hour: "numeric", minute: "2-digit", second: "2-digit", hour12: true }),
    ago: () => {
      const minutes = Math.round((at - Date.now()) / 60000);
      return new Intl.RelativeTimeFormat("en").format(Math.abs(minutes) < 60 ? minutes : Math.round(minutes / 60), Math.abs(minutes) < 60 ? "minute" : "hour");
    },
  };
  return format.replace(/\{(\w+)\}/g, (all, name) => (parts[name] ? parts[name]() : all));
}

export function text(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : [object.emoji === false ? object.text : emoji(object.text)];
}

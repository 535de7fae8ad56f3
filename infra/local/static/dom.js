// Small helpers: elements, requests, toasts, dialogs.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else if (name in node && !["list", "form", "type"].includes(name) && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

const PATHS = {
  slack: "M9 4v16M15 4v16M4 9h16M4 15h16",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  calendar: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
  sheet: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  form: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
  rules: "M5 6h14M5 12h14M5 18h14M9 4v4M15 10v4M8 16v4",
  log: "M4 18h3l3-10 4 12 3-8h3",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  bolt: "M13 3 6 14h5l-1 7 7-11h-5z",
  check: "M5 12.5 10 17 19 7",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// Replaces what a node holds; absent children are left out.
export const fill = (node, ...children) => node.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));

// A GET, or a POST when there is a body. Throws Error with a sentence for people; `field` says where it belongs.
export async function api(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(`/workspace/api/${path}`, options);
  } catch {
    throw new Error("The workspace does not answer. Is `frontdesk run` still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.problem || `Something went wrong (${response.status}).`), { field: answer.field });
  return answer;
}

export function toast(text, kind = "") {
  const box = h("div", { class: `toast ${kind}` }, text);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), kind === "bad" ? 8000 : 4000);
}

export const fail = (error) => toast(error.message, "bad");

// A modal dialog; resolves with what `build(close)` passes to close, or null.
export function dialog(label, build, kind = "") {
  return new Promise((resolve) => {
    let result = null;
    const box = h("dialog", { class: `dialog ${kind}`, "aria-label": label });
    box.append(build((value) => { result = value; box.close(); }));
    box.addEventListener("close", () => { box.remove(); resolve(result); });
    box.addEventListener("click", (e) => { if (e.target === box) box.close(); });
    document.body.append(box);
    box.showModal();
  });
}

export const memory = {
  get: (name, otherwise = "") => { try { return localStorage.getItem("fd." + name) ?? otherwise; } catch { return otherwise; } },
  set: (name, value) => { try { localStorage.setItem("fd." + name, value); } catch { /* private mode */ } },
};

// Turns web and mail addresses in plain text into links.
export function linkified(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/g)) {
    parts.push(text.slice(from, found.index), h("a", { href: found[0], target: "_blank", rel: "noopener" }, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

const HUES = [168, 262, 22, 204, 330, 90, 48];
export function avatar(id, name, bot = false) {
  const hue = HUES[[...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % HUES.length];
  if (bot) return h("img", { class: "avatar", src: "/workspace/static/icon.svg", alt: "" });
  return h("span", { class: "avatar", "aria-hidden": "true", style: { "--hue": String(hue) } }, (name || "?").slice(0, 1).toUpperCase());
}

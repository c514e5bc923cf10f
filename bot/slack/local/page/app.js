// The page: what a person sees of the workspace, kept live by a stream of its whole state.

import { blocks } from "./blocks.js";
import { el, emoji, icon, mrkdwn } from "./text.js";

const $ = (id) => document.getElementById(id);
const WIDE = matchMedia("(min-width: 901px)");
const TOAST_SECONDS = 8;

const shown = { state: null, person: "", channel: "", thread: "", tab: "messages" };
const seenTs = {}; // the newest message of a channel that was on the screen
const pressed = {}; // what was pressed, by message
const kept = { messages: new Map(), replies: new Map() };
let stream = null;
let awaiting = null; // one's own last message, whose thread opens with the first answer

// Where one is: #PERSON/CHANNEL, then /t/TS for a thread or /home for the Home tab

function go(person, channel, { thread = "", tab = "messages" } = {}) {
  location.hash = [person, channel, ...(thread ? ["t", thread] : tab === "home" ? ["home"] : [])].join("/");
}

// Where one is without a conversation: "@app" stands for the one with the app, nothing for the first one.
function settle() {
  const { channels } = shown.state;
  if (shown.channel === "@app") go(shown.person, channels.find((each) => each.direct).id, shown);
  else if (!shown.channel && WIDE.matches) go(shown.person, channels[0].id);
  else return false;
  return true;
}

function arrive() {
  const [person, channel, kind, ts] = location.hash.slice(1).split("/");
  const before = { ...shown };
  shown.person = person || "U0ALICE";
  shown.channel = channel || "";
  shown.thread = kind === "t" ? ts : "";
  shown.tab = kind === "home" ? "home" : "messages";
  document.body.dataset.pane = shown.thread ? "thread" : shown.channel ? "room" : "sidebar";
  if (before.person !== shown.person || !stream) connect();
  const moved = before.person !== shown.person || before.channel !== shown.channel || before.tab !== shown.tab;
  if (moved) {
    kept.messages.clear();
    $("messages").replaceChildren();
  }
  if (moved || before.thread !== shown.thread) {
    kept.replies.clear();
    $("replies").replaceChildren();
  }
  if (shown.state && settle()) return;
  draw();
  if (moved && isDirect()) act({ do: "open", tab: shown.tab });
}

function connect() {
  stream?.close();
  shown.state = null;
  stream = new EventSource(`/page/stream?user=${encodeURIComponent(shown.person)}`);
  stream.onmessage = (event) => {
    const first = shown.state === null;
    shown.state = JSON.parse(event.data);
    if (settle()) return undefined;
    draw();
    drawModal();
    if (first && isDirect()) act({ do: "open", tab: shown.tab });
    return openThread();
  };
  stream.onerror = () => banner("This page has lost its connection. It tries again by itself.");
}

async function act(what) {
  const answer = await fetch("/page/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: shown.person, ...what }),
  }).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : { error: "The stand-in is not reached. Is it still running?" };
  if (said.error) toast(said.error);
  return said;
}

async function upload(file) {
  const query = new URLSearchParams({ user: shown.person, name: file.name, type: file.type || "application/octet-stream" });
  const answer = await fetch(`/page/file?${query}`, { method: "POST", body: file }).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : {};
  if (!said.id) toast(said.error || "The file could not be uploaded.");
  return said.id;
}

// Drawing

function draw() {
  const { state } = shown;
  if (!state) return;
  const room = state.channels.find((each) => each.id === shown.channel);
  $("workspace").textContent = state.team;
  sync($("person"), state.people.map(person));
  $("person").value = shown.person;
  sync($("channels"), state.channels.filter((each) => !each.direct).map(entry));
  sync($("directs"), state.channels.filter((each) => each.direct).map(entry));
  banner(state.connected ? "" : "Padlock is not connected yet.");
  $("room").hidden = !room;
  if (!room) return;
  const home = room.direct && shown.tab === "home";
  $("title").textContent = (room.direct ? "" : "# ") + room.name;
  $("tabs").hidden = !room.direct;
  $("tab-home").setAttribute("aria-selected", String(home));
  $("tab-messages").setAttribute("aria-selected", String(!home));
  $("messages").hidden = home;
  $("composer").hidden = home;
  $("home").hidden = !home;
  if (home) drawHome(state);
  drawPrompts(home || !room.direct ? [] : state.prompts);
  const root = room.messages.find((each) => each.ts === shown.thread);
  $("thread").hidden = !root;
  $("composer").dataset.placeholder = room.direct ? `Message ${room.name}` : `Message #${room.name}`;
  $("composer").querySelector("textarea").placeholder = $("composer").dataset.placeholder;
  if (!home) {
    const top = room.messages.filter((each) => !isReply(each) || each.broadcast);
    fill("messages", room, top, { summaries: true });
    seenTs[shown.person + room.id] = room.messages.at(-1)?.ts;
  }
  if (root) {
    const within = room.messages.filter((each) => each.ts === root.ts || each.thread_ts === root.ts);
    fill("replies", room, within, { summaries: false, status: state.statuses[`${room.id}/${root.ts}`] });
  }
}

function isDirect() {
  return Boolean(shown.state?.channels.find((each) => each.id === shown.channel)?.direct);
}

function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

// Puts nodes below a parent, moving none that is already in its place.
function sync(parent, nodes) {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (at && at.isEqualNode(node) && !at.dataset?.ts) {
      at = at.nextSibling;
    } else if (at === node) {
      at = at.nextSibling;
    } else {
      parent.insertBefore(node, at);
    }
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function person({ id, name }) {
  return el("option", { value: id }, name);
}

function entry(room) {
  const newest = room.messages.at(-1);
  const unread = room.id !== shown.channel && newest && newest.user !== shown.person && newest.ts > (seenTs[shown.person + room.id] || "");
  const path = `#${shown.person}/${room.id}`;
  const label = room.direct ? room.name : `# ${room.name}`;
  return el(
    "li",
    {},
    el("a", { href: path, class: unread ? "unread" : undefined, "aria-current": room.id === shown.channel ? "page" : undefined }, label),
  );
}

function drawHome(state) {
  const view = state.home;
  const key = JSON.stringify([view, pressed]);
  if ($("home").dataset.key === key) return;
  $("home").dataset.key = key;
  const on = { names: state.names, press: (node, block, element, choice) => press(node, { view: "home" }, block, element, choice) };
  $("home").replaceChildren(
    ...(view ? blocks(view.blocks, on) : [el("p", { class: "note" }, "The app has not put anything on its Home tab yet.")]),
  );
}

function drawPrompts(prompts) {
  $("prompts").hidden = !prompts.length;
  sync(
    $("prompts"),
    prompts.map((prompt) => el("button", { type: "button", class: "button", "data-message": prompt.message }, prompt.title)),
  );
}

function fill(list, room, messages, { summaries, status }) {
  const parent = $(list);
  const atEnd = parent.scrollHeight - parent.scrollTop - parent.clientHeight < 60 || !parent.childElementCount;
  const before = new Set(parent.children);
  const nodes = messages.map((message) => {
    const replies = summaries ? room.messages.filter((each) => each.thread_ts === message.ts && each.ts !== message.ts) : [];
    const open = shown.thread === message.ts;
    const facts = JSON.stringify([message, replies.length, replies.at(-1)?.ts, open && summaries, pressed[message.ts], shown.state.names]);
    const known = kept[list].get(message.ts);
    if (known?.facts === facts) return known.node;
    const node = messageNode(message, room, { replies: replies.filter((each) => !each.alone), open: open && summaries, inThread: !summaries });
    kept[list].set(message.ts, { facts, node });
    return node;
  });
  if (!nodes.length) nodes.push(el("p", { class: "note" }, room.direct ? "Ask a question, name a host, or drop a .pem file here." : "Mention @padlock to ask it something, or type /padlock and a question."));
  if (status) nodes.push(el("p", { class: "status" }, `${shown.state.app} ${status}`));
  sync(parent, nodes);
  if (!atEnd) return;
  // What is new is read from its beginning, where it is taller than there is room.
  const fresh = nodes.find((node, place) => !before.has(node) && (summaries ? before.size : place));
  const top = fresh ? fresh.offsetTop - parent.firstChild.offsetTop : Infinity;
  parent.scrollTop = Math.min(top, parent.scrollHeight);
}

function messageNode(message, room, { replies, open, inThread }) {
  const { names } = shown.state;
  const on = {
    names,
    pressed: pressed[message.ts],
    press: (node, block, element, choice) => press(node, { channel: room.id, ts: message.ts }, block, element, choice),
  };
  const name = names[message.user] || message.user;
  const time = new Date(Number(message.ts) * 1000);
  const head = el(
    "p",
    { class: "head" },
    el("strong", {}, name),
    message.bot ? el("span", { class: "app" }, "APP") : null,
    el("time", { datetime: time.toISOString(), title: time.toLocaleString() }, time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
  );
  const body = message.blocks.length ? blocks(message.blocks, on) : [el("div", { class: "block text" }, mrkdwn(message.text, names))];
  const files = message.files.map((file) => el("p", { class: "file" }, el("strong", {}, file.name), ` ${file.size.toLocaleString()} bytes`));
  const reactions = Object.entries(message.reactions).map(([sign, count]) => el("span", { class: "reaction" }, emoji(sign), ` ${count}`));
  return el(
    "article",
    { class: `message${message.alone ? " alone" : ""}${open ? " open" : ""}`, "data-ts": message.ts, "aria-label": `Message of ${name}` },
    el("div", { class: `face${message.bot ? " bot" : ""}`, "aria-hidden": "true" }, message.bot ? icon("lock") : name.slice(0, 1).toUpperCase()),
    el(
      "div",
      { class: "body" },
      message.alone ? el("p", { class: "only-you" }, icon("eye"), " Only visible to you") : null,
      message.broadcast && !inThread ? el("p", { class: "only-you" }, "replied to a thread") : null,
      head,
      body,
      message.edited ? el("span", { class: "edited" }, "(edited)") : null,
      files,
      reactions.length ? el("p", { class: "reactions" }, reactions) : null,
      replies.length ? summary(message, replies) : null,
    ),
    message.alone ? null : tools(message, room, inThread),
  );
}

function summary(message, replies) {
  const last = new Date(Number(replies.at(-1).ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const count = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
  return el(
    "button",
    { type: "button", class: "replies", onclick: () => go(shown.person, shown.channel, { thread: message.ts }) },
    el("strong", {}, count),
    ` last at ${last}`,
  );
}

function tools(message, room, inThread) {
  const details = el("details", { class: "menu tools" }, el("summary", { "aria-label": "Message actions", title: "Message actions" }, "⋮"));
  const item = (words, deed) =>
    el("button", { type: "button", onclick: () => { details.open = false; deed(); } }, words);
  const items = Object.entries(shown.state.shortcuts).map(([id, words]) =>
    item(words, () => act({ do: "shortcut", channel: room.id, ts: message.ts, callback_id: id })),
  );
  if (message.bot) items.push(item("Notification text", () => toast(message.text || "This message has none.")));
  if (!inThread) items.unshift(item("Reply in thread", () => go(shown.person, room.id, { thread: message.thread_ts || message.ts })));
  details.append(el("div", { class: "menu-items" }, items));
  return details;
}

// A question's own thread opens with the first answer, where there is room beside it.
function openThread() {
  if (!awaiting || !WIDE.matches || shown.channel !== awaiting.channel || shown.thread) return;
  const room = shown.state.channels.find((each) => each.id === awaiting.channel);
  if (!room?.messages.some((each) => each.thread_ts === awaiting.ts && each.ts !== awaiting.ts)) return;
  const { channel, ts } = awaiting;
  awaiting = null;
  go(shown.person, channel, { thread: ts });
}

// Acting

async function press(node, where, block, element, choice) {
  if (element.confirm && !(await confirmed(element.confirm))) return;
  node.classList.add("pressing");
  const said = await act({ do: "press", ...where, block_id: block.block_id, action_id: element.action_id, choice });
  node.classList.remove("pressing");
  if (!said.error && element.type === "feedback_buttons") {
    pressed[where.ts] = { ...pressed[where.ts], [`${block.block_id}/${element.action_id}`]: choice };
    draw();
  }
}

function confirmed({ title, text, confirm, deny }) {
  const dialog = $("dialog");
  return new Promise((resolve) => {
    const end = (yes) => () => {
      dialog.close();
      resolve(yes);
    };
    dialog.replaceChildren(
      el("h2", {}, title.text),
      el("p", {}, text.type === "mrkdwn" ? mrkdwn(text.text, shown.state.names) : text.text),
      el("p", { class: "actions" },
        el("button", { type: "button", class: "button", onclick: end(false) }, deny.text),
        el("button", { type: "button", class: "button primary", onclick: end(true) }, confirm.text)),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

function compose(form, { inThread }) {
  const area = el("textarea", { rows: "1", "aria-label": inThread ? "Reply" : "Message", placeholder: inThread ? "Reply…" : "" });
  const picker = el("input", { type: "file", hidden: true, multiple: true, tabindex: "-1" });
  const chips = el("div", { class: "chips" });
  const held = [];
  const hold = (files) => {
    held.push(...files);
    drawChips();
    area.focus();
  };
  const drawChips = () =>
    chips.replaceChildren(
      ...held.map((file, place) =>
        el("span", { class: "chip" }, file.name, el("button", { type: "button", class: "plain", "aria-label": `Leave out ${file.name}`, onclick: () => { held.splice(place, 1); drawChips(); } }, "×")),
      ),
    );
  const grow = () => {
    area.rows = Math.min(8, area.value.split("\n").length);
  };
  const send = async () => {
    const text = area.value.trim();
    if (!text && !held.length) return;
    const files = (await Promise.all(held.splice(0).map(upload))).filter(Boolean);
    drawChips();
    if (!text && !files.length) return;
    area.value = "";
    grow();
    const said = await act({ do: "say", channel: shown.channel, text, files, ...(inThread ? { thread_ts: shown.thread } : {}) });
    if (said.error) area.value ||= text;
    else if (!inThread && said.ts) awaiting = { channel: shown.channel, ts: said.ts };
  };
  picker.addEventListener("change", () => {
    hold(picker.files);
    picker.value = "";
  });
  area.addEventListener("input", grow);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.append(
    chips,
    el("div", { class: "line" },
      el("button", { type: "button", class: "plain", "aria-label": "Attach a file", title: "Attach a file", onclick: () => picker.click() }, "+"),
      area,
      el("button", { type: "submit", class: "button primary", "aria-label": "Send" }, "Send")),
    picker,
  );
  const pane = form.parentElement;
  pane.addEventListener("dragover", (event) => {
    event.preventDefault();
    pane.classList.add("dropping");
  });
  pane.addEventListener("dragleave", () => pane.classList.remove("dropping"));
  pane.addEventListener("drop", (event) => {
    event.preventDefault();
    pane.classList.remove("dropping");
    hold(event.dataTransfer.files);
  });
}

function banner(words) {
  $("banner").hidden = !words;
  $("banner").textContent = words;
}

let toastEnds = 0;
function toast(words) {
  $("toast").textContent = words;
  $("toast").hidden = false;
  clearTimeout(toastEnds);
  toastEnds = setTimeout(() => ($("toast").hidden = true), TOAST_SECONDS * 1000);
}

// Modals of the app

function drawModal() {
  const view = shown.state?.modals?.[0];
  const dialog = $("dialog");
  if (!view) {
    if (dialog.dataset.view) {
      delete dialog.dataset.view;
      dialog.close();
    }
    return;
  }
  if (dialog.dataset.view === view.id + view.hash) return;
  dialog.dataset.view = view.id + view.hash;
  const on = { names: shown.state.names, press: (node, block, element, choice) => press(node, { view: view.id }, block, element, choice) };
  dialog.replaceChildren(
    el("h2", {}, view.title?.text || ""),
    ...blocks(view.blocks, on),
    el("p", { class: "actions" }, el("button", { type: "button", class: "button", onclick: () => act({ do: "close", view: view.id }) }, view.close?.text || "Close")),
  );
  if (!dialog.open) dialog.showModal();
}

compose($("composer"), { inThread: false });
compose($("answer"), { inThread: true });
$("person").addEventListener("change", (event) => go(event.target.value, isDirect() ? "@app" : shown.channel));
$("back").addEventListener("click", () => go(shown.person, ""));
$("close").addEventListener("click", () => go(shown.person, shown.channel));
$("tab-home").addEventListener("click", () => go(shown.person, shown.channel, { tab: "home" }));
$("tab-messages").addEventListener("click", () => go(shown.person, shown.channel));
$("prompts").addEventListener("click", async (event) => {
  const text = event.target.dataset.message;
  if (!text) return;
  const said = await act({ do: "say", channel: shown.channel, text });
  if (said.ts) awaiting = { channel: shown.channel, ts: said.ts };
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
addEventListener("hashchange", arrive);
arrive();

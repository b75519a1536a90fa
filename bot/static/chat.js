// The conversation of one page: what is written goes out in order, what is due comes in by itself.

import { bubble, choose } from "./bubbles.js";

const at = (id) => document.getElementById(id);
const log = at("log"), form = at("form"), text = at("text"), typing = at("typing"), status = at("status");
const newer = at("newer"), more = at("more"), examples = at("examples"), words = at("words").dataset;
const { api, first, wanted } = document.body.dataset;
const PATIENCE = 2500; // ms after a message was taken: some need no answer
const SLOW = 4000; // ms without an answer before a screen reader is told to wait
const SILENCE = 6000; // ms in which a stream must say that it works: some proxies hold it back
const POLL = 3000, HIDDEN_POLL = 20000; // ms between two looks without a stream
const WHOLE = 100; // entries of a history: one that is shorter is whole
const LONGEST_WAIT = 30000; // ms between two tries of the same message

let after = 0; // the newest bubble that this page has
let stream = null, polling = 0, watchdog = 0, hush = 0, slow = 0, streamless = false;
const waiting = []; // messages on their way out, oldest first
const title = document.title;

// ------------------------------------------------------------------------------------------------------ showing

const isNear = () => document.documentElement.scrollHeight - window.scrollY - window.innerHeight < 220;

/** Bring the end into view; a bubble taller than the screen is shown from its beginning. */
function follow(made) {
  newer.hidden = true;
  const room = window.innerHeight - form.offsetHeight - document.querySelector("header").offsetHeight;
  const tall = made && made.offsetHeight > room;
  if (tall) made.scrollIntoView({ block: "start" });
  else window.scrollTo(0, document.documentElement.scrollHeight);
}

function add(entry) {
  const made = bubble(entry);
  if (entry.from === "tessere") {
    after = Math.max(after, entry.id);
    if (entry.replaces) remove(log.querySelector(`.theirs[data-id="${entry.replaces}"]`));
    if (entry.buttons.length) {
      quieten();
      made.classList.add("current");
    }
  }
  log.append(made);
  if (examples) examples.hidden = true;
  return made;
}

/** No question is the present one: their buttons still work, and no longer stand out. */
function quieten() {
  log.querySelectorAll(".current").forEach((old) => old.classList.remove("current"));
}

function remove(old) {
  if (!old) return;
  if (old.contains(document.activeElement)) log.focus();
  old.remove();
}

/** A bubble that came by itself. One that the page already shows comes again after a lost connection. */
function arrived(entry) {
  if (log.querySelector(`.theirs[data-id="${entry.id}"]`)) return;
  const near = isNear();
  expect(false);
  const made = add(entry);
  made.classList.add("fresh");
  if (entry.aloud) made.querySelector(".listen").click(); // they have just asked to be read to
  if (near) follow(made);
  else newer.hidden = false;
  if (!entry.buttons.length) restore().catch(() => {}); // the last word of an erasure: nothing else is left
  if (document.hidden) document.title = `(${words.new}) ${title}`;
}

function expect(on) {
  clearTimeout(hush);
  clearTimeout(slow);
  typing.hidden = !on;
  if (on) {
    slow = setTimeout(() => { status.textContent = words.waiting; }, SLOW);
    if (isNear()) follow();
  } else if (status.textContent === words.waiting) status.textContent = "";
}

// ------------------------------------------------------------------------------------------------------ sending

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Half of a surrogate pair is no text: it becomes the replacement character. */
const wellFormed = (said) => new TextDecoder().decode(new TextEncoder().encode(said));

function say(said, { tap = "", id = newId(), silent = false } = {}) {
  const entry = { id, from: "me", text: said, at: new Date().toISOString() };
  const made = silent ? null : add(entry);
  if (made) made.classList.add("fresh", "going");
  waiting.push({ message: tap ? { id, tap } : { id, text: wellFormed(said) }, made });
  expect(true);
  follow(made);
  if (waiting.length === 1) send();
}

async function send() {
  for (let wait = 1000; waiting.length; ) {
    const { message, made } = waiting[0];
    const outcome = await post(message);
    if (outcome.again) {
      expect(false);
      if (outcome.text) status.textContent = outcome.text;
      (outcome.danger || []).forEach((sentence) => urgent(sentence));
      await pause(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
      continue;
    }
    wait = 1000;
    status.textContent = outcome.text || "";
    if (made) made.classList.replace("going", outcome.text ? "failed" : "gone");
    waiting.shift();
  }
  hush = setTimeout(() => expect(false), PATIENCE);
}

/** Post one message: {} when it was taken, `again` when it must be tried later, `text` to be shown. */
async function post(message) {
  let answer;
  try {
    answer = await fetch(`${api}messages`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message),
    });
  } catch {
    return { again: true, text: words.offline };
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return {};
  if (answer.status === 401) await restore();
  if ([401, 429].includes(answer.status) || answer.status >= 500) {
    return { again: true, text: said.detail || words.offline, danger: said.danger };
  }
  return { text: said.detail || words.refused };
}

/** Numbers to call that could not go through the store are shown all the same, once. */
function urgent(sentence) {
  const shown = [...log.querySelectorAll(".urgent")].some((made) => made.dataset.said === sentence);
  if (shown) return;
  const made = bubble({ id: 0, from: "tessere", at: new Date().toISOString(), sentences: [sentence], buttons: [] });
  made.classList.add("urgent");
  made.dataset.said = sentence;
  log.append(made);
  follow(made);
}

// ---------------------------------------------------------------------------------------------------- receiving

/** Show the whole conversation as the server has it, unless the page shows just that already. */
async function restore() {
  const answer = await fetch(`${api}history`, { cache: "no-store" });
  if (!answer.ok) throw new Error("no history");
  const { said } = await answer.json();
  const ids = said.filter((entry) => entry.from === "tessere").map((entry) => entry.id);
  const newest = Math.max(0, ...ids), oldest = said.length < WHOLE ? 0 : Math.min(...ids);
  const theirs = [...log.querySelectorAll(".theirs")].map((made) => ({ made, id: Number(made.dataset.id) }));
  const known = theirs.map(({ id }) => id).filter((id) => id && id >= oldest && id <= newest);
  if (log.childElementCount && sorted(known) === sorted(ids)) return said;
  const later = theirs.filter(({ id }) => id > newest).map(({ made }) => made);
  const going = waiting.map(({ made }) => made).filter(Boolean);
  log.setAttribute("aria-live", "off");
  log.replaceChildren();
  said.forEach(add);
  log.append(...later, ...going);
  follow();
  setTimeout(() => log.setAttribute("aria-live", "polite"));
  return said;
}

const sorted = (ids) => [...ids].sort((one, other) => one - other).join();

function listen() {
  shut();
  if (document.hidden || streamless) {
    polling = setInterval(poll, document.hidden ? HIDDEN_POLL : POLL);
    return;
  }
  stream = new EventSource(`${api}stream?after=${after}`);
  let lost = false;
  watchdog = setTimeout(() => { streamless = true; listen(); }, SILENCE);
  stream.addEventListener("ready", () => {
    clearTimeout(watchdog);
    if (lost) restore().catch(() => {});
    if (status.textContent === words.offline) status.textContent = words.back;
    lost = false;
  });
  stream.onmessage = (event) => arrived(JSON.parse(event.data));
  stream.onerror = () => {
    clearTimeout(watchdog);
    lost = true;
    if (stream.readyState === EventSource.CLOSED) setTimeout(wake, POLL); // the browser has given up
  };
}

function shut() {
  clearInterval(polling);
  clearTimeout(watchdog);
  if (stream) stream.close();
  stream = null;
}

async function poll() {
  const answer = await fetch(`${api}messages?after=${after}`, { cache: "no-store" }).catch(() => null);
  if (answer && answer.ok) (await answer.json()).said.forEach(arrived);
}

/** After a pause of any kind: what was missed, then what comes. */
async function wake() {
  shut();
  await restore().catch(() => {});
  listen();
}

// ------------------------------------------------------------------------------------------------------- hands

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value.trim();
  if (said) say(said);
  text.value = "";
  grow();
  text.focus();
});

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

/** The field is as tall as what is written in it, up to a limit that the style sets. */
function grow() {
  text.rows = 1;
  while (text.scrollHeight > text.clientHeight + 4 && text.rows < 6) text.rows += 1;
}
text.addEventListener("input", grow);

document.addEventListener("click", (event) => {
  const button = event.target.closest(".choice");
  if (!button) {
    if (!more.contains(event.target)) more.open = false;
    return;
  }
  const { tap, say: said } = button.dataset;
  if (tap) {
    choose(button);
    quieten();
    say(button.querySelector(".name").textContent, { tap });
    return;
  }
  more.open = false;
  say(said);
  log.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !more.open) return;
  more.open = false;
  more.querySelector("summary").focus();
});

newer.addEventListener("click", () => follow(log.lastElementChild));
window.addEventListener("scroll", () => { if (isNear()) newer.hidden = true; }, { passive: true });

/** Leave at once, and leave this page out of what "back" shows. */
at("exit").addEventListener("click", (event) => {
  event.preventDefault();
  const { href } = event.currentTarget;
  document.body.hidden = true;
  shut();
  history.replaceState(null, "", href);
  window.location.replace(href);
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = title;
  if (document.hidden) listen();
  else wake();
});

// ------------------------------------------------------------------------------------------------------ the start

async function start() {
  for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      const said = await restore();
      status.textContent = "";
      form.hidden = false;
      if (examples) examples.hidden = said.length > 0;
      log.setAttribute("aria-live", "polite");
      listen();
      if (first && !said.length) say(first, { id: "start", silent: true });
      if (wanted) {
        history.replaceState(null, "", window.location.pathname); // once: not at every reload
        say(wanted, { silent: true });
      }
      return;
    } catch {
      form.hidden = false;
      status.textContent = words.offline;
      await pause(wait);
    }
  }
}

start();

// What a message looks like. Words of people and of the catalogue only ever become text nodes.

const words = document.getElementById("words").dataset;
// A short number is a link only where no street is named: "via Roma 112" must not ring the emergency services.
const NUMBERS = /(^|[^\d.,:+])(1522|112|114|1 96 96|800 \d{3} \d{3}|0\d{1,3} \d{3,4} \d{3,4}|3\d{2} \d{3} \d{4})(?![\d]|[.,:]\d)/g;
const STREET = /\b(via|viale|piazza|piazzale|largo|corso|vicolo|strada)\b/i;
const MANY = 4; // fewer buttons stand beside each other, and need no numbers
const SHORT = 14; // characters of names that stand in two columns

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A paragraph in which telephone numbers can be tapped. */
function paragraph(sentence) {
  const made = element("p", { dir: "auto" });
  let from = 0;
  for (const found of sentence.matchAll(NUMBERS)) {
    const [, before, number] = found;
    if (number.length < 5 && STREET.test(sentence)) continue;
    const at = found.index + before.length;
    made.append(sentence.slice(from, at), element("a", { href: `tel:${number.replaceAll(" ", "")}` }, number));
    from = at + number.length;
  }
  made.append(sentence.slice(from));
  return made;
}

function time(at) {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const shape = { hour: "2-digit", minute: "2-digit", ...(today ? {} : { day: "numeric", month: "long" }) };
  return element("time", { datetime: at }, new Intl.DateTimeFormat("it", shape).format(moment));
}

function choice(button, number) {
  const name = element("span", { class: "name", dir: "auto" }, button.row);
  const about = button.description ? [element("span", { class: "about", dir: "auto" }, button.description)] : [];
  const numeral = number ? [element("span", { class: "numeral", "aria-hidden": "true" }, String(number))] : [];
  const made = element("button", { type: "button", class: "choice", "data-tap": button.tap }, ...numeral,
    element("span", { class: "words" }, name, ...about));
  if (button.chosen) choose(made);
  return made;
}

/** A button that becomes the sound of what the bubble says; made by the server when it is asked for. */
function voice(id) {
  const made = element("button", { type: "button", class: "listen" }, `▶ ${words.listen}`);
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      const answer = await fetch(`${document.body.dataset.api}voice/${id}`, { cache: "no-store" });
      if (!answer.ok) throw new Error("no voice");
      const sound = element("audio", { controls: true, "aria-label": words.listen });
      sound.addEventListener("error", () => sound.replaceWith(element("p", {}, words.mute)));
      sound.src = URL.createObjectURL(await answer.blob());
      made.replaceWith(sound);
      await sound.play().catch(() => {}); // a browser may want another tap first: its button is there
    } catch {
      made.replaceWith(element("p", {}, words.mute));
    }
  });
  return element("div", { class: "voice" }, made);
}

/** Mark a button as the one that was tapped. */
export function choose(button) {
  if (button.classList.contains("chosen")) return;
  button.classList.add("chosen");
  button.append(element("span", { class: "hidden" }, ` (${words.chosen})`));
}

function choices(entry) {
  if (!entry.buttons.length) return [];
  const many = entry.buttons.length >= MANY;
  const short = entry.buttons.filter((button) => button.row.length <= SHORT).length > entry.buttons.length - 3;
  const described = entry.buttons.some((button) => button.description);
  const shape = described || (many && !short) ? "rows" : many ? "grid" : "few";
  const made = entry.buttons.map((button, index) => choice(button, many && entry.numbered ? index + 1 : 0));
  return [element("div", { class: `choices ${shape}` }, ...made)];
}

/** The bubble of an entry of the history, of the stream, or of what was just sent. */
export function bubble(entry) {
  const mine = entry.from === "me";
  const said = mine ? [element("p", { dir: "auto" }, entry.text)] : entry.sentences.map(paragraph);
  const body = element("div", { class: "said" },
    element("span", { class: "hidden" }, `${mine ? words.me : words.them}: `), ...said,
    ...(entry.aloud ? [voice(entry.id)] : []));
  const made = element("article", { class: mine ? "bubble mine" : "bubble theirs", "data-id": entry.id }, body,
    ...(mine ? [] : choices(entry)), time(entry.at));
  return made;
}

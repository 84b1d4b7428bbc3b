/** The fields of the form for a call: read as plain values, and written back as if they had been typed. */

/** @typedef {import("./call-store.js").Values} Values */

const NOT_HEARD = new Set(["csrfmiddlewaretoken", "call", "received_at"]);

/** What stands in the form. @param {HTMLFormElement} form @returns {Values} */
export function valuesOf(form) {
  /** @type {Values} */
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (!NOT_HEARD.has(name) && typeof value === "string" && value) values[name] = value;
  }
  return values;
}

/** Write values into the form and let what depends on them follow. @param {HTMLFormElement} form @param {Values} values */
export function write(form, values) {
  const before = valuesOf(form);
  const isNew = (/** @type {string} */ name) => (before[name] ?? "") !== (values[name] ?? "");
  for (const name of new Set([...Object.keys(before), ...Object.keys(values)])) if (isNew(name)) writeOne(form, name, values[name] ?? "");
  const raise = (/** @type {string} */ id, /** @type {string} */ event) => form.querySelector(id)?.dispatchEvent(new Event(event, { bubbles: true }));
  if (isNew("type") || isNew("type_words")) raise("#call-type-combo", "combo:typed");
  if (isNew("lon") || isNew("lat")) raise("[name=lon]", "point:put");
  if (isNew("words") || isNew("place")) raise("#call-words", "input");
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function writeOne(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) field.value = value;
  else if (field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type)) field.checked = field.value === value;
  else if (field && "value" in field) /** @type {HTMLInputElement} */ (field).value = value;
  else if (value && name.startsWith("answer-")) keepAnswer(form, name, value);
}

/** An answer whose question is not on the form yet: it goes along when the questions are asked for. @param {HTMLFormElement} form @param {string} name @param {string} value */
function keepAnswer(form, name, value) {
  form.querySelector("#call-questions")?.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
}

/** Whether type and place are there, and the place is not being typed at the moment. @param {HTMLFormElement} form */
export function isReady(form) {
  const { type, place, lon } = valuesOf(form);
  return Boolean(type && place?.trim() && (lon || document.activeElement !== form.querySelector("[name=place]")));
}

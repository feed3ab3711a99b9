"use strict";

// What pages do beyond HTML: each thing here has a way that works without it.

const announce = (text) => {
  const status = document.getElementById("status");
  status.replaceChildren(Object.assign(document.createElement("p"), { className: "notice", textContent: text }));
};

// Copy buttons stay hidden where nothing can be copied.
const showCopyButtons = (root) => {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
};

const copy = async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 2000);
  announce(button.dataset.copied || "Copied");
};

// <button data-opens="id"> opens a <dialog>; inside it, [data-closes] closes it. The browser moves the focus.
document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-copy], [data-opens], [data-closes]");
  if (target?.dataset.copy) copy(target);
  else if (target?.dataset.opens) {
    event.preventDefault();
    document.getElementById(target.dataset.opens).showModal();
  } else if (target?.hasAttribute("data-closes")) target.closest("dialog").close();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const typing = event.target.closest("input, select, textarea, [contenteditable], dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts === "off") return;
  const wanted = { "/": "[data-shortcut='search']", n: "[data-shortcut='new']" }[event.key];
  const place = wanted && document.querySelector(wanted);
  if (!place) return;
  event.preventDefault();
  if (place.matches("input")) place.focus();
  else place.click();
});

// A form that is under way says so and is not sent twice; coming back by the Back button makes it fresh again.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.busy || event.defaultPrevented) return;
  setTimeout(() => {
    button.disabled = true;
    button.textContent = button.dataset.busy;
  });
});
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

// A select or checkbox with data-submits sends its form when it changes; without scripts there is a button.
document.addEventListener("change", (event) => {
  if (event.target.hasAttribute("data-submits")) event.target.form.requestSubmit();
});

// What is only needed without scripts goes, what needs them comes.
const enhance = (root) => {
  showCopyButtons(root);
  for (const element of root.querySelectorAll("[data-without-scripts]")) element.hidden = true;
};
enhance(document);

// <form data-submits-itself> goes on to another site. Who comes back to it by the Back button decides anew.
const arrival = performance.getEntriesByType("navigation")[0]?.type;
if (arrival === "navigate") document.querySelector("form[data-submits-itself]")?.requestSubmit();

// A form that came back with a fault starts at the first one.
document.querySelector("main :is(input, select, textarea)[aria-invalid='true'], main [aria-invalid='true'] input")?.focus();

// On narrow screens the navigation is a row that scrolls: show where we are.
for (const place of document.querySelectorAll(".places [aria-current], .tabs [aria-current]")) {
  const row = place.closest("nav");
  row.scrollLeft = place.offsetLeft - (row.clientWidth - place.offsetWidth) / 2;
}
document.addEventListener("htmx:afterSwap", (event) => enhance(event.target.parentElement || document));

// Scripts that a page's policy forbids must not be what htmx falls back to: without an answer, say so.
document.addEventListener("htmx:sendError", () => announce("The server does not answer. Try again in a moment."));
document.addEventListener("htmx:responseError", () => location.reload());

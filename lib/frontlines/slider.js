// The slider: shows one day of the map and of the list. No dependency, no request.
(function () {
  "use strict";
  const root = document.currentScript.previousElementSibling;
  const find = (css) => Array.from(root.querySelectorAll(css));
  const bar = root.querySelector(".bar");
  const range = bar.querySelector("input");
  const play = bar.querySelector(".play");
  const told = root.querySelector(".told");
  const names = find(".days li").map((item) => item.textContent);
  const last = names.length - 1;
  const dated = find("[data-days]").map((element) => [element, new Set(element.dataset.days.split(" ").map(Number))]);
  const places = find("[data-sides]");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let shown = -1;
  let timer = 0;

  function show(day) {
    day = Math.max(0, Math.min(last, day));
    if (day === shown) return;
    shown = day;
    dated.forEach(([element, days]) => element.toggleAttribute("hidden", !days.has(day)));
    places.forEach((place) => {
      const letter = place.dataset.sides[day];
      place.toggleAttribute("hidden", letter === "-");
      place.setAttribute("href", "#m" + letter);
    });
    const article = told.querySelector("article:not([hidden])");
    root.querySelector("figure > svg").setAttribute("aria-label", article.querySelector(".finding").textContent);
    range.value = day;
    range.setAttribute("aria-valuetext", names[day]);
    bar.querySelector(".now").textContent = names[day];
    bar.querySelector(".previous").disabled = day === 0;
    bar.querySelector(".next").disabled = day === last;
    told.scrollTop = 0;
  }

  function pause() {
    window.clearInterval(timer);
    timer = 0;
    root.classList.remove("playing");
    play.setAttribute("aria-pressed", "false");
  }

  function start() {
    if (shown === last) show(0);
    root.classList.add("playing");
    play.setAttribute("aria-pressed", "true");
    timer = window.setInterval(() => {
      show(shown + 1);
      if (shown === last) pause();
    }, calm.matches ? 2500 : 1100);
  }

  const toggle = () => (timer ? pause() : start());
  const step = (by) => { pause(); show(shown + by); };

  play.addEventListener("click", toggle);
  bar.querySelector(".previous").addEventListener("click", () => step(-1));
  bar.querySelector(".next").addEventListener("click", () => step(1));
  range.addEventListener("input", () => { pause(); show(Number(range.value)); });

  const keys = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), Home: () => step(-last), End: () => step(last), " ": toggle };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const ours = at === document.body || (root.contains(at) && !at.closest("button, a"));
    if (!keys[event.key] || !ours || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (at.closest(".told") && (event.key === "Home" || event.key === "End")) return; // the list scrolls
    event.preventDefault();
    keys[event.key]();
  });

  let from = null;
  const map = root.querySelector("figure > svg");
  map.addEventListener("pointerdown", (event) => { from = event; });
  map.addEventListener("pointerup", (event) => {
    const across = from ? event.clientX - from.clientX : 0;
    if (Math.abs(across) > 40) step(across < 0 ? 1 : -1);
    from = null;
  });
  map.addEventListener("pointercancel", () => { from = null; });

  function asked() {
    const day = window.location.hash.slice(1);
    return find("article").findIndex((article) => article.dataset.day === day);
  }
  window.addEventListener("hashchange", () => { if (asked() >= 0) { pause(); show(asked()); } });

  bar.hidden = false;
  root.classList.add("live");
  show(asked() >= 0 ? asked() : Number(root.dataset.start));
})();

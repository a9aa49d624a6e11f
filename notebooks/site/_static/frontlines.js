// What scrolls sideways can be reached by keyboard.
document.addEventListener("DOMContentLoaded", () => {
  const reach = () => document.querySelectorAll("pre, .cell_output, .table-wrapper, .math").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  });
  reach();
  window.addEventListener("resize", reach);
});

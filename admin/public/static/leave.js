// Leave at once, and leave this page out of what "back" shows. Without JavaScript the link only leads away.
document.querySelectorAll("[data-leave]").forEach((link) => {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.body.hidden = true;
    window.location.replace(link.href);
  });
});

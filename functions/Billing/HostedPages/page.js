(() => {
  // A reload would press the form again when this page answered one.
  const again = () => location.replace(location.href);

  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = label; }, 2000);
      } catch {
        getSelection().selectAllChildren(button.parentElement.querySelector(".code"));
      }
    });
  }

  const clock = document.querySelector("[data-left]");
  if (clock) {
    const end = performance.now() + clock.dataset.left * 1000;
    const show = () => {
      const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      const two = (number) => String(number).padStart(2, "0");
      const days = Math.floor(left / 86400);
      clock.textContent = (days ? days + "d " : "") + two(Math.floor(left / 3600) % 24) + ":" + two(Math.floor(left / 60) % 60) + ":" + two(left % 60);
      if (left === 0) again(); else setTimeout(show, 1000);
    };
    if (clock.dataset.left > 0) show();
  }

  const main = document.querySelector("main[data-poll]");
  if (main) {
    let asked = 0;
    const ask = async () => {
      try {
        // The payment may be refused, withdrawn or ready as well. Another service knows it, so it is asked for less often.
        const answer = await fetch(main.dataset.poll + (++asked % 4 ? "" : "?step=1"), { cache: "no-store" });
        if (answer.ok) {
          const { status, step } = await answer.json();
          if (status !== main.dataset.status || (step && step !== main.dataset.step)) return again();
        }
      } catch {
        // Away for a moment; the next question may get through.
      }
      setTimeout(ask, document.hidden ? 5000 : Number(main.dataset.every));
    };
    setTimeout(ask, Number(main.dataset.every));
  }
})();

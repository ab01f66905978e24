// Whom somebody met is kept on this phone first, and sent as soon as that works; sent twice, it is one.
(function () {
  const form = document.getElementById("met"), of = form.dataset, waiting = document.getElementById("waiting");
  const refused = document.getElementById("refused"), problem = document.getElementById("problem");
  const told = waiting.dataset;
  let busy = false, signedOut = false;

  // --- what is kept on this phone ---
  const opened = new Promise((done, failed) => {
    const asked = indexedDB.open("einig-fair", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("met", {keyPath: "id"});
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function store(mode, what) {
    const base = await opened, act = base.transaction("met", mode), asked = what(act.objectStore("met"));
    return new Promise((done, failed) => {
      act.oncomplete = () => done(asked.result);
      act.onerror = act.onabort = () => failed(act.error);
    });
  }
  const mine = async () => (await store("readonly", (met) => met.getAll())).filter((one) => one.batch === of.batch);
  const keep = (one) => store("readwrite", (met) => met.put(one));
  const drop = (id) => store("readwrite", (met) => met.delete(id));

  // --- what the page says ---
  async function show() {
    const all = await mine(), stays = all.filter((one) => !one.refused);
    const said = stays.length === 0 ? told.none : stays.length === 1 ? told.one : told.many.replace("{n}", stays.length);
    waiting.textContent = navigator.onLine ? said : `${told.offline} ${said}`;
    waiting.dataset.count = stays.length;
    if (signedOut && stays.length) {
      const link = Object.assign(document.createElement("a"), {href: of.signin, textContent: told.signin});
      waiting.append(" ", link);
    }
    const wrong = all.filter((one) => one.refused);
    refused.hidden = !wrong.length;
    refused.replaceChildren(...wrong.map((one) => {
      const line = document.createElement("li"), mend = document.createElement("button"), away = document.createElement("button");
      line.append(`${told.refused} ${one.entry.name || one.entry.email || one.entry.phone}: ${one.refused} `, mend, " ", away);
      mend.type = away.type = "button";
      mend.className = away.className = "plain";
      mend.textContent = refused.dataset.edit;
      away.textContent = refused.dataset.drop;
      mend.onclick = async () => { fill(one.entry); await drop(one.id); show(); };
      away.onclick = async () => { await drop(one.id); show(); };
      return line;
    }));
  }
  function fill(entry) {
    Object.entries(entry).forEach(([name, value]) => {
      const field = form.elements[name];
      if (field && typeof value === "string" && value) field.value = value;
    });
  }

  // --- sending ---
  const token = () => (document.cookie.match(/(?:^|; )csrftoken=([^;]+)/) || [])[1] || "";
  async function send() {
    if (busy || !navigator.onLine) return show();
    busy = true;
    try {
      const all = (await mine()).filter((one) => !one.refused).slice(0, 50);
      if (!all.length) return;
      const answer = await fetch(of.batch, {
        method: "POST", headers: {"Content-Type": "application/json", "X-CSRFToken": token()},
        body: JSON.stringify({entries: all.map((one) => one.entry)}),
      });
      signedOut = answer.status === 401 || answer.status === 403;
      if (!answer.ok) return;
      const got = await answer.json();
      for (const id of got.taken) await drop(id);
      for (const one of all) if (one.id in got.refused) await keep({...one, refused: got.refused[one.id]});
    } catch (error) {  // no network after all: it stays here
      if (!(error instanceof TypeError)) throw error;
    } finally {
      busy = false;
      await show();
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = new FormData(form), entry = {id: crypto.randomUUID(), at: new Date().toISOString(), agreed: []};
    given.forEach((value, name) => {
      if (name.startsWith("agree-"))
        entry.agreed.push({purpose: name.slice(6), version: Number(value), language: given.get("language")});
      else if (!["csrfmiddlewaretoken", "slip", "language"].includes(name)) entry[name] = value.trim();
    });
    problem.hidden = Boolean(entry.email || entry.phone);
    if (!problem.hidden) {
      problem.textContent = of.unreached;
      form.elements.email.focus();
      return;
    }
    await keep({id: entry.id, batch: of.batch, entry: entry});
    form.reset();
    form.elements.name.focus();
    await show();
    send();
  });

  // --- business cards ---
  const card = document.getElementById("card"), wrong = document.getElementById("card-problem");
  function take(text) {
    const found = window.cards.read(text || "");
    wrong.hidden = Boolean(found);
    if (!found) { wrong.textContent = wrong.dataset.said; return; }
    fill(found);
    card.open = false;
    form.elements.message.focus();
  }
  card.hidden = false;
  document.getElementById("card-text").addEventListener("input", (event) => {
    if (/END:VCARD|;;\s*$/i.test(event.target.value)) { take(event.target.value); event.target.value = ""; }
  });
  document.getElementById("card-file").addEventListener("change", async (event) => {
    if (event.target.files[0]) take(await event.target.files[0].text());
    event.target.value = "";
  });
  document.getElementById("card-photo").addEventListener("change", async (event) => {
    const photo = event.target.files[0];
    event.target.value = "";
    if (!photo) return;
    try {
      take(await window.cards.code(photo, card.dataset.code, token()));
    } catch (error) {  // no network, or no photo
      wrong.hidden = false;
      wrong.textContent = error instanceof TypeError ? wrong.dataset.offline : wrong.dataset.said;
    }
  });

  // --- without a network ---
  async function prepare() {
    if (!("serviceWorker" in navigator) || !navigator.onLine) return;
    await navigator.serviceWorker.register(of.worker);
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")];
    const kept = await caches.open("einig-fair");
    await kept.addAll([location.pathname, ...parts.map((one) => one.href || one.src)]);
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.offline = "ready";
  }
  addEventListener("online", send);
  addEventListener("offline", show);
  setInterval(send, 15000);
  show();
  send();
  prepare().catch(() => {});
})();

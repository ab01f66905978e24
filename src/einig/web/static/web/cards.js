// Business cards: what a vCard or the MECARD of a QR code says, by the names of the form's fields.
window.cards = (function () {
  function plain(text) {
    return text.replace(/\\(.)/g, (_, of) => (of === "n" || of === "N" ? ", " : of)).trim();
  }
  function quoted(text) {  // vCard 2.1
    const bytes = text.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, of) => String.fromCharCode(parseInt(of, 16)));
    return new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
  }
  function vcard(text) {
    const said = {};
    text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/).forEach((line) => {
      const colon = line.match(/^((?:[^:"]|"[^"]*")+):(.*)$/);
      if (!colon) return;
      const [name, ...more] = colon[1].split(";");
      const value = /QUOTED-PRINTABLE/i.test(more.join()) ? quoted(colon[2]) : colon[2];
      const key = name.split(".").pop().toUpperCase();
      if (!(key in said)) said[key] = value;
    });
    const parts = (of, n) => plain((said[of] || "").split(/(?<!\\);/)[n] || "");
    return {
      name: plain(said.FN || "") || [parts("N", 1), parts("N", 0)].filter(Boolean).join(" "),
      company: parts("ORG", 0), title: plain(said.TITLE || said.ROLE || ""),
      email: plain(said.EMAIL || "").replace(/^mailto:/i, ""), phone: plain(said.TEL || "").replace(/^tel:/i, ""),
    };
  }
  function mecard(text) {
    const said = {};
    text.slice(7).split(/(?<!\\);/).forEach((part) => {
      const [, key, value] = part.match(/^([A-Z-]+):(.*)$/s) || [];
      if (key && !(key in said)) said[key] = plain(value);
    });
    const [last, first] = (said.N || "").split(",");
    return {name: [first, last].filter(Boolean).map((of) => of.trim()).join(" "), company: said.ORG || "",
      title: said.TITLE || "", email: said.EMAIL || "", phone: said.TEL || ""};
  }
  return {read: (text) => {
    const found = text.trim();
    if (/BEGIN:VCARD/i.test(found)) return vcard(found.slice(found.search(/BEGIN:VCARD/i)));
    return /^MECARD:/.test(found) ? mecard(found) : null;
  }};
})();

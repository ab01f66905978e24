// Business cards: what a vCard or the MECARD of a QR code says, by the names of the form's fields; and
// what the QR code in a photo says, read by the browser or, where it cannot, by the server.
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
  function read(text) {
    const found = text.trim();
    if (/BEGIN:VCARD/i.test(found)) return vcard(found.slice(found.search(/BEGIN:VCARD/i)));
    return /^MECARD:/.test(found) ? mecard(found) : null;
  }
  const MOST = 1600;  // points along a side
  function brightness(image) {
    const scale = Math.min(1, MOST / Math.max(image.width, image.height));
    const width = Math.round(image.width * scale), height = Math.round(image.height * scale);
    const canvas = Object.assign(document.createElement("canvas"), {width, height}), brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";  // under what is transparent
    brush.fillRect(0, 0, width, height);
    brush.drawImage(image, 0, 0, width, height);
    const colours = brush.getImageData(0, 0, width, height).data, points = new Uint8Array(width * height);
    points.forEach((_, n) => { points[n] = (3 * colours[4 * n] + 6 * colours[4 * n + 1] + colours[4 * n + 2]) / 10; });
    return {width, points};
  }
  async function code(photo, address, token) {  // fails where the browser cannot and there is no network
    const image = await createImageBitmap(photo);
    const reads = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (reads.includes("qr_code")) {
      const found = await new BarcodeDetector({formats: ["qr_code"]}).detect(image);
      return found.length ? found[0].rawValue : "";
    }
    const {width, points} = brightness(image);
    const answer = await fetch(`${address}?width=${width}`, {
      method: "POST", headers: {"Content-Type": "application/octet-stream", "X-CSRFToken": token}, body: points,
    });
    return answer.ok ? (await answer.json()).text : "";
  }
  return {read, code};
})();

/*
 * Runs in the page (contrast.ts hands it over as text): returns every visible text below WCAG 2.1's contrast of
 * 4.5 : 1, or 3 : 1 from 24 px upwards, as [{ text, ratio }].
 */
(() => {
  const parse = (colour) => {
    const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return [r, g, b, a];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const linear = (value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const lineOf = (element) => (element ? [element, ...lineOf(element.parentElement)] : []);

  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    const element = node.parentElement;
    if (!text || !element.checkVisibility({ visibilityProperty: true })) continue;
    const styles = lineOf(element).map((one) => getComputedStyle(one));
    const ground = styles.reduceRight(
      (below, { backgroundColor }) => over(parse(backgroundColor), below),
      [255, 255, 255, 1],
    );
    const ink = parse(styles[0].color);
    ink[3] *= styles.reduce((opacity, style) => opacity * Number(style.opacity), 1);
    const [light, dark] = [luminance(over(ink, ground)), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (Number.parseFloat(styles[0].fontSize) >= 24 ? 3 : 4.5))
      faint.push({ text: text.slice(0, 60), ratio });
  }
  return faint;
})();

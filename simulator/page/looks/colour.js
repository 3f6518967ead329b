/**
 * A colour that a message asks for, made darker for a light bubble and lighter for a dark one as far as it takes to be
 * read (contrast 4.5); undefined when it is none.
 */
export function readableColour(wanted) {
  const hex = hexOf(wanted);
  if (!hex) return undefined;
  return `light-dark(${towards(hex, 0, [255, 255, 255])}, ${towards(hex, 255, [32, 42, 57])})`;
}

/** `#rrggbb` of any colour that CSS knows. */
function hexOf(wanted) {
  const pen = document.createElement('canvas').getContext('2d');
  if (!pen || !CSS.supports('color', wanted)) return undefined;
  pen.fillStyle = wanted;
  return /^#[0-9a-f]{6}$/.test(String(pen.fillStyle)) ? String(pen.fillStyle) : undefined;
}

function towards(hex, end, ground) {
  const colour = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = colour.map((value) => Math.round(value + (end - value) * share));
    if (contrast(mixed, ground) >= 4.6) return `rgb(${mixed.join(' ')})`;
  }
  return `rgb(${end} ${end} ${end})`;
}

function contrast(one, other) {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

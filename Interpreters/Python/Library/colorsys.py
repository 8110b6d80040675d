"""Colours as red, green and blue, and as YIQ, HLS and HSV; all parts from 0 to 1."""

__all__ = ["rgb_to_yiq", "yiq_to_rgb", "rgb_to_hls", "hls_to_rgb", "rgb_to_hsv", "hsv_to_rgb"]


def rgb_to_yiq(r, g, b):
    """Brightness, and how far the colour is from grey in two directions."""
    y = 0.30 * r + 0.59 * g + 0.11 * b
    red, blue = r - y, b - y
    return y, 0.74 * red - 0.27 * blue, 0.48 * red + 0.41 * blue


# What I and Q add to brightness, for each of red, green and blue.
_FROM_YIQ = (
    (0.9468822170900693, 0.6235565819861433),
    (-0.27478764629897834, -0.6356910791873801),
    (-1.1085450346420322, 1.7090069284064666),
)


def yiq_to_rgb(y, i, q):
    """There are brightnesses that no colour has: parts end at 0 and 1."""
    parts = (y + by_i * i + by_q * q for by_i, by_q in _FROM_YIQ)
    return tuple(min(max(part, 0.0), 1.0) for part in parts)


def _hue(r, g, b, largest, spread):
    rc, gc, bc = ((largest - part) / spread for part in (r, g, b))
    if r == largest:
        h = bc - gc
    elif g == largest:
        h = 2.0 + rc - bc
    else:
        h = 4.0 + gc - rc
    return h / 6.0 % 1.0


def rgb_to_hls(r, g, b):
    largest, smallest = max(r, g, b), min(r, g, b)
    total, spread = largest + smallest, largest - smallest
    lightness = total / 2.0
    if largest == smallest:
        return 0.0, lightness, 0.0
    saturation = spread / total if lightness <= 0.5 else spread / (2.0 - largest - smallest)
    return _hue(r, g, b, largest, spread), lightness, saturation


def hls_to_rgb(h, l, s):
    if s == 0.0:
        return l, l, l
    m2 = l * (1.0 + s) if l <= 0.5 else l + s - l * s
    m1 = 2.0 * l - m2

    def part(hue):
        hue %= 1.0
        if hue < 1 / 6:
            return m1 + (m2 - m1) * hue * 6.0
        if hue < 0.5:
            return m2
        if hue < 2 / 3:
            return m1 + (m2 - m1) * (2 / 3 - hue) * 6.0
        return m1
    return part(h + 1 / 3), part(h), part(h - 1 / 3)


def rgb_to_hsv(r, g, b):
    largest, smallest = max(r, g, b), min(r, g, b)
    spread = largest - smallest
    if largest == smallest:
        return 0.0, 0.0, largest
    return _hue(r, g, b, largest, spread), spread / largest, largest


def hsv_to_rgb(h, s, v):
    if s == 0.0:
        return v, v, v
    sixth = int(h * 6.0)
    far = h * 6.0 - sixth
    least, falling, rising = (v * (1.0 - s * part) for part in (1.0, far, 1.0 - far))
    return (
        (v, rising, least), (falling, v, least), (least, v, rising),
        (least, falling, v), (rising, least, v), (v, least, falling),
    )[sixth % 6]

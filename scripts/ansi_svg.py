"""Turn a terminal's screen, as `tmux capture-pane -e -p` prints it, into an SVG picture: ansi_svg.py [TITLE] < screen > picture.svg

Letters are text; frames, bars and braille dots are drawn, so that they look the same with any font.
"""

import re
import sys
import unicodedata
from html import escape

WIDTH, HEIGHT = 8, 16  # of a cell
PAD, BAR = 12, 24
BACK, TEXT = "#12151b", "#cdd3de"
BASIC = ["#1b1f27", "#dc6268", "#8fbc8f", "#deb268", "#81add8", "#b094cd", "#73b8b8", "#cdd3de",
         "#6b7587", "#e88388", "#a8d3a8", "#efcb8a", "#a3c6ea", "#c8b2e0", "#93d2d2", "#eef1f6"]
LINES = {
    "─": "M{l} {m}H{r}", "│": "M{c} {t}V{b}",
    "╭": "M{c} {b}Q{c} {m} {r} {m}", "╮": "M{c} {b}Q{c} {m} {l} {m}",
    "╰": "M{c} {t}Q{c} {m} {r} {m}", "╯": "M{c} {t}Q{c} {m} {l} {m}",
    "▕": "M{r} {t}V{b}", "▏": "M{l} {t}V{b}",
}
EIGHTHS = {"█": 8, "▉": 7, "▊": 6, "▋": 5, "▌": 4, "▍": 3, "▎": 2}
SHADES = {"░": 0.3, "▒": 0.5, "▓": 0.75}
BITS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]  # of braille, by row and column


def palette(n):
    if n < 16:
        return BASIC[n]
    if n < 232:
        steps = [0, 95, 135, 175, 215, 255]
        return "#%02x%02x%02x" % (steps[(n - 16) // 36], steps[(n - 16) // 6 % 6], steps[(n - 16) % 6])
    return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3)


def styled(codes, style):
    """Return (foreground, background, bold, dim, reversed) after the numbers of an escape sequence."""
    fore, back, bold, dim, turned = style
    codes = [int(c or 0) for c in codes.split(";")] if codes else [0]
    while codes:
        c = codes.pop(0)
        if c == 0:
            fore, back, bold, dim, turned = None, None, False, False, False
        elif c == 1:
            bold = True
        elif c == 2:
            dim = True
        elif c == 22:
            bold = dim = False
        elif c in (7, 27):
            turned = c == 7
        elif 30 <= c <= 37 or 90 <= c <= 97:
            fore = BASIC[c - 30 if c < 90 else c - 82]
        elif 40 <= c <= 47:
            back = BASIC[c - 40]
        elif c == 39:
            fore = None
        elif c == 49:
            back = None
        elif c in (38, 48):
            color = palette(codes.pop(0)) if codes.pop(0) == 5 else "#%02x%02x%02x" % tuple(codes.pop(0) for _ in "rgb")
            fore, back = (color, back) if c == 38 else (fore, color)
    return fore, back, bold, dim, turned


def width(char):
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cells(text):
    """Yield (row, column, cells, character, style) of each character."""
    style = (None, None, False, False, False)
    for row, line in enumerate(text.rstrip("\n").split("\n")):
        column = 0
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            if part.startswith("\x1b"):
                style = styled(part[2:-1], style)
                continue
            for char in part:
                yield row, column, width(char), char, style
                column += width(char)


class Picture:
    def __init__(self):
        self.rects, self.words, self.lines, self.dots = [], [], {}, {}
        self.run = None  # the word that goes on: [row, column, cells, text, style]

    def rect(self, x, y, w, h, fill, opacity=1.0):
        last = self.rects[-1] if self.rects else None
        if last and last[1] == y and last[3:] == [h, fill, opacity] and last[0] + last[2] == x:
            last[2] += w
        else:
            self.rects.append([x, y, w, h, fill, opacity])

    def cell(self, row, column, size, char, style):
        fore, back, bold, dim, turned = style
        if turned:
            fore, back = back or BACK, fore or TEXT
        x, y = PAD + column * WIDTH, PAD + BAR + row * HEIGHT
        if back and size:
            self.rect(x, y, size * WIDTH, HEIGHT, back)
        ink = fore or TEXT
        if char in LINES:
            place = {"l": x, "c": x + WIDTH // 2, "r": x + WIDTH, "t": y, "m": y + HEIGHT // 2, "b": y + HEIGHT}
            self.lines.setdefault(ink, []).append(LINES[char].format(**place))
        elif char in EIGHTHS or char in SHADES:
            self.rect(x, y + 2, EIGHTHS.get(char, 8), HEIGHT - 4, ink, SHADES.get(char, 1.0))
        elif "\u2800" <= char <= "\u28ff":
            self.braille(x, y, ord(char) - 0x2800, ink)
        elif char != " ":
            self.letter(row, column, size, char, (ink, bold, dim))
            return
        elif self.run and self.run[0] == row and self.run[1] + self.run[2] == column:
            self.run[2] += 1
            self.run[3] += " "
            if not self.run[3].endswith("  "):
                return
        self.flush()

    def letter(self, row, column, size, char, style):
        run = self.run
        if run and run[0] == row and run[1] + run[2] == column and run[4] == style:
            run[2] += size
            run[3] += char
        else:
            self.flush()
            self.run = [row, column, size, char, style]

    def flush(self):
        if self.run:
            row, column, _, text, (ink, bold, dim) = self.run
            text = text.rstrip()
            size = sum(width(c) for c in text)
            self.words.append('<text x="%d" y="%d" textLength="%d" fill="%s"%s%s>%s</text>' % (
                PAD + column * WIDTH, PAD + BAR + row * HEIGHT + 12, size * WIDTH, ink,
                ' font-weight="bold"' if bold else "", ' opacity=".6"' if dim else "", escape(text)))
            self.run = None

    def braille(self, x, y, bits, ink):
        rows = self.dots.setdefault(ink, {})
        for i, pair in enumerate(BITS):
            for j, bit in enumerate(pair):
                if bits & bit:
                    line = rows.setdefault(y + 4 * i + 2, [])
                    at = x + 4 * j
                    if line and line[-1][1] == at:
                        line[-1][1] = at + 4
                    else:
                        line.append([at, at + 4])

    def svg(self, columns, rows, title):
        w, h = 2 * PAD + columns * WIDTH, 2 * PAD + BAR + rows * HEIGHT
        out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">'
               % (w, h, w, h, escape(title)),
               '<rect width="100%%" height="100%%" rx="8" fill="%s"/>' % BACK]
        out += ['<circle cx="%d" cy="%d" r="5" fill="#4a5162"/>' % (PAD + 6 + 18 * i, PAD + 4) for i in range(3)]
        out.append('<text x="%d" y="%d" text-anchor="middle" font-family="sans-serif" font-size="12" fill="#6b7587">%s</text>'
                   % (w // 2, PAD + 8, escape(title)))
        for x, y, rw, rh, fill, opacity in self.rects:
            out.append('<rect x="%d" y="%d" width="%d" height="%d" fill="%s"%s/>'
                       % (x, y, rw, rh, fill, ' opacity="%.2f"' % opacity if opacity < 1 else ""))
        for ink, paths in self.lines.items():
            out.append('<path d="%s" fill="none" stroke="%s"/>' % ("".join(paths), ink))
        for ink, lines in self.dots.items():
            path = "".join("M%d %dH%d" % (a + 1, y, b) for y, runs in sorted(lines.items()) for a, b in runs)
            out.append('<path d="%s" stroke="%s" stroke-width="2" stroke-dasharray="2 2"/>' % (path, ink))
        out.append('<g font-family="\'DejaVu Sans Mono\',Menlo,Consolas,monospace" font-size="13.29">')
        return "\n".join(out + self.words + ["</g></svg>\n"])


def picture(text, title):
    drawing, columns, rows = Picture(), 0, text.rstrip("\n").count("\n") + 1
    for row, column, size, char, style in cells(text):
        columns = max(columns, column + size)
        drawing.cell(row, column, size, char, style)
    drawing.flush()
    return drawing.svg(columns, rows, title)


if __name__ == "__main__":
    sys.stdout.write(picture(sys.stdin.read(), sys.argv[1] if len(sys.argv) > 1 else "pie top"))

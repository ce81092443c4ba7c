package pie.cli.tui;

/** Bound a part of a grid, in cells. */
public record Rect(int x, int y, int width, int height) {
    public Rect {
        width = Math.max(0, width);
        height = Math.max(0, height);
    }

    public int right() {
        return x + width;
    }

    public int bottom() {
        return y + height;
    }

    public boolean isEmpty() {
        return width == 0 || height == 0;
    }

    /** Return what a frame of one cell leaves. */
    public Rect inside() {
        return new Rect(x + 1, y + 1, width - 2, height - 2);
    }

    public Rect top(int rows) {
        return new Rect(x, y, width, Math.min(rows, height));
    }

    public Rect below(int rows) {
        int cut = Math.min(rows, height);
        return new Rect(x, y + cut, width, height - cut);
    }

    public Rect left(int columns) {
        return new Rect(x, y, Math.min(columns, width), height);
    }

    public Rect rightOf(int columns) {
        int cut = Math.min(columns, width);
        return new Rect(x + cut, y, width - cut, height);
    }
}

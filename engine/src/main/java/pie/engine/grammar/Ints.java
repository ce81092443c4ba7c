package pie.engine.grammar;

import java.util.Arrays;

/** A growing list of ints. */
final class Ints {
    private int[] values = new int[16];
    private int size;

    void add(int value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    int at(int index) {
        return values[index];
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    int[] trimmed() {
        return Arrays.copyOf(values, size);
    }
}

package pie.inferlet;

import pie.engine.PieException;

/** Refuse arguments out of range with a message that names argument and limit. */
final class Checks {
    private Checks() {}

    static double finite(double value, String name) {
        if (!Double.isFinite(value)) {
            throw PieException.invalid(name + " must be a finite number, got " + value);
        }
        return value;
    }

    static double atLeast(double value, double low, String name) {
        if (!Double.isFinite(value) || value < low) {
            throw PieException.invalid(name + " must be a finite number >= " + text(low) + ", got " + text(value));
        }
        return value;
    }

    static double above(double value, double low, String name) {
        if (!Double.isFinite(value) || value <= low) {
            throw PieException.invalid(name + " must be a finite number > " + text(low) + ", got " + text(value));
        }
        return value;
    }

    static String text(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}

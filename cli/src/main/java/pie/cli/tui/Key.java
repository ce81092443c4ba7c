package pie.cli.tui;

/** Stand for one key press. */
public sealed interface Key {
    /** Name keys that are no characters. */
    enum Name implements Key {
        UP,
        DOWN,
        LEFT,
        RIGHT,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        ENTER,
        ESCAPE,
        TAB,
        BACKSPACE,
        /** None of ours, such as a function key. */
        OTHER
    }

    /** Carry a character, by its code point. */
    record Char(int glyph) implements Key {}
}

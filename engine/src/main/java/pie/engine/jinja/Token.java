package pie.engine.jinja;

/**
 * One word of a template.
 *
 * @param text of a string its value, of data what is printed
 * @param line counted from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        DATA,
        BLOCK_BEGIN,
        BLOCK_END,
        VARIABLE_BEGIN,
        VARIABLE_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind wanted, String word) {
        return kind == wanted && text.equals(word);
    }

    /** Return how it is called in an error. */
    String shown() {
        return switch (kind) {
            case END -> "the end of the template";
            case BLOCK_END -> "the end of the statement";
            case VARIABLE_END -> "the end of the expression";
            default -> "'" + text + "'";
        };
    }
}

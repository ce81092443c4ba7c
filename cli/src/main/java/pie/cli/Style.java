package pie.cli;

/** Colour text for terminals, or leave it as it is. */
public enum Style {
    PLAIN,
    COLOURED;

    /** Colour on a terminal, unless {@code NO_COLOR} is set. */
    public static Style automatic(boolean terminal) {
        String no = System.getenv("NO_COLOR");
        return terminal && (no == null || no.isEmpty()) && !"dumb".equals(System.getenv("TERM")) ? COLOURED : PLAIN;
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String red(String text) {
        return paint("31", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String bold(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}

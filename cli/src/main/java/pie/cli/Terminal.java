package pie.cli;

/**
 * Know which of the three standard streams is a terminal. The launcher has looked; without it none counts as one, which is right for
 * pipes and tests.
 */
public record Terminal(boolean in, boolean out, boolean err) {
    public static final Terminal CURRENT = parse(System.getProperty("pie.tty", ""));

    static Terminal parse(String flags) {
        return new Terminal(isSet(flags, 0), isSet(flags, 1), isSet(flags, 2));
    }

    private static boolean isSet(String flags, int index) {
        return flags.length() > index && flags.charAt(index) == '1';
    }
}

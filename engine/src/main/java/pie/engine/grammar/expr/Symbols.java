package pie.engine.grammar.expr;

/** Number what the automaton of a rule reads: bytes 0..255, calls of rules, tokens. */
public final class Symbols {
    public static final int BYTES = 256;
    private static final int CALLS = 1 << 24;
    private static final int TOKENS = 1 << 28;

    private Symbols() {}

    public static int call(int rule) {
        return CALLS + rule;
    }

    public static int token(int id) {
        return TOKENS + id;
    }

    public static boolean isByte(int symbol) {
        return symbol < BYTES;
    }

    public static boolean isCall(int symbol) {
        return symbol >= CALLS && symbol < TOKENS;
    }

    public static int rule(int symbol) {
        return symbol - CALLS;
    }

    public static int tokenId(int symbol) {
        return symbol - TOKENS;
    }
}

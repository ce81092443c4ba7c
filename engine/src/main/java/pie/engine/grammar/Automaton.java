package pie.engine.grammar;

import java.util.Arrays;
import java.util.List;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.expr.Spaces;
import pie.engine.grammar.expr.Symbols;

/**
 * Lay the automata of all rules out in flat arrays.
 *
 * <p>A state is a {@code long}: number of the place in the low 32 bits, a counter in the high ones (characters of a quoted rule, or
 * white space in a row). Most places do not count. What a place reads is a set of 256 bits beside the targets of its set bits.
 */
final class Automaton {
    static final long NONE = -1;

    /** What a place can do beside reading bytes. */
    static final int FINAL = 1;

    static final int CALLS = 2;
    static final int TOKENS = 4;
    static final int READS = 8;

    private static final int TARGET = (1 << 28) - 1;
    private static final int OP_SHIFT = 28;
    private static final int RESET = 0;
    private static final int KEEP = 1;
    private static final int COUNT = 2;
    private static final int COUNT_SPACE = 3;
    private static final int CLOSE = 4;

    private final List<RuleCode> codes;
    private final int[] ruleStart;
    private final int[] ruleOf;
    private final byte[] flags;
    private final long[] bits;
    private final int[] ranks;
    private final int[] bases;
    private final int[] targets;
    private final boolean[] nullable;

    /** Per place: where its calls begin; each call is a rule and a place to return to. */
    private final int[] callStart;

    private final int[] calls;
    private final int[] tokenStart;
    private final int[] tokens;

    Automaton(RuleTable table) {
        this.codes = table.codes();
        this.ruleStart = new int[codes.size() + 1];
        for (int rule = 0; rule < codes.size(); rule++) {
            RuleCode code = codes.get(rule);
            ruleStart[rule + 1] = ruleStart[rule] + code.dfa().size() + (code.kind() == RuleCode.Kind.QUOTED ? 2 : 0);
        }
        int places = ruleStart[codes.size()];
        this.ruleOf = new int[places];
        this.flags = new byte[places];
        this.bits = new long[4 * places];
        this.ranks = new int[places];
        this.bases = new int[places];
        this.callStart = new int[places + 1];
        this.tokenStart = new int[places + 1];
        this.nullable = new boolean[codes.size()];
        Builder builder = new Builder();
        for (int rule = 0; rule < codes.size(); rule++) {
            nullable[rule] = table.nullable().get(rule);
            Arrays.fill(ruleOf, ruleStart[rule], ruleStart[rule + 1], rule);
            if (codes.get(rule).kind() == RuleCode.Kind.QUOTED) {
                builder.quoted(codes.get(rule), ruleStart[rule]);
            } else {
                builder.plain(codes.get(rule), ruleStart[rule]);
            }
        }
        this.targets = builder.targets.trimmed();
        this.calls = builder.calls.trimmed();
        this.tokens = builder.tokens.trimmed();
    }

    private final class Builder {
        final Ints targets = new Ints();
        final Ints calls = new Ints();
        final Ints tokens = new Ints();
        private final int[] row = new int[Symbols.BYTES];

        void plain(RuleCode code, int first) {
            boolean spaced = code.kind() == RuleCode.Kind.SPACED;
            for (int state = 0; state < code.dfa().size(); state++) {
                Arrays.fill(row, -1);
                boolean spaces = spaced && loopsOnSpaces(code.dfa(), state);
                read(code.dfa(), state, first);
                if (spaces) {
                    for (char space : " \t\r\n".toCharArray()) {
                        row[space] |= COUNT_SPACE << OP_SHIFT;
                    }
                }
                finish(first + state, code.dfa().isFinal(state));
            }
        }

        /** Places: opening quote, closed, then those of a character; its first one is where the next character or the end comes. */
        void quoted(RuleCode code, int first) {
            Arrays.fill(row, -1);
            row['"'] = first + 2;
            finish(first, false);
            Arrays.fill(row, -1);
            finish(first + 1, true);
            for (int state = 0; state < code.dfa().size(); state++) {
                Arrays.fill(row, -1);
                int[] edges = code.dfa().edges()[state];
                for (int e = 0; e < edges.length; e += 3) {
                    boolean complete = code.dfa().isFinal(edges[e + 2]);
                    int target = complete ? first + 2 | COUNT << OP_SHIFT : first + 2 + edges[e + 2] | KEEP << OP_SHIFT;
                    Arrays.fill(row, edges[e], edges[e + 1] + 1, target);
                }
                if (state == 0) {
                    row['"'] = first + 1 | CLOSE << OP_SHIFT;
                }
                finish(first + 2 + state, false);
            }
        }

        private void read(Dfa dfa, int state, int first) {
            int[] edges = dfa.edges()[state];
            for (int e = 0; e < edges.length; e += 3) {
                int target = first + edges[e + 2];
                if (Symbols.isByte(edges[e])) {
                    Arrays.fill(row, edges[e], edges[e + 1] + 1, target);
                    continue;
                }
                for (int symbol = edges[e]; symbol <= edges[e + 1]; symbol++) {
                    if (Symbols.isCall(symbol)) {
                        calls.add(Symbols.rule(symbol));
                        calls.add(target);
                    } else {
                        tokens.add(Symbols.tokenId(symbol));
                        tokens.add(target);
                    }
                }
            }
        }

        private void finish(int place, boolean isFinal) {
            int flag = isFinal ? FINAL : 0;
            int rank = 0;
            int base = targets.size();
            for (int b = 0; b < Symbols.BYTES; b++) {
                if ((b & 63) == 0 && b > 0) {
                    rank |= (targets.size() - base) << (8 * (b / 64 - 1));
                }
                if (row[b] >= 0) {
                    bits[4 * place + (b >> 6)] |= 1L << b;
                    targets.add(row[b]);
                    flag |= READS;
                }
            }
            bases[place] = base;
            ranks[place] = rank;
            callStart[place + 1] = calls.size();
            tokenStart[place + 1] = tokens.size();
            flag |= callStart[place + 1] > callStart[place] ? CALLS : 0;
            flag |= tokenStart[place + 1] > tokenStart[place] ? TOKENS : 0;
            flags[place] = (byte) flag;
        }
    }

    private static boolean loopsOnSpaces(Dfa dfa, int state) {
        return dfa.next(state, ' ') == state
                && dfa.next(state, '\t') == state
                && dfa.next(state, '\r') == state
                && dfa.next(state, '\n') == state;
    }

    int places() {
        return ruleOf.length;
    }

    int rules() {
        return codes.size();
    }

    RuleCode code(int rule) {
        return codes.get(rule);
    }

    /** Return the rule's first state. */
    long start(int rule) {
        return ruleStart[rule];
    }

    boolean isNullable(int rule) {
        return nullable[rule];
    }

    static int place(long state) {
        return (int) state;
    }

    static int counter(long state) {
        return (int) (state >>> 32);
    }

    int rule(int place) {
        return ruleOf[place];
    }

    /** Return the place's number in its rule. */
    int local(int place) {
        return place - ruleStart[ruleOf[place]];
    }

    int flags(int place) {
        return flags[place];
    }

    /** Return the state after a byte, {@link #NONE} if there is none. */
    long next(long state, int b) {
        int place = (int) state;
        long word = bits[4 * place + (b >> 6)];
        if ((word >>> b & 1) == 0) {
            return NONE;
        }
        int rank = Long.bitCount(word & ((1L << b) - 1));
        if (b >= 64) {
            rank += ranks[place] >>> (8 * ((b >> 6) - 1)) & 0xff;
        }
        int target = targets[bases[place] + rank];
        return target >>> OP_SHIFT == RESET ? target : counted(state, place, target);
    }

    private long counted(long state, int place, int target) {
        RuleCode code = codes.get(ruleOf[place]);
        int counter = counter(state);
        long to = target & TARGET;
        return switch (target >>> OP_SHIFT) {
            case COUNT_SPACE -> counter >= Spaces.LONGEST ? NONE : to | (long) (counter + 1) << 32;
            case CLOSE -> counter < code.least() ? NONE : to;
            // A character that has begun may go on: its count was below the limit then, and still is.
            case KEEP -> counter >= code.most() ? NONE : to | (long) counter << 32;
            default -> counter >= code.most() ? NONE : to | (long) counted(counter, code) << 32;
        };
    }

    /** Without an upper limit only the lower one is counted up to. */
    private static int counted(int counter, RuleCode code) {
        return code.most() == Integer.MAX_VALUE ? Math.min(counter + 1, code.least()) : counter + 1;
    }

    /** Return the place's bits of bytes that it may read, whatever its counter; four words. */
    long bits(int place, int word) {
        return bits[4 * place + word];
    }

    int callCount(int place) {
        return (callStart[place + 1] - callStart[place]) >> 1;
    }

    int callRule(int place, int call) {
        return calls[callStart[place] + 2 * call];
    }

    int callReturn(int place, int call) {
        return calls[callStart[place] + 2 * call + 1];
    }

    int tokenCount(int place) {
        return (tokenStart[place + 1] - tokenStart[place]) >> 1;
    }

    int tokenId(int place, int token) {
        return tokens[tokenStart[place] + 2 * token];
    }

    long tokenTarget(int place, int token) {
        return tokens[tokenStart[place] + 2 * token + 1];
    }

    /**
     * Return a key equal for states of one place that cannot be told apart by {@code horizon} bytes: place in its rule, how many more
     * may be counted, how many must be.
     */
    long kindKey(long state, int horizon) {
        int place = place(state);
        RuleCode code = codes.get(ruleOf[place]);
        int counter = counter(state);
        long local = local(place);
        return switch (code.kind()) {
            case PLAIN -> local;
            case SPACED -> local | (long) Math.min(horizon, Spaces.LONGEST - counter) << 32;
            case QUOTED -> {
                int most = code.most() == Integer.MAX_VALUE ? horizon : Math.min(horizon, code.most() - counter);
                int least = Math.clamp(code.least() - counter, 0, horizon);
                yield local | (long) most << 32 | (long) least << 47;
            }
        };
    }

    /** Return how many states of memory are taken, in bytes. */
    long memoryBytes() {
        return 8L * bits.length + 4L * targets.length + 4L * calls.length + 24L * places();
    }
}

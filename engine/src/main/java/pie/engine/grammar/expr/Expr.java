package pie.engine.grammar.expr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Nfa;

/** Describe a language over bytes and tokens; rules are called by number. */
public sealed interface Expr {
    int UNBOUNDED = Nfa.UNBOUNDED;
    Expr EMPTY = new Empty();
    Expr NEVER = new Never();

    /** Matches the empty text. */
    record Empty() implements Expr {}

    /** Matches nothing at all. */
    record Never() implements Expr {}

    /** Matches one text, given in UTF-8. */
    record Bytes(String latin1) implements Expr {
        public byte[] bytes() {
            return latin1.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    /** Matches one character of a set, in UTF-8. */
    record Chars(CodePoints set) implements Expr {}

    /** Matches the words of an automaton over code points, each code point written as {@code spelling} says. */
    record Words(Dfa automaton, Spelling spelling) implements Expr {}

    record Call(int rule) implements Expr {}

    record Sequence(List<Expr> parts) implements Expr {}

    record Choice(List<Expr> parts) implements Expr {}

    /** {@code most} may be {@link #UNBOUNDED}. */
    record Repeat(Expr part, int least, int most) implements Expr {}

    record Token(int id) implements Expr {}

    /**
     * Matches members in order with separators between those that are there.
     *
     * @param members what may come, in order
     * @param required which of them must
     * @param extra may follow any number of times; {@link #NEVER} for none
     */
    record Series(List<Expr> members, List<Boolean> required, Expr extra, Expr separator) implements Expr {}

    /**
     * Matches {@code "} then {@code least} to {@code most} characters, then {@code "}. Only the whole body of a rule may be one. The
     * words of {@code character} must be prefix-free and not begin with a quote.
     */
    record Quoted(Expr character, int least, int most) implements Expr {}

    static Expr text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    static Expr bytes(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Bytes(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    static Expr chars(CodePoints set) {
        return set.isEmpty() ? NEVER : new Chars(set);
    }

    static Expr anyOf(String characters) {
        return chars(CodePoints.anyOf(characters));
    }

    static Expr sequence(Expr... parts) {
        return sequence(List.of(parts));
    }

    static Expr sequence(List<Expr> parts) {
        List<Expr> flat = new ArrayList<>();
        for (Expr part : parts) {
            switch (part) {
                case Never never -> {
                    return never;
                }
                case Empty ignored -> {}
                case Sequence inner -> inner.parts().forEach(p -> append(flat, p));
                default -> append(flat, part);
            }
        }
        return switch (flat.size()) {
            case 0 -> EMPTY;
            case 1 -> flat.getFirst();
            default -> new Sequence(List.copyOf(flat));
        };
    }

    private static void append(List<Expr> flat, Expr part) {
        if (part instanceof Bytes next && !flat.isEmpty() && flat.getLast() instanceof Bytes last) {
            flat.set(flat.size() - 1, new Bytes(last.latin1() + next.latin1()));
        } else {
            flat.add(part);
        }
    }

    static Expr choice(Expr... parts) {
        return choice(List.of(parts));
    }

    static Expr choice(List<Expr> parts) {
        Set<Expr> flat = new LinkedHashSet<>();
        for (Expr part : parts) {
            switch (part) {
                case Never ignored -> {}
                case Choice inner -> flat.addAll(inner.parts());
                default -> flat.add(part);
            }
        }
        return switch (flat.size()) {
            case 0 -> NEVER;
            case 1 -> flat.iterator().next();
            default -> new Choice(List.copyOf(flat));
        };
    }

    static Expr optional(Expr part) {
        return repeat(part, 0, 1);
    }

    static Expr star(Expr part) {
        return repeat(part, 0, UNBOUNDED);
    }

    static Expr repeat(Expr part, int least, int most) {
        if (least > most) {
            return NEVER;
        }
        if (most == 0 || part instanceof Empty) {
            return EMPTY;
        }
        if (part instanceof Never) {
            return least == 0 ? EMPTY : NEVER;
        }
        return least == 1 && most == 1 ? part : new Repeat(part, least, most);
    }
}

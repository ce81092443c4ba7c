package pie.engine.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Determinizer;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Minimizer;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.ExprNfa;
import pie.engine.grammar.expr.Rules;
import pie.engine.grammar.expr.Symbols;

/**
 * Compile rules to minimal automata without dead ends: calls of rules that match nothing are removed, so that every state that a
 * matcher can reach has a way to the end.
 *
 * @param codes per rule, the root first
 * @param nullable rules that match the empty text
 */
record RuleTable(List<RuleCode> codes, BitSet nullable) {
    /** @throws PieException INVALID_ARGUMENT if the root matches nothing; UNSUPPORTED above the budget */
    static RuleTable compile(Rules rules, int root, Budget budget) {
        Normalizer.normalize(rules, root);
        Map<Integer, Integer> numbers = new HashMap<>();
        List<RuleCode> codes = new ArrayList<>();
        Deque<Integer> work = new ArrayDeque<>();
        numbers.put(root, 0);
        work.add(root);
        while (!work.isEmpty()) {
            int rule = work.remove();
            RuleCode code = code(rules, rule, budget);
            codes.add(renumber(code, numbers, work));
        }
        return finish(codes);
    }

    private static RuleCode code(Rules rules, int rule, Budget budget) {
        Expr body = rules.body(rule);
        if (body instanceof Expr.Quoted quoted) {
            Dfa character = minimal(quoted.character(), budget);
            return new RuleCode(character, RuleCode.Kind.QUOTED, quoted.least(), quoted.most());
        }
        return new RuleCode(
                minimal(body, budget), rules.limitsSpaces(rule) ? RuleCode.Kind.SPACED : RuleCode.Kind.PLAIN, 0, 0);
    }

    private static Dfa minimal(Expr body, Budget budget) {
        return Minimizer.minimize(Determinizer.determinize(ExprNfa.of(body, budget), budget));
    }

    /** Replaces rule numbers in calls by their order of discovery. */
    private static RuleCode renumber(RuleCode code, Map<Integer, Integer> numbers, Deque<Integer> work) {
        for (int[] row : code.dfa().edges()) {
            for (int[] edge : split(row)) {
                if (Symbols.isCall(edge[0])) {
                    numbers.computeIfAbsent(Symbols.rule(edge[0]), rule -> {
                        work.add(rule);
                        return numbers.size();
                    });
                }
            }
        }
        return rewrite(code, edge -> {
            if (Symbols.isCall(edge[0])) {
                int call = Symbols.call(numbers.getOrDefault(Symbols.rule(edge[0]), -1));
                return new int[] {call, call, edge[2]};
            }
            return edge;
        });
    }

    private static RuleTable finish(List<RuleCode> codes) {
        BitSet productive = fixpoint(codes, false);
        if (!productive.get(0)) {
            throw PieException.invalid(
                    "the grammar matches no text at all: relax the constraint that contradicts another");
        }
        List<RuleCode> live = new ArrayList<>();
        for (RuleCode code : codes) {
            RuleCode cut = rewrite(
                    code,
                    edge -> Symbols.isCall(edge[0]) && !productive.get(Symbols.rule(edge[0])) ? new int[0] : edge);
            live.add(new RuleCode(Minimizer.minimize(cut.dfa()), code.kind(), code.least(), code.most()));
        }
        return new RuleTable(live, fixpoint(live, true));
    }

    /** Finds rules that match something, or the empty text: with ever more rules known to, look for an accepting state. */
    private static BitSet fixpoint(List<RuleCode> codes, boolean onlyEmpty) {
        BitSet known = new BitSet();
        boolean grew = true;
        while (grew) {
            grew = false;
            for (int rule = 0; rule < codes.size(); rule++) {
                if (!known.get(rule) && accepts(codes.get(rule), known, onlyEmpty)) {
                    known.set(rule);
                    grew = true;
                }
            }
        }
        return known;
    }

    private static boolean accepts(RuleCode code, BitSet known, boolean onlyEmpty) {
        Dfa dfa = code.dfa();
        if (code.kind() == RuleCode.Kind.QUOTED) {
            return !onlyEmpty && (!dfa.isEmpty() || code.least() == 0);
        }
        BitSet seen = new BitSet();
        int[] work = new int[dfa.size()];
        int top = 0;
        work[top++] = 0;
        seen.set(0);
        while (top > 0) {
            int state = work[--top];
            if (dfa.isFinal(state)) {
                return true;
            }
            int[] row = dfa.edges()[state];
            for (int e = 0; e < row.length; e += 3) {
                boolean passable = false;
                for (int symbol = row[e]; symbol <= row[e + 1] && !passable; symbol++) {
                    passable = Symbols.isCall(symbol) ? known.get(Symbols.rule(symbol)) : !onlyEmpty;
                }
                if (passable && !seen.get(row[e + 2])) {
                    seen.set(row[e + 2]);
                    work[top++] = row[e + 2];
                }
            }
        }
        return false;
    }

    private interface EdgeRewriter {
        /** Return the edge (low, high, target) to put there, empty for none. */
        int[] rewrite(int[] edge);
    }

    private static RuleCode rewrite(RuleCode code, EdgeRewriter rewriter) {
        int[][] rows = new int[code.dfa().size()][];
        for (int state = 0; state < rows.length; state++) {
            List<int[]> edges = new ArrayList<>();
            for (int[] edge : split(code.dfa().edges()[state])) {
                int[] made = rewriter.rewrite(edge);
                if (made.length > 0) {
                    edges.add(made);
                }
            }
            edges.sort((a, b) -> Integer.compare(a[0], b[0]));
            int[] row = new int[3 * edges.size()];
            for (int i = 0; i < edges.size(); i++) {
                System.arraycopy(edges.get(i), 0, row, 3 * i, 3);
            }
            rows[state] = row;
        }
        return new RuleCode(new Dfa(rows, code.dfa().finals()), code.kind(), code.least(), code.most());
    }

    /** Edges of a row, those over several calls taken apart. */
    private static List<int[]> split(int[] row) {
        List<int[]> edges = new ArrayList<>(row.length / 3);
        for (int e = 0; e < row.length; e += 3) {
            if (Symbols.isCall(row[e])) {
                for (int symbol = row[e]; symbol <= row[e + 1]; symbol++) {
                    edges.add(new int[] {symbol, symbol, row[e + 2]});
                }
            } else {
                edges.add(Arrays.copyOfRange(row, e, e + 3));
            }
        }
        return edges;
    }
}

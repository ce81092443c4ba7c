package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.generate.LogitMasks;
import pie.engine.generate.StepSpec;

/**
 * Let the program's own constraints and its drafter have their say in each step of one generation. Their code runs on the program's
 * thread: in {@link #guide} before a step, in {@link #settle} after one; {@link #told} may be called from any.
 */
final class Guidance {
    private static final int[] NOTHING = {};

    private final int vocabulary;
    private final ConcurrentLinkedQueue<int[]> runs = new ConcurrentLinkedQueue<>();
    private List<Asked> asked = List.of();
    private int[] stops = NOTHING;
    private @Nullable Mask standing;
    private @Nullable Speculator speculator;
    private @Nullable Answer answer;
    private int[] drafts = NOTHING;
    private boolean over;

    /** A constraint, and the tokens that it has not been told of. */
    private static final class Asked {
        final Constraint constraint;
        int[] unseen = NOTHING;

        Asked(Constraint constraint) {
            this.constraint = constraint;
        }
    }

    /** What the constraints say of the next token. @param words bits of the tokens that may come, null for all */
    private record Answer(long @Nullable [] words, boolean ended) {}

    Guidance(int vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** Take what holds from the next step on; constraints that were there before go on from where they are. */
    void set(List<Constraint> constraints, @Nullable Mask mask, @Nullable Speculator drafter, int[] stopIds) {
        var next = new ArrayList<Asked>();
        for (Constraint constraint : constraints) {
            next.add(asked.stream()
                    .filter(one -> one.constraint == constraint)
                    .findFirst()
                    .orElseGet(() -> new Asked(constraint)));
        }
        asked = next;
        standing = mask;
        speculator = drafter;
        stops = stopIds;
        answer = null;
    }

    /** Ask before a step. */
    StepSpec guide(StepSpec spec) {
        settle();
        Answer say = ask();
        if (say.ended && spec.draw()) {
            return spec.ending();
        }
        StepSpec guided = say.words == null ? spec : spec.withLogitMask(say.words);
        return speculator == null || !spec.draw() ? guided : drafted(guided, speculator, say);
    }

    /** Return what may come next, absent if anything may. */
    @Nullable
    Mask mask() {
        settle();
        long[] words = ask().words;
        return words == null ? standing : Mask.of(BitSet.valueOf(words));
    }

    private Answer ask() {
        Answer known = answer;
        if (known != null) {
            return known;
        }
        long[] words = null;
        boolean ended = false;
        for (Asked one : asked) {
            int[] unseen = one.unseen;
            one.unseen = NOTHING;
            words = LogitMasks.both(words, allowed(one.constraint.step(unseen)));
            ended |= one.constraint.isTerminated();
        }
        if (words != null && standing != null && !standing.unrestricted()) {
            words = LogitMasks.both(words, standing.words(vocabulary));
        }
        var made = new Answer(words, ended || words != null && grammarsEnd() && LogitMasks.leavesOnly(words, stops));
        answer = made;
        return made;
    }

    /** Say whether there are grammars here, and each may end. */
    private boolean grammarsEnd() {
        List<FollowedGrammar> grammars = asked.stream()
                .map(one -> one.constraint)
                .filter(FollowedGrammar.class::isInstance)
                .map(FollowedGrammar.class::cast)
                .toList();
        return !grammars.isEmpty() && grammars.stream().allMatch(FollowedGrammar::canEnd);
    }

    private long @Nullable [] allowed(Mask mask) {
        mask.checkIds("constraint", vocabulary);
        return mask.unrestricted() ? null : mask.words(vocabulary);
    }

    /** Add drafts, each with what the constraints say of the token after it; up to the first that they forbid, or that ends the text. */
    private StepSpec drafted(StepSpec spec, Speculator drafter, Answer say) {
        drafts = checked(drafter.draft().tokens());
        List<Constraint> copies = copies();
        if (drafts.length == 0 || copies == null) {
            return spec;
        }
        var masks = new ArrayList<long @Nullable []>();
        long[] before = say.words;
        int made = 0;
        try {
            while (made < drafts.length && allows(copies, before, drafts[made])) {
                int[] token = {drafts[made]};
                long[] after = null;
                made++;
                boolean ended = false;
                for (Constraint copy : copies) {
                    after = LogitMasks.both(after, allowed(copy.step(token)));
                    ended |= copy.isTerminated();
                }
                if (ended || after != null && LogitMasks.leavesOnly(after, stops)) {
                    break;
                }
                masks.add(after);
                before = after;
            }
        } finally {
            undo(copies, made);
        }
        return spec.withDrafts(Arrays.copyOf(drafts, masks.size()), masks);
    }

    private static boolean allows(List<Constraint> copies, long @Nullable [] words, int token) {
        return (words == null || (words[token >> 6] >>> token & 1) != 0)
                && copies.stream()
                        .allMatch(copy -> !(copy instanceof FollowedGrammar grammar) || grammar.allows(token));
    }

    /** Return copies of the constraints, or those themselves that can go back; null if one can do neither. */
    private @Nullable List<Constraint> copies() {
        var copies = new ArrayList<Constraint>();
        for (Asked one : asked) {
            Constraint copy = one.constraint.fork().orElse(one.constraint);
            if (copy == one.constraint && !copy.rollback(0)) {
                return null;
            }
            copies.add(copy);
        }
        return copies;
    }

    private void undo(List<Constraint> copies, int made) {
        for (int i = 0; i < copies.size() && made > 0; i++) {
            if (copies.get(i) == asked.get(i).constraint && !copies.get(i).rollback(made)) {
                throw PieException.invalid("constraint: rollback(" + made + ") was refused after drafts were tried");
            }
        }
    }

    private int[] checked(int[] tokens) {
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        "draft: " + token + " is no token id; ids go from 0 to " + (vocabulary - 1));
            }
        }
        return tokens.clone();
    }

    /** @throws PieException GRAMMAR_VIOLATION if a grammar refuses tokens that the program chose */
    void check(int[] tokens) {
        settle();
        int n = 0;
        while (n < tokens.length && Arrays.binarySearch(stops, tokens[n]) < 0) {
            n++;
        }
        for (Asked one : asked) {
            if (one.constraint instanceof FollowedGrammar grammar) {
                grammar.check(joined(one.unseen, Arrays.copyOf(tokens, n)));
            }
        }
    }

    /** Note the tokens of a step, none for one that failed. */
    void told(int[] run) {
        runs.add(run);
    }

    /** Tell constraints and drafter of the steps since the last call. */
    void settle() {
        for (int[] run = runs.poll(); run != null; run = runs.poll()) {
            if (run.length > 0) {
                answer = null;
            }
            for (Asked one : asked) {
                one.unseen = joined(one.unseen, run);
            }
            int held = 0;
            while (held < run.length && held < drafts.length && run[held] == drafts[held]) {
                held++;
            }
            int rejected = drafts.length - held;
            drafts = NOTHING;
            if (speculator != null && run.length > 0) {
                speculator.accept(run.clone());
            }
            if (speculator != null && rejected > 0) {
                speculator.rollback(rejected);
            }
        }
    }

    /** Tell the drafter, once, that the generation is over. */
    void end() {
        settle();
        if (!over) {
            over = true;
            if (speculator != null) {
                speculator.reset();
            }
        }
    }

    private static int[] joined(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}

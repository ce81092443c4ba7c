package pie.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Hold the tasks whose gain is measured: each in the form that a program has, and as the requests that a client needs for the same ids. */
final class Gains {
    private static final int PROMPT = 200;
    private static final int PIECE = 20;

    private static final int RULE_TOKENS = 32;
    private static final int LEAF_TOKENS = 16;
    private static final int LEVELS = 3;
    private static final int HOLES = 12;
    private static final int HOLE_TOKENS = 4;

    private Gains() {}

    static List<Gain> all() {
        return List.of(
                new Gain("a rule for each token", "rule", RULE_TOKENS, Gains::rule, Gains::askByRule),
                new Gain("a tree of 8 leaves", "tree", 1 << LEVELS, Gains::tree, Gains::askTree),
                new Gain("a text with 12 holes", "form", HOLES, Gains::form, Gains::askForm));
    }

    private static Gain.Task rule(long seed) {
        return new Gain.Task(ids(PROMPT, seed), List.of(), RULE_TOKENS);
    }

    /** No route knows the rule, but a client can say each time which ids are out, and ask for one token. */
    private static int[] askByRule(Gain.Asking server, Gain.Task task) throws IOException, InterruptedException {
        int[] history = task.prompt();
        var out = new LinkedHashMap<String, Object>();
        for (int i = 0; i < task.maxTokens(); i++) {
            int[] token = server.tokens(new Prompt(history, 1), Map.of("logit_bias", Map.copyOf(out)));
            out.put(Integer.toString(token[0]), -100);
            history = Prompt.joined(history, token);
        }
        return Arrays.copyOfRange(history, task.prompt().length, history.length);
    }

    private static Gain.Task tree(long seed) {
        return new Gain.Task(ids(PROMPT, seed), parts(LEVELS, 2, seed), LEAF_TOKENS);
    }

    private static int[] askTree(Gain.Asking server, Gain.Task task) throws IOException, InterruptedException {
        List<int[]> paths = List.of(task.prompt());
        for (List<int[]> texts : task.parts()) {
            paths = paths.stream()
                    .flatMap(path -> texts.stream().map(text -> Prompt.joined(path, text)))
                    .toList();
        }
        List<int[]> leaves = paths;
        AtOnce<int[]> answers = AtOnce.run(
                Optional.empty(),
                leaves.size(),
                n -> server.tokens(new Prompt(leaves.get(n), task.maxTokens()), Map.of()));
        return Prompt.joined(answers.results().toArray(int[][]::new));
    }

    private static Gain.Task form(long seed) {
        return new Gain.Task(ids(PROMPT, seed), parts(HOLES, 1, seed), HOLE_TOKENS);
    }

    private static int[] askForm(Gain.Asking server, Gain.Task task) throws IOException, InterruptedException {
        int[] history = task.prompt();
        int[] filled = {};
        for (List<int[]> texts : task.parts()) {
            history = Prompt.joined(history, texts.getFirst());
            int[] said = server.tokens(new Prompt(history, task.maxTokens()), Map.of());
            history = Prompt.joined(history, said);
            filled = Prompt.joined(filled, said);
        }
        return filled;
    }

    private static List<List<int[]>> parts(int places, int choices, long seed) {
        return IntStream.range(0, places)
                .mapToObj(place -> Prompt.draw(choices, PIECE, 0, seed + place + 1).stream()
                        .map(Prompt::ids)
                        .toList())
                .toList();
    }

    private static int[] ids(int length, long seed) {
        return Prompt.draw(1, length, 0, seed).getFirst().ids();
    }
}

package pie.bench.grammar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.GrammarCompiler;
import pie.engine.grammar.GrammarLimits;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.TokenIndex;

/** Print which schemas of a folder are taken and which refused, and why. */
final class Coverage {
    private static final int MOST_LINES = 40;

    private Coverage() {}

    /** Run each draft's folder below {@code directory}, or the folder itself. */
    static void suite(Path directory) throws IOException {
        List<Path> drafts;
        try (Stream<Path> all = Files.list(directory)) {
            drafts = all.filter(Files::isDirectory)
                    .filter(folder -> folder.getFileName().toString().matches("draft[0-9-]+"))
                    .sorted()
                    .toList();
        }
        for (Path draft : drafts.isEmpty() ? List.of(directory) : drafts) {
            SchemaSuite suite = new SchemaSuite();
            suite.run(draft);
            System.out.println("\n" + suite.summary(draft.getFileName().toString()));
            System.out.println("  refused for: " + suite.reasons);
            suite.wrong.stream().limit(MOST_LINES).forEach(line -> System.out.println("  WRONG " + line));
            suite.narrowed.stream().limit(MOST_LINES).forEach(line -> System.out.println("  narrowed " + line));
        }
    }

    /** Compile every schema below {@code directory}, as it is and leniently. */
    static void schemas(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (boolean lenient : new boolean[] {false, true}) {
            GrammarCompiler compiler = new GrammarCompiler(
                    new TokenIndex(new ByteTokenizer(), new int[] {ByteTokenizer.STOP}),
                    GrammarLimits.DEFAULT,
                    System::nanoTime);
            Map<String, Integer> refused = new TreeMap<>();
            List<Long> micros = new ArrayList<>();
            List<String> failed = new ArrayList<>();
            for (Path file : files) {
                String schema = Files.readString(file);
                long begun = System.nanoTime();
                try {
                    compiler.compile(new GrammarSource.JsonSchema(schema, lenient, false));
                    micros.add((System.nanoTime() - begun) / 1000);
                } catch (PieException e) {
                    if (e.code() == ErrorCode.UNSUPPORTED) {
                        refused.merge(SchemaSuite.reason(e), 1, Integer::sum);
                    } else {
                        failed.add(file.getFileName() + ": " + e.message());
                    }
                }
            }
            Collections.sort(micros);
            System.out.printf(
                    Locale.ROOT,
                    "%n%s%s: of %d schemas %d taken, %d refused, %d invalid; compile p50 %d, p90 %d, max %d µs%n",
                    directory,
                    lenient ? ", lenient" : "",
                    files.size(),
                    micros.size(),
                    refused.values().stream().mapToInt(Integer::intValue).sum(),
                    failed.size(),
                    at(micros, 0.5),
                    at(micros, 0.9),
                    at(micros, 1));
            System.out.println("  refused for: " + refused);
            failed.stream().limit(MOST_LINES).forEach(line -> System.out.println("  invalid " + line));
        }
    }

    private static long at(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1L, (long) (share * sorted.size())));
    }
}
